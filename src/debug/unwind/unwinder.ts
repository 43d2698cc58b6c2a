/**
 * The call stack, from the registers and memory of a guest that stands still. Each frame is left by the first of these that applies: call frame
 * information of the compiler, the instruction at hand if it returns, what the function has done to its stack so far, LR. Frames of exception handlers
 * are left for what the exception interrupted.
 */
import { bankOf, Mode, Psr } from '../../arm/modes.js';
import { extractFields } from '../../isa/decode.js';
import { Fact, type Operands } from '../../isa/row.js';
import { conditionOf, directTarget } from '../../isa/flow.js';
import { decodeBytes, hasFact, type Instruction } from '../code.js';
import type { FrameRules, RegisterRule } from '../dwarf/frame.js';
import type { CodeState } from '../symbols.js';
import { frameAt, type FrameState } from './prologue.js';

const SP = 13;
const LR = 14;
const ALWAYS = 14;
/** Frame pointers: of ARM code, of Thumb code. */
const FRAME_POINTERS = [11, 7];

/** What the unwinder reads. */
export interface UnwindSource {
  /** Bytes from `address` on; fewer where memory ends. */
  read(address: number, length: number): Uint8Array;
  stateAt(address: number): CodeState;
  /** Where the function that holds an address begins, if symbols say so. */
  functionStart(address: number): number | undefined;
  /** Call frame information for an address. */
  rulesAt(address: number): FrameRules | undefined;
  /** Register `n` (8 to 14) of a mode's bank, and its SPSR; u32. */
  banked(n: number, mode: number): number;
  spsr(mode: number): number;
}

export interface Frame {
  readonly pc: number;
  readonly thumb: boolean;
  /** SP in this frame, u32. */
  readonly sp: number;
  /** Processor mode that the frame belongs to. */
  readonly mode: number;
  /** True where execution goes on at `pc` as such; false where `pc` is behind a call. */
  readonly exact: boolean;
  /** True if the frame was found by what a compiler wrote down, and so were those inside of it. */
  readonly certain: boolean;
}

/** R0 to R14 of a frame, u32; undefined where the value is lost. */
type Registers = readonly (number | undefined)[];

/** The registers to begin with. */
export interface TopRegisters {
  /** R0 to R14, u32. */
  readonly r: readonly number[];
  readonly pc: number;
  readonly cpsr: number;
}

/** What was found out about a frame's caller. */
interface Found {
  /** The caller's registers; SP is what it is behind the return. */
  readonly r: Registers;
  /** What the function will return to, as far as it is known. */
  readonly returnTo: number | undefined;
  /** An exception handler has already subtracted what `returnTo` was too high by. */
  readonly corrected: boolean;
  readonly certain: boolean;
}

interface Caller {
  readonly frame: Frame;
  readonly r: Registers;
}

/** Bytes before an instruction in which the start of its function is looked for where symbols do not say. */
const FURTHEST_START = 0x2000;
/** Bytes of a function that are followed at most. */
const LONGEST = 0x4000;

export class Unwinder {
  constructor(private readonly source: UnwindSource) {}

  /** At most `maximum` frames, the innermost first. */
  frames({ r, pc, cpsr }: TopRegisters, maximum: number): Frame[] {
    let caller: Caller | undefined = {
      frame: { pc, thumb: (cpsr & Psr.T) !== 0, sp: r[SP], mode: cpsr & Psr.M, exact: true, certain: true },
      r,
    };
    const frames: Frame[] = [];
    while (caller !== undefined && frames.length < maximum) {
      frames.push(caller.frame);
      caller = this.callerOf(caller, frames.length === 1);
    }
    return frames;
  }

  private callerOf({ frame, r }: Caller, top: boolean): Caller | undefined {
    const found = this.byRules(frame, r) ?? this.byCode(frame, r, top);
    const sp = found?.r[SP];
    if (found?.returnTo === undefined || sp === undefined) return undefined;
    const call = found.corrected ? undefined : this.callBefore(found.returnTo, frame);
    if (call === undefined) return this.interruptedBy(frame, found);
    const pc = call.address + call.length;
    // the stack grows downwards; a function may do without, but then it is not where it was called from
    if (sp < frame.sp || (sp === frame.sp && pc === frame.pc)) return undefined;
    const certain = frame.certain && found.certain;
    const next = { pc, thumb: call.isa !== 'A32', sp, mode: frame.mode, exact: false, certain };
    return { frame: next, r: [...found.r.slice(0, LR), undefined] };
  }

  /** By the compiler's call frame information. */
  private byRules(frame: Frame, r: Registers): Found | undefined {
    const rules = this.source.rulesAt(frame.exact ? frame.pc : frame.pc - 1);
    const base = rules && r[rules.cfa.register];
    if (rules === undefined || base === undefined) return undefined;
    const cfa = (base + rules.cfa.offset) >>> 0;
    const own = r.map((_, n) => this.byRule(rules.registers.get(n), n, r, cfa));
    const returnTo = own[rules.returnRegister];
    own[SP] = cfa;
    return { r: own, returnTo, corrected: false, certain: true };
  }

  private byRule(rule: RegisterRule | undefined, n: number, r: Registers, cfa: number): number | undefined {
    switch (rule?.kind) {
      case undefined:
      case 'same':
        return r[n];
      case 'memory':
        return this.word(cfa + rule.offset);
      case 'value':
        return (cfa + rule.offset) >>> 0;
      case 'register':
        return r[rule.register];
      case 'undefined':
      case 'unknown':
        return undefined;
    }
  }

  /** By what the function has done to its stack. */
  private byCode(frame: Frame, r: Registers, top: boolean): Found | undefined {
    const returning = top ? this.returnsAt(frame, r) : undefined;
    if (returning !== undefined) return returning;
    const start = this.source.functionStart(frame.pc) ?? this.guessStart(frame, top ? r[LR] : undefined);
    if (start === undefined) return top ? leaf(r) : undefined;
    const state = frameAt(this.code(start, frame.pc, frame.thumb));
    const cfa = frameAddress(state, r);
    if (cfa === undefined) return undefined;
    const own = r.map((value, n) => this.entryValue(state, n, value, cfa));
    own[SP] = cfa;
    const held = state.registers[LR];
    if (held?.register === LR) return { r: own, returnTo: r[LR], corrected: held.plus !== 0, certain: false };
    const slot = [...state.stack].find(([, value]) => value.register === LR);
    const returnTo = slot && this.word(cfa + slot[0]);
    return { r: own, returnTo, corrected: slot !== undefined && slot[1].plus !== 0, certain: false };
  }

  /** The caller's value of register `n`: what it still holds, or what was saved of it. */
  private entryValue(state: FrameState, n: number, value: number | undefined, cfa: number): number | undefined {
    const held = state.registers[n];
    if (held?.register === n && held.plus === 0) return value;
    const slot = [...state.stack].find(([, saved]) => saved.register === n && saved.plus === 0);
    return slot && this.word(cfa + slot[0]);
  }

  /** If the instruction at hand is an unconditional return, it says where to. */
  private returnsAt({ pc, thumb, sp }: Frame, r: Registers): Found | undefined {
    const instruction = decodeBytes(this.source.read(pc, 4), 0, pc, thumb);
    if (instruction === undefined || conditionOf(instruction) !== ALWAYS) return undefined;
    const { operation, operands: a } = operandsOf(instruction);
    if ((operation === 'BX' || operation === 'MOV_reg_pc') && a.m === LR) return leaf(r);
    if (operation !== 'LDM_pc' || a.n !== SP || a.wback === 0 || a.increment === 0 || a.before !== 0) return undefined;
    const own = [...r];
    let at = sp;
    for (let n = 0; n < 15; n++) {
      if (((a.registers >>> n) & 1) === 0) continue;
      own[n] = this.word(at);
      at += 4;
    }
    own[SP] = (at + 4) >>> 0;
    return { r: own, returnTo: this.word(at), corrected: false, certain: false };
  }

  /** What an exception interrupted, if the present mode is an exception's and the function returns from it. */
  private interruptedBy({ mode }: Frame, { r, returnTo, corrected }: Found): Caller | undefined {
    if (bankOf(mode) <= 0 || returnTo === undefined) return undefined;
    const spsr = this.source.spsr(mode);
    const to = spsr & Psr.M;
    // SPSR of a mode that is handling nothing, or of a nested exception, leads nowhere
    if (to === mode || to === Mode.hyp || to === Mode.mon || bankOf(to) < 0) return undefined;
    const thumb = (spsr & Psr.T) !== 0;
    const pc = ((corrected ? returnTo : returnTo - this.returnOffset(mode, returnTo, thumb)) & (thumb ? ~1 : ~3)) >>> 0;
    if (this.source.read(pc, 2).length < 2) return undefined;
    if (mode === Mode.svc && !this.isCallerOfSupervisor(pc, thumb)) return undefined;
    const own = r.map((value, n) => {
      const banked = n >= SP || (n >= 8 && (mode === Mode.fiq || to === Mode.fiq));
      return banked ? this.source.banked(n, to) : value;
    });
    const sp = own[SP] as number;
    return { frame: { pc, thumb, sp, mode: to, exact: true, certain: false }, r: own };
  }

  /** What LR on entry to an exception lies above the address to return to. */
  private returnOffset(mode: number, lr: number, thumb: boolean): number {
    if (mode === Mode.irq || mode === Mode.fiq) return 4;
    if (mode === Mode.und) return thumb ? 2 : 4;
    if (mode !== Mode.abt) return 0;
    // a data abort returns to the load or store 8 before, a prefetch abort to what could not be fetched
    const at = lr - 8;
    const instruction = at < 0 ? undefined : decodeBytes(this.source.read(at, 4), 0, at, thumb);
    return instruction !== undefined && hasFact(instruction, Fact.load | Fact.store) ? 8 : 4;
  }

  private isCallerOfSupervisor(pc: number, thumb: boolean): boolean {
    const address = pc - (thumb ? 2 : 4);
    if (address < 0) return false;
    const instruction = decodeBytes(this.source.read(address, 4), 0, address, thumb);
    return instruction !== undefined && hasFact(instruction, Fact.exceptionCall);
  }

  /** The call that a return address is behind, if it may have called what the frame is in. */
  private callBefore(returnTo: number, frame: Frame): Instruction | undefined {
    const call = this.linkingBefore(returnTo);
    return call !== undefined && this.mayCall(call, frame) ? call : undefined;
  }

  /** The instruction that would have put this address into LR. */
  private linkingBefore(returnTo: number): Instruction | undefined {
    const thumb = (returnTo & 1) !== 0;
    const pc = (returnTo & (thumb ? ~1 : ~3)) >>> 0;
    if (this.source.read(pc, 2).length < 2) return undefined;
    for (const length of thumb ? [4, 2] : [4]) {
      const address = pc - length;
      const instruction = address < 0 ? undefined : decodeBytes(this.source.read(address, 4), 0, address, thumb);
      if (instruction?.length === length && hasFact(instruction, Fact.link)) return instruction;
    }
    return undefined;
  }

  /**
   * In an exception's mode, LR may point behind a call by chance: the interrupted instruction. A direct call of another function is such a chance.
   */
  private mayCall(call: Instruction, frame: Frame): boolean {
    if (frame.mode === Mode.usr || frame.mode === Mode.sys || frame.mode === Mode.svc) return true;
    const target = directTarget(call);
    const start = this.source.functionStart(frame.pc);
    return target === undefined || start === undefined || target.address === start;
  }

  /** Instructions from `start` up to, not including, `end`; data between them is left out. */
  private *code(start: number, end: number, thumb: boolean): Generator<Instruction> {
    const from = Math.max(start, end - LONGEST);
    const bytes = this.source.read(from, end - from);
    for (let at = from; at < end;) {
      const instruction = this.source.stateAt(at) === 'data' ? undefined : decodeBytes(bytes, at - from, at, thumb);
      if (instruction !== undefined) yield instruction;
      at += instruction?.length ?? (thumb ? 2 : 4);
    }
  }

  /**
   * Looks backwards for an instruction that saves LR. A return on the way may be an early one of the same function, or the end of another; the
   * latter only if LR (undefined: it is known to be saved) says that what follows was called.
   */
  private guessStart({ pc, thumb }: Frame, lr: number | undefined): number | undefined {
    const step = thumb ? 2 : 4;
    const from = Math.max(0, pc - FURTHEST_START);
    const bytes = this.source.read(from, pc - from);
    if (bytes.length < pc - from) return undefined;
    for (let at = pc - step; at >= from; at -= step) {
      const instruction = decodeBytes(bytes, at - from, at, thumb);
      if (instruction === undefined || conditionOf(instruction) !== ALWAYS) continue;
      const { operation, operands: a } = operandsOf(instruction);
      const pushesLink =
        (operation.startsWith('STM') && a.n === SP && a.wback !== 0 && ((a.registers >>> LR) & 1) !== 0) ||
        (operation === 'STR_imm' && a.n === SP && a.t === LR && a.wback !== 0);
      if (pushesLink) return at;
      const returns = operation === 'LDM_pc' || ((operation === 'BX' || operation === 'MOV_reg_pc') && a.m === LR);
      const next = at + instruction.length;
      if (returns && lr !== undefined && this.wasCalled(next, pc, lr)) return next;
    }
    return undefined;
  }

  /** True if LR is behind a call of something between two addresses, or of something unknown. */
  private wasCalled(first: number, last: number, lr: number): boolean {
    const call = this.linkingBefore(lr);
    const target = call && directTarget(call);
    return call !== undefined && (target === undefined || (target.address >= first && target.address <= last));
  }

  private word(address: number): number | undefined {
    const bytes = this.source.read(address >>> 0, 4);
    if (bytes.length < 4) return undefined;
    return (bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24)) >>> 0;
  }
}

/** A function that has done nothing to SP and LR. */
function leaf(r: Registers): Found {
  return { r, returnTo: r[LR], corrected: false, certain: false };
}

/** SP on entry: by SP itself, else by a frame pointer. */
function frameAddress(state: FrameState, r: Registers): number | undefined {
  for (const n of [SP, ...FRAME_POINTERS]) {
    const held = state.registers[n];
    const value = r[n];
    if (held?.register === SP && value !== undefined) return (value - held.plus) >>> 0;
  }
  return undefined;
}

function operandsOf({ row, word }: Instruction): { readonly operation: string; readonly operands: Operands } {
  if (row === undefined || row.operation === null) return { operation: '', operands: {} };
  return { operation: row.operation, operands: row.args(extractFields(row, word | 0)) };
}
