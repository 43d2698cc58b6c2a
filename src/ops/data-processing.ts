/**
 * Operations of the data-processing group: the ALU operations of DDI 0406C table A5-3 in every operand kind, their forms that write the PC,
 * and the exception returns `<op>S PC`. Built as a family: an operation is an entry of {@link ALU}, a kind of second operand, a destination.
 */
import { SetFlags, SRType } from '../isa/immediates.js';
import { bankOf, Mode } from '../arm/modes.js';
import { bit, rotateRight } from '../util/bits.js';
import type { SystemPort } from '../arm/system-port.js';
import type { Builder, Imm, Reg, Value } from './builder.js';
import type { Operation, PlainOperation } from './operation.js';
import { plain, system } from './operation.js';
import {
  AddWithCarry,
  setFlagsAdd,
  setFlagsAddWithCarry,
  setFlagsSub,
  Shift,
  ShiftByRegister,
  ShiftByRegisterCarryOut,
  ShiftCarryOut,
  whenSettingFlags,
} from './pseudocode.js';

/** One of the ALU operations. `x` is R[n], `y` the second operand. */
interface Alu {
  readonly name: string;
  /** MOV and MVN have no first operand. */
  readonly unary?: boolean;
  /** TST, TEQ, CMP and CMN have no destination and always set the flags. */
  readonly test?: boolean;
  readonly compute: (b: Builder, x: Value, y: Value) => Value;
  /** Flags of an arithmetic operation. A logical one has none here: N and Z from the result, C from the shifter. */
  readonly flags?: (b: Builder, x: Value, y: Value, result: Value) => void;
}

const add = (b: Builder, x: Value, y: Value): Value => b.add(x, y);
const subtract = (b: Builder, x: Value, y: Value): Value => b.sub(x, y);
const and = (b: Builder, x: Value, y: Value): Value => b.and(x, y);
const exclusiveOr = (b: Builder, x: Value, y: Value): Value => b.xor(x, y);

/** In the order of the A32 opcode field; ORN, which only Thumb has, last. */
const ALU: readonly Alu[] = [
  { name: 'AND', compute: and },
  { name: 'EOR', compute: exclusiveOr },
  { name: 'SUB', compute: subtract, flags: setFlagsSub },
  { name: 'RSB', compute: (b, x, y) => b.sub(y, x), flags: (b, x, y, result) => setFlagsSub(b, y, x, result) },
  { name: 'ADD', compute: add, flags: setFlagsAdd },
  { name: 'ADC', compute: (b, x, y) => AddWithCarry(b, x, y, b.C()), flags: setFlagsAddWithCarry },
  {
    name: 'SBC',
    compute: (b, x, y) => AddWithCarry(b, x, b.not(y), b.C()),
    flags: (b, x, y, result) => setFlagsAddWithCarry(b, x, b.not(y), result),
  },
  {
    name: 'RSC',
    compute: (b, x, y) => AddWithCarry(b, b.not(x), y, b.C()),
    flags: (b, x, y, result) => setFlagsAddWithCarry(b, b.not(x), y, result),
  },
  { name: 'TST', test: true, compute: and },
  { name: 'TEQ', test: true, compute: exclusiveOr },
  { name: 'CMP', test: true, compute: subtract, flags: setFlagsSub },
  { name: 'CMN', test: true, compute: add, flags: setFlagsAdd },
  { name: 'ORR', compute: (b, x, y) => b.or(x, y) },
  { name: 'MOV', unary: true, compute: (_b, _x, y) => y },
  { name: 'BIC', compute: (b, x, y) => b.and(x, b.not(y)) },
  { name: 'MVN', unary: true, compute: (b, _x, y) => b.not(y) },
  { name: 'ORN', compute: (b, x, y) => b.or(x, b.not(y)) },
];

/** N and Z from `result`, C from `carry` unless the shifter leaves it alone. */
function setFlagsLogical(b: Builder, result: Value, carry: Value | null): void {
  b.setNZ(result);
  if (carry !== null) b.setC(carry);
}

/** What all bodies of the family find among their operands, as far as their shape has it. */
interface AluOperands {
  readonly d: Reg;
  readonly n: Reg;
  readonly m: Reg;
  readonly s: Reg;
  readonly imm32: Imm;
  readonly shift_n: Imm;
  readonly shift_t: number;
  readonly setflags: number;
  readonly carry: number;
}

/** A kind of second operand: its operands, its value, and the carry out that a logical operation puts in C (null: none). */
interface Kind {
  readonly suffix: string;
  readonly regs: readonly string[];
  readonly imms: readonly string[];
  readonly statics: readonly string[];
  readonly value: (b: Builder, o: AluOperands) => Value;
  readonly carry: (b: Builder, o: AluOperands) => Value | null;
}

const immediate: Kind = {
  suffix: 'imm',
  regs: [],
  imms: ['imm32'],
  statics: ['carry'],
  value: (b, o) => b.imm(o.imm32),
  carry: (b, o) => (o.carry === 2 ? null : b.const(o.carry)),
};

const register: Kind = {
  suffix: 'reg',
  regs: ['m'],
  imms: ['shift_n'],
  statics: ['shift_t'],
  value: (b, o) => Shift(b, b.R(o.m), o.shift_t, o.shift_n),
  carry: (b, o) => (o.shift_t === SRType.none ? null : ShiftCarryOut(b, b.R(o.m), o.shift_t, o.shift_n)),
};

const LOW_BYTE = 0xff;

const registerShiftedRegister: Kind = {
  suffix: 'rsr',
  regs: ['m', 's'],
  imms: [],
  statics: ['shift_t'],
  value: (b, o) => ShiftByRegister(b, b.R(o.m), o.shift_t, b.and(b.R(o.s), b.const(LOW_BYTE))),
  carry: (b, o) => ShiftByRegisterCarryOut(b, b.R(o.m), o.shift_t, b.and(b.R(o.s), b.const(LOW_BYTE))),
};

/** Declares an operation whose operand names are composed; the body reads what its shape lists. */
function compose(
  name: string,
  regs: readonly string[],
  imms: readonly string[],
  statics: readonly string[],
  body: (b: Builder, o: AluOperands) => void,
): PlainOperation {
  return plain(name, { regs, imms, statics }, body as unknown as PlainOperation['body']);
}

/** `<op> Rd, Rn, <operand>` and the tests. */
function toRegister(alu: Alu, kind: Kind): PlainOperation {
  const regs = [...(alu.test ? [] : ['d']), ...(alu.unary ? [] : ['n']), ...kind.regs];
  // The carry of an immediate matters to logical operations only; a shift is part of the operand's value.
  const operandStatics = alu.flags && kind === immediate ? [] : kind.statics;
  const statics = [...(alu.test ? [] : ['setflags']), ...operandStatics];
  return compose(`${alu.name}_${kind.suffix}`, regs, kind.imms, statics, (b, o) => {
    const setflags = alu.test ? SetFlags.yes : o.setflags;
    const carry = !alu.flags && setflags !== SetFlags.no ? kind.carry(b, o) : null;
    const y = kind.value(b, o);
    const x = alu.unary ? y : b.R(o.n);
    const result = alu.compute(b, x, y);
    if (setflags !== SetFlags.no)
      whenSettingFlags(b, setflags, () => {
        if (alu.flags) alu.flags(b, x, y, result);
        else setFlagsLogical(b, result, carry);
      });
    if (!alu.test) b.setR(o.d, result);
  });
}

/** ALUWritePC (A2.3.1) for ARMv7: interworking in ARM state only. */
function ALUWritePC(b: Builder, thumb: number, address: Value): void {
  if (thumb) b.BranchWritePC(address);
  else b.BXWritePC(address);
}

/** `<op> PC, Rn, <operand>` without flags: a branch. */
function toPc(alu: Alu, kind: Kind): PlainOperation {
  const regs = [...(alu.unary ? [] : ['n']), ...kind.regs];
  const statics = ['thumb', ...(kind === immediate ? [] : kind.statics)];
  return compose(`${alu.name}_${kind.suffix}_pc`, regs, kind.imms, statics, (b, o) => {
    const y = kind.value(b, o);
    const x = alu.unary ? y : b.R(o.n);
    ALUWritePC(b, (o as AluOperands & { thumb: number }).thumb, alu.compute(b, x, y));
  });
}

/** The result of data-processing opcode `opcode` (A32 numbering, tests excluded) in plain numbers. */
function aluResult(opcode: number, x: number, y: number, carry: number): number {
  switch (opcode) {
    case 0:
      return x & y;
    case 1:
      return x ^ y;
    case 2:
      return (x - y) | 0;
    case 3:
      return (y - x) | 0;
    case 4:
      return (x + y) | 0;
    case 5:
      return (x + y + carry) | 0;
    case 6:
      return (x + ~y + carry) | 0;
    case 7:
      return (~x + y + carry) | 0;
    case 12:
      return x | y;
    case 13:
      return y;
    case 14:
      return x & ~y;
    default:
      return ~y;
  }
}

/** SUBS PC, LR and related instructions (B9.3.19, B9.3.20): CPSR from SPSR, then a branch in the state that it says. */
function exceptionReturn(p: SystemPort, opcode: number, x: number, y: number): void {
  const mode = p.mode();
  if (mode === Mode.hyp) return p.undefinedInstruction();
  if (bankOf(mode) <= 0) return p.unpredictable();
  const result = aluResult(opcode, x, y, bit(p.readCpsr(), 29));
  p.CPSRWriteByInstr(p.readSpsr(mode), 15, true);
  p.BranchWritePC(result);
}

function shifted(value: number, shift_t: number, shift_n: number, carry: number): number {
  switch (shift_t) {
    case SRType.LSL:
      return value << shift_n;
    case SRType.LSR:
      return value >>> shift_n;
    case SRType.ASR:
      return value >> shift_n;
    case SRType.ROR:
      return rotateRight(value, shift_n);
    case SRType.RRX:
      return (carry << 31) | (value >>> 1);
    case SRType.LSR_32:
      return 0;
    case SRType.ASR_32:
      return value >> 31;
    default:
      return value;
  }
}

/** Those with an opcode in A32, which alone has register-shifted registers and general writes to the PC. */
const A32 = ALU.filter((alu) => alu.name !== 'ORN');

export const operations: readonly Operation[] = [
  ...ALU.flatMap((alu) => [immediate, register].map((kind) => toRegister(alu, kind))),
  ...A32.map((alu) => toRegister(alu, registerShiftedRegister)),
  ...A32.filter((alu) => !alu.test).flatMap((alu) => [immediate, register].map((kind) => toPc(alu, kind))),

  plain('ADR', { regs: ['d'], imms: ['imm32'], statics: [] }, (b, o) => {
    b.setR(o.d, b.add(b.and(b.PC(), b.const(-4)), b.imm(o.imm32)));
  }),

  // imm32 is imm16 << 16.
  plain('MOVT', { regs: ['d'], imms: ['imm32'], statics: [] }, (b, o) => {
    b.setR(o.d, b.or(b.and(b.R(o.d), b.const(0xffff)), b.imm(o.imm32)));
  }),

  system('SUBS_PC_LR_imm', ['opcode', 'n', 'imm32'], (p, o) => {
    exceptionReturn(p, o.opcode, p.readR(o.n), o.imm32);
  }),

  system('SUBS_PC_LR_reg', ['opcode', 'n', 'm', 'shift_t', 'shift_n'], (p, o) => {
    const y = shifted(p.readR(o.m), o.shift_t, o.shift_n, bit(p.readCpsr(), 29));
    exceptionReturn(p, o.opcode, p.readR(o.n), y);
  }),
];
