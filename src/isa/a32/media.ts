/** A32: media. */
import type { Row } from '../row.js';

export const rows: readonly Row[] = [];
