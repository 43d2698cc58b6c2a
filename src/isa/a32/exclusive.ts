/** A32: exclusive. */
import type { Row } from '../row.js';

export const rows: readonly Row[] = [];
