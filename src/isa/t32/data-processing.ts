/** T32: data processing. */
import type { Row } from '../row.js';

export const rows: readonly Row[] = [];
