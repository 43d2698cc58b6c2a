/**
 * Operations of the load/store multiple group. LDM and STM in all four modes are plain; the forms with `^` (user registers, exception return)
 * go through the processor port.
 *
 * @unpredictable LDM with writeback and the base in the list: the loaded value stays. STM with writeback and the base in the list: the
 * base's old value is stored wherever it stands in the list.
 */
import { bankOf, Mode } from '../arm/modes.js';
import type { SystemPort } from '../arm/system-port.js';
import { bitCount } from '../util/bits.js';
import type { AccessOptions, Builder, Imm, Reg, Value } from './builder.js';
import type { Operation } from './operation.js';
import { plain, system } from './operation.js';

const wordAligned: AccessOptions = { aligned: true };

/** A mode as statics: see isa/args/load-store-multiple.ts. */
interface ModeStatics {
  readonly increment: number;
  readonly before: number;
}

/** The lowest address of a transfer from `base`, where writeback goes to `end`. */
function startOf(b: Builder, base: Value, end: Value, o: ModeStatics): Value {
  const lowestEnd = o.increment ? base : end;
  return o.increment === o.before ? b.add(lowestEnd, b.const(4)) : lowestEnd;
}

/** The address of its last word, which is the PC's. */
function lastOf(b: Builder, base: Value, end: Value, o: ModeStatics): Value {
  const highestEnd = o.increment ? end : base;
  return o.increment === o.before ? highestEnd : b.sub(highestEnd, b.const(4));
}

interface LoadOperands extends ModeStatics {
  readonly n: Reg;
  readonly registers: Imm;
  readonly extent: Imm;
  readonly wback: number;
  readonly base: number;
}

const shape = {
  regs: ['n'],
  imms: ['registers', 'extent'],
  statics: ['increment', 'before', 'wback', 'base'],
} as const;
const storeShape = { ...shape, statics: ['increment', 'before', 'wback'] } as const;

/**
 * Loads the list and, with `pc`, the word behind it, which it returns. The base changes last, so that a fault leaves it as it was.
 * @deviates LDM with the base in the list reads the base's word twice: once in its turn, once when all others are loaded.
 */
function loadList(b: Builder, o: LoadOperands, pc: boolean): Value {
  const base = b.R(o.n);
  const sixteen = b.const(16);
  const packed = b.imm(o.extent);
  const extent = o.base ? b.sar(b.shl(packed, sixteen), sixteen) : packed;
  const end = b.add(base, extent);
  const start = startOf(b, base, end, o);
  b.forEachRegister(o.registers, start, (register, address) => {
    const data = b.load(address, 4, wordAligned);
    b.setR(register, o.base ? b.select(b.sameRegister(register, o.n), base, data) : data);
  });
  const target = pc ? b.load(lastOf(b, base, end, o), 4, wordAligned) : base;
  if (o.base) b.setR(o.n, b.load(b.add(start, b.shr(packed, sixteen)), 4, wordAligned));
  else if (o.wback) b.setR(o.n, end);
  return target;
}

/** Stores the list and, with `pc`, the PC behind it (address + 8 in ARM state). */
function storeList(b: Builder, o: Omit<LoadOperands, 'base'>, pc: boolean): void {
  const base = b.R(o.n);
  const end = b.add(base, b.imm(o.extent));
  b.forEachRegister(o.registers, startOf(b, base, end, o), (register, address) => {
    b.store(address, 4, b.R(register), wordAligned);
  });
  if (pc) b.store(lastOf(b, base, end, o), 4, b.PC(), wordAligned);
  if (o.wback) b.setR(o.n, end);
}

/** Words on their way, so that no register changes before the last access is made. */
const loaded = new Int32Array(16);

/** The lowest address of a transfer of `words` words. */
function lowest(base: number, words: number, o: ModeStatics): number {
  const start = o.increment ? base : base - 4 * words;
  return start + (o.increment === o.before ? 4 : 0);
}

/** Registers of the user bank. User and System mode have no other: UNPREDICTABLE there. */
function requireBankedMode(p: SystemPort): void {
  if (bankOf(p.mode()) <= 0) p.unpredictable();
}

export const operations: readonly Operation[] = [
  plain('LDM', shape, (b, o) => {
    loadList(b, o, false);
  }),

  plain('LDM_pc', shape, (b, o) => {
    b.BXWritePC(loadList(b, o, true));
  }),

  plain('STM', storeShape, (b, o) => {
    storeList(b, o, false);
  }),

  plain('STM_pc', storeShape, (b, o) => {
    storeList(b, o, true);
  }),

  system('LDM_user', ['n', 'registers', 'increment', 'before'], (p, o) => {
    requireBankedMode(p);
    let address = lowest(p.readR(o.n), bitCount(o.registers), o);
    for (let i = 0; i < 15; i++) {
      if (((o.registers >>> i) & 1) === 0) continue;
      loaded[i] = p.load(address, 4, true, false);
      address += 4;
    }
    for (let i = 0; i < 15; i++) if ((o.registers >>> i) & 1) p.writeBanked(i, Mode.usr, loaded[i]);
  }),

  system('STM_user', ['n', 'registers', 'increment', 'before'], (p, o) => {
    requireBankedMode(p);
    let address = lowest(p.readR(o.n), bitCount(o.registers), o);
    for (let i = 0; i < 16; i++) {
      if (((o.registers >>> i) & 1) === 0) continue;
      p.store(address, 4, i === 15 ? p.readR(15) : p.readBanked(i, Mode.usr), true, false);
      address += 4;
    }
  }),

  // `registers` has no bit 15: the PC is always in the list.
  system('LDM_exception_return', ['n', 'registers', 'increment', 'before', 'wback'], (p, o) => {
    requireBankedMode(p);
    const base = p.readR(o.n);
    const words = bitCount(o.registers) + 1;
    let address = lowest(base, words, o);
    for (let i = 0; i < 15; i++) {
      if (((o.registers >>> i) & 1) === 0) continue;
      loaded[i] = p.load(address, 4, true, false);
      address += 4;
    }
    const target = p.load(address, 4, true, false);
    if (o.wback) p.writeR(o.n, (o.increment ? base + 4 * words : base - 4 * words) | 0);
    for (let i = 0; i < 15; i++) if ((o.registers >>> i) & 1) p.writeR(i, loaded[i]);
    p.CPSRWriteByInstr(p.readSpsr(p.mode()), 0xf, true);
    p.BranchWritePC(target);
  }),
];
