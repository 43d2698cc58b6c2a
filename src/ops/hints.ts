/**
 * Operations of hints, barriers, preloads and IT.
 *
 * @impdef Barriers, preloads, YIELD and DBG do nothing: there are no caches or buffers, one processor, and no trace.
 */
import type { Operation } from './operation.js';
import { plain, system } from './operation.js';

export const operations: readonly Operation[] = [
  plain('NOP', { regs: [], imms: [], statics: [] }, () => {}),

  system('IT', ['itstate'], (p, o) => {
    p.setITSTATE(o.itstate);
  }),
  system('WFE', [], (p) => {
    p.WaitForEvent();
  }),
  system('WFI', [], (p) => {
    p.WaitForInterrupt();
  }),
  system('SEV', [], (p) => {
    p.SendEvent();
  }),
];
