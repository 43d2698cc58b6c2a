/**
 * What a function has done to its stack when it is at a given instruction: follows the code from the function's start in a straight line and keeps, for
 * each register, which of the caller's values plus how much it holds, and what lies on the stack. No debug information is needed.
 */
import { extractFields } from '../../isa/decode.js';
import { Fact } from '../../isa/row.js';
import { conditionOf } from '../../isa/flow.js';
import { hasFact, itConditions, type Instruction } from '../code.js';

const SP = 13;
const LR = 14;

/** The value that register `register` had on entry, plus `plus`. */
interface EntryValue {
  readonly register: number;
  readonly plus: number;
}

/** What is known at an instruction. Offsets count from SP on entry. */
export interface FrameState {
  /** By register; undefined where it holds something else. */
  readonly registers: readonly (EntryValue | undefined)[];
  /** What the words of the frame hold, by offset. */
  readonly stack: ReadonlyMap<number, EntryValue>;
}

class Simulation implements FrameState {
  registers: (EntryValue | undefined)[] = Array.from({ length: 15 }, (_, register) => ({ register, plus: 0 }));
  stack = new Map<number, EntryValue>();

  copy(): Simulation {
    const copy = new Simulation();
    copy.registers = [...this.registers];
    copy.stack = new Map(this.stack);
    return copy;
  }

  /** Bytes by which a register lies above SP on entry. */
  offset(register: number): number | undefined {
    const value = this.registers[register];
    return value?.register === SP ? value.plus : undefined;
  }

  set(register: number, value: EntryValue | undefined): void {
    if (register < 15) this.registers[register] = value;
  }

  add(register: number, base: number, plus: number): void {
    const value = this.registers[base];
    this.set(register, value && { register: value.register, plus: (value.plus + plus) | 0 });
  }

  store(register: number, offset: number | undefined): void {
    const value = this.registers[register];
    if (offset === undefined) return;
    if (value === undefined) this.stack.delete(offset);
    else this.stack.set(offset, value);
  }

  load(register: number, offset: number | undefined): void {
    this.set(register, offset === undefined ? undefined : this.stack.get(offset));
  }
}

/**
 * The frame at `pc` of a function whose instructions from its start on are `code` (all of those before `pc`, in order).
 */
export function frameAt(code: Iterable<Instruction>): FrameState {
  let state = new Simulation();
  let deepest = state.copy();
  let conditions: readonly number[] = [];
  for (const instruction of code) {
    const condition = conditions[0] ?? conditionOf(instruction);
    conditions = itConditions(instruction) ?? conditions.slice(1);
    // what is done on a condition is taken for a way out
    if (condition !== 14) continue;
    if (leaves(instruction)) {
      // behind a return or jump, some other path goes on with the whole frame
      state = deepest.copy();
      continue;
    }
    execute(state, instruction);
    const depth = state.offset(SP);
    if (depth !== undefined && depth <= (deepest.offset(SP) ?? 0)) deepest = state.copy();
  }
  return state;
}

function leaves(instruction: Instruction): boolean {
  return hasFact(instruction, Fact.branch | Fact.exceptionReturn) && !hasFact(instruction, Fact.link);
}

/** VPUSH of single or double registers: how many bytes, else 0. */
function vectorPush({ isa, word }: Instruction): number {
  return isa !== 'T16' && (word & 0x0fbf_0e00) === 0x0d2d_0a00 ? 4 * (word & 0xff) : 0;
}

function execute(state: Simulation, instruction: Instruction): void {
  const { row, word } = instruction;
  const vector = vectorPush(instruction);
  if (vector > 0) state.add(SP, SP, -vector);
  if (row === undefined || row.operation === null) return;
  const a = row.args(extractFields(row, word | 0));
  switch (row.operation) {
    case 'ADD_imm':
      state.add(a.d, a.n, a.imm32);
      return;
    case 'SUB_imm':
      state.add(a.d, a.n, -a.imm32);
      return;
    case 'MOV_reg':
      state.add(a.d, a.m, 0);
      return;
    case 'STM':
    case 'STM_pc':
    case 'LDM':
      transferMultiple(state, a, row.operation !== 'LDM');
      return;
    case 'STR_imm':
    case 'LDR_imm':
    case 'STRD_imm':
    case 'LDRD_imm': {
      const base = state.offset(a.n);
      const at = base === undefined ? undefined : base + (a.index !== 0 ? a.offset : 0);
      const move = (register: number, offset: number | undefined) =>
        row.operation?.startsWith('STR') === true ? state.store(register, offset) : state.load(register, offset);
      if (a.wback !== 0) state.add(a.n, a.n, a.offset);
      move(a.t, at);
      if (a.t2 !== undefined) move(a.t2, at === undefined ? undefined : at + 4);
      return;
    }
  }
  if (hasFact(instruction, Fact.link)) {
    // a call keeps R4 to R11 and SP
    for (const register of [0, 1, 2, 3, 12, LR]) state.set(register, undefined);
    return;
  }
  if (hasFact(instruction, Fact.store)) return;
  for (const name of ['d', 't', 't2', 'dLo', 'dHi']) if (a[name] !== undefined) state.set(a[name], undefined);
}

function transferMultiple(state: Simulation, a: Readonly<Record<string, number>>, store: boolean): void {
  const list = Array.from({ length: 15 }, (_, n) => n).filter((n) => ((a.registers >>> n) & 1) !== 0);
  // `extent` counts the PC, which the list leaves out
  const bytes = a.base !== 0 ? 4 * list.length : Math.abs(a.extent);
  const base = state.offset(a.n);
  const start = a.increment !== 0 ? (a.before !== 0 ? 4 : 0) : a.before !== 0 ? -bytes : 4 - bytes;
  const slots = list.map((register, i) => ({ register, at: base === undefined ? undefined : base + start + 4 * i }));
  if (a.wback !== 0) state.add(a.n, a.n, a.increment !== 0 ? bytes : -bytes);
  for (const { register, at } of slots) {
    if (store) state.store(register, at);
    else if (register !== a.n) state.load(register, at);
  }
}
