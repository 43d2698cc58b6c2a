/**
 * Operations of the exclusive-access protocol (DDI 0406C A3.4) and the swaps that it replaced.
 *
 * @deviates SWP and SWPB execute whatever SCTLR.SW says (B4.1.130 makes them UNDEFINED while it is 0): guests written against QEMU's virt
 * board, which does the same, keep running.
 */
import type { AccessOptions, DataSize } from './builder.js';
import type { Operation } from './operation.js';
import { plain, system } from './operation.js';

const wordAligned: AccessOptions = { aligned: true };

/** Sets the monitor, which checks alignment to the size of the whole access, then loads. */
function loadExclusive(suffix: string, size: DataSize): Operation {
  return system(`LDREX${suffix}`, ['t', 'n', 'imm32'], (p, o) => {
    const address = (p.readR(o.n) + o.imm32) >>> 0;
    p.SetExclusiveMonitors(address, size);
    p.writeR(o.t, p.load(address, size, true, false));
  });
}

/** Rd is 0 if the store was performed, else 1. The monitor that lets it be is cleared behind it: one that aborts can be tried again. */
function storeExclusive(suffix: string, size: DataSize): Operation {
  return system(`STREX${suffix}`, ['d', 't', 'n', 'imm32'], (p, o) => {
    const address = (p.readR(o.n) + o.imm32) >>> 0;
    const pass = p.ExclusiveMonitorsPass(address, size);
    if (pass) p.store(address, size, p.readR(o.t), true, false);
    p.ClearExclusiveLocal();
    p.writeR(o.d, pass ? 0 : 1);
  });
}

function swap(name: string, size: DataSize, options: AccessOptions): Operation {
  return plain(name, { regs: ['t', 't2', 'n'], imms: [], statics: [] }, (b, o) => {
    const address = b.R(o.n);
    const data = b.load(address, size, options);
    b.store(address, size, b.R(o.t2), options);
    b.setR(o.t, data);
  });
}

export const operations: readonly Operation[] = [
  loadExclusive('', 4),
  loadExclusive('B', 1),
  loadExclusive('H', 2),
  storeExclusive('', 4),
  storeExclusive('B', 1),
  storeExclusive('H', 2),

  // The words keep their places whatever CPSR.E says: the word at the lower address is Rt's.
  system('LDREXD', ['t', 't2', 'n'], (p, o) => {
    const address = p.readR(o.n) >>> 0;
    p.SetExclusiveMonitors(address, 8);
    const first = p.load(address, 4, true, false);
    const second = p.load((address + 4) >>> 0, 4, true, false);
    p.writeR(o.t, first);
    p.writeR(o.t2, second);
  }),
  system('STREXD', ['d', 't', 't2', 'n'], (p, o) => {
    const address = p.readR(o.n) >>> 0;
    const pass = p.ExclusiveMonitorsPass(address, 8);
    if (pass) {
      p.store(address, 4, p.readR(o.t), true, false);
      p.store((address + 4) >>> 0, 4, p.readR(o.t2), true, false);
    }
    p.ClearExclusiveLocal();
    p.writeR(o.d, pass ? 0 : 1);
  }),

  system('CLREX', [], (p) => {
    p.ClearExclusiveLocal();
  }),

  swap('SWP', 4, wordAligned),
  swap('SWPB', 1, {}),
];
