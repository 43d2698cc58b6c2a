/**
 * Behaviour of the registers that only the ARM1176JZF-S has (DDI 0301H 3.2), but for its performance monitor: operations on caches and DMA
 * channels that do not exist here.
 */
import { type Behaviours, NO_EFFECT } from './system-registers.js';

const OPERATIONS = 'ICIIDX BTSTOP DMASTOP DMASTART DMACLEAR ICTAG ICDATA';
const RANGES = 'ICIRANGE DCIRANGE DCCRANGE ICPRANGE DCPRANGE DCCIRANGE';

export function arm1176Behaviours(): Behaviours {
  return Object.fromEntries([...OPERATIONS.split(' '), ...RANGES.split(' ')].map((name) => [name, NO_EFFECT]));
}
