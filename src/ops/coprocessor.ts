/** Operations that move words between core registers and CP14 or CP15. What is allowed, and what a register does, the processor port knows. */
import type { Operation } from './operation.js';
import { system } from './operation.js';

/** The flags are bits 31:28 of what MRC reads to R15. */
const FLAGS_LANE = 8;
const FLAGS = 0xf0000000 | 0;
const Q = 1 << 27;

export const operations: readonly Operation[] = [
  system('MCR', ['t', 'coproc', 'opc1', 'CRn', 'CRm', 'opc2'], (p, o) => {
    p.writeCoprocessor(o.coproc, o.opc1, o.CRn, o.CRm, o.opc2, p.readR(o.t));
  }),

  system('MRC', ['t', 'coproc', 'opc1', 'CRn', 'CRm', 'opc2'], (p, o) => {
    const value = p.readCoprocessor(o.coproc, o.opc1, o.CRn, o.CRm, o.opc2);
    if (o.t !== 15) p.writeR(o.t, value);
    else p.CPSRWriteByInstr((value & FLAGS) | (p.readCpsr() & Q), FLAGS_LANE, false);
  }),

  system('MCRR', ['t', 't2', 'coproc', 'opc1', 'CRm'], (p, o) => {
    p.writeCoprocessor64(o.coproc, o.opc1, o.CRm, p.readR(o.t), p.readR(o.t2));
  }),

  system('MRRC', ['t', 't2', 'coproc', 'opc1', 'CRm'], (p, o) => {
    const { low, high } = p.readCoprocessor64(o.coproc, o.opc1, o.CRm);
    p.writeR(o.t, low);
    p.writeR(o.t2, high);
  }),
];
