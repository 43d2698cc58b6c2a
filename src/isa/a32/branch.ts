/** A32: branch. */
import type { Row } from '../row.js';

export const rows: readonly Row[] = [];
