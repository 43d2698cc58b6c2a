/**
 * Operations of the load/store group: one register or two, with an immediate, a literal or a register as offset, and with the rights of
 * PL0 (LDRT and its like). All accesses come first, then the base, then the destination: a fault leaves the registers as they were.
 */
import type { AccessOptions, Builder, DataSize, Imm, Reg, Value } from './builder.js';
import type { Operation, PlainOperation } from './operation.js';
import { plain } from './operation.js';
import { Shift } from './pseudocode.js';

/** What all bodies of the group find among their operands, as far as their shape has it. */
interface TransferOperands {
  readonly t: Reg;
  readonly t2: Reg;
  readonly n: Reg;
  readonly m: Reg;
  /** The immediate offset in bytes, signed. */
  readonly offset: Imm;
  readonly shift_n: Imm;
  readonly shift_t: number;
  readonly add: number;
  readonly index: number;
  readonly wback: number;
}

/** `offset_addr` and `address` of the pseudocode, and what to do with the former once the accesses are made. */
interface Address {
  readonly address: Value;
  readonly writeback: () => void;
}

/** A way to form the address. */
interface Addressing {
  readonly suffix: string;
  readonly regs: readonly string[];
  readonly imms: readonly string[];
  readonly statics: readonly string[];
  readonly form: (b: Builder, o: TransferOperands) => Address;
}

function indexed(b: Builder, o: TransferOperands, offset_addr: (base: Value) => Value): Address {
  const base = b.R(o.n);
  const moved = offset_addr(base);
  return {
    address: o.index ? moved : base,
    writeback: () => {
      if (o.wback) b.setR(o.n, moved);
    },
  };
}

const immediate: Addressing = {
  suffix: 'imm',
  regs: ['n'],
  imms: ['offset'],
  statics: ['index', 'wback'],
  form: (b, o) => indexed(b, o, (base) => b.add(base, b.imm(o.offset))),
};

const register: Addressing = {
  suffix: 'reg',
  regs: ['n', 'm'],
  imms: ['shift_n'],
  statics: ['shift_t', 'add', 'index', 'wback'],
  form: (b, o) =>
    indexed(b, o, (base) => {
      const offset = Shift(b, b.R(o.m), o.shift_t, o.shift_n);
      return o.add ? b.add(base, offset) : b.sub(base, offset);
    }),
};

const literal: Addressing = {
  suffix: 'lit',
  regs: [],
  imms: ['offset'],
  statics: [],
  form: (b, o) => ({
    address: b.add(b.and(b.PC(), b.const(-4)), b.imm(o.offset)),
    writeback: () => {},
  }),
};

/** Declares an operation whose operand names are composed; the body reads what its shape lists. */
function compose(
  mnemonic: string,
  targets: readonly string[],
  addressing: Addressing,
  body: (b: Builder, o: TransferOperands) => void,
  suffix = '',
): PlainOperation {
  const { regs, imms, statics } = addressing;
  return plain(
    `${mnemonic}_${addressing.suffix}${suffix}`,
    { regs: [...targets, ...regs], imms, statics },
    body as unknown as PlainOperation['body'],
  );
}

function loadOne(mnemonic: string, addressing: Addressing, size: DataSize, options: AccessOptions): PlainOperation {
  return compose(mnemonic, ['t'], addressing, (b, o) => {
    const { address, writeback } = addressing.form(b, o);
    const data = b.load(address, size, options);
    writeback();
    b.setR(o.t, data);
  });
}

function storeOne(mnemonic: string, addressing: Addressing, size: DataSize, options: AccessOptions): PlainOperation {
  return compose(mnemonic, ['t'], addressing, (b, o) => {
    const { address, writeback } = addressing.form(b, o);
    b.store(address, size, b.R(o.t), options);
    writeback();
  });
}

/**
 * LoadWritePC (A2.3.1).
 * @unpredictable LDR PC from an address that is not word-aligned: loads as any LDR does.
 */
function loadPc(addressing: Addressing): PlainOperation {
  return compose(
    'LDR',
    [],
    addressing,
    (b, o) => {
      const { address, writeback } = addressing.form(b, o);
      const data = b.load(address, 4);
      writeback();
      b.BXWritePC(data);
    },
    '_pc',
  );
}

const wordAligned: AccessOptions = { aligned: true };

/**
 * LDRD: two words, each word-aligned (without LPAE's guarantee of a single access).
 * @unpredictable LDRD with writeback and Rn among the targets: the base ends up in Rn.
 */
function loadDual(addressing: Addressing): PlainOperation {
  return compose('LDRD', ['t', 't2'], addressing, (b, o) => {
    const { address, writeback } = addressing.form(b, o);
    const first = b.load(address, 4, wordAligned);
    const second = b.load(b.add(address, b.const(4)), 4, wordAligned);
    b.setR(o.t, first);
    b.setR(o.t2, second);
    writeback();
  });
}

function storeDual(addressing: Addressing): PlainOperation {
  return compose('STRD', ['t', 't2'], addressing, (b, o) => {
    const { address, writeback } = addressing.form(b, o);
    b.store(address, 4, b.R(o.t), wordAligned);
    b.store(b.add(address, b.const(4)), 4, b.R(o.t2), wordAligned);
    writeback();
  });
}

const LOADS: readonly (readonly [string, DataSize, AccessOptions])[] = [
  ['LDR', 4, {}],
  ['LDRB', 1, {}],
  ['LDRH', 2, {}],
  ['LDRSB', 1, { signed: true }],
  ['LDRSH', 2, { signed: true }],
];
const STORES: readonly (readonly [string, DataSize])[] = [
  ['STR', 4],
  ['STRB', 1],
  ['STRH', 2],
];
const withBase = [immediate, register];
const anywhere = [immediate, register, literal];

export const operations: readonly Operation[] = [
  ...LOADS.flatMap(([name, size, options]) => [
    ...anywhere.map((addressing) => loadOne(name, addressing, size, options)),
    ...withBase.map((addressing) => loadOne(`${name}T`, addressing, size, { ...options, unprivileged: true })),
  ]),
  ...STORES.flatMap(([name, size]) => [
    ...withBase.map((addressing) => storeOne(name, addressing, size, {})),
    ...withBase.map((addressing) => storeOne(`${name}T`, addressing, size, { unprivileged: true })),
  ]),
  ...anywhere.map(loadPc),
  ...anywhere.map(loadDual),
  ...withBase.map(storeDual),
];
