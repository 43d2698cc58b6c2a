/** A32: load store. */
import type { Row } from '../row.js';

export const rows: readonly Row[] = [];
