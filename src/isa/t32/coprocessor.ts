/** T32: coprocessor. */
import type { Row } from '../row.js';

export const rows: readonly Row[] = [];
