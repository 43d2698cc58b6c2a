/** T16: branch. */
import type { Row } from '../row.js';

export const rows: readonly Row[] = [];
