/**
 * What continue and the steps do, as plans: sequences of small requests to run control, each made when the one before is done. A plan knows
 * instructions, lines and frames; it knows nothing of slices, breakpoints or why else a guest may stop.
 */
import { Mode } from '../../arm/modes.js';
import { Exception } from '../../arm/exceptions.js';
import { Fact } from '../../isa/row.js';
import { hasFact, type Instruction } from '../code.js';
import type { SourceLine } from '../source-map.js';
import type { Frame } from '../unwind/unwinder.js';

/** Where the guest stands. */
export interface Position {
  readonly pc: number;
  readonly sp: number;
  readonly mode: number;
  readonly thumb: boolean;
}

/** An exception that was taken while a request was carried out. */
export interface TakenException {
  /** As in arm/exceptions.ts. */
  readonly kind: number;
  /** Address of the instruction; for interrupts, of the next one. */
  readonly pc: number;
}

export type Request =
  /** Executes one instruction. Answered with the exceptions that it took. */
  | { readonly kind: 'step' }
  /** Runs until PC is at one of `until` and `accept` says yes; for ever if there are none. */
  | { readonly kind: 'run'; readonly until: readonly number[]; readonly accept: () => boolean };

/** Ends when the user should see the guest. */
export type Plan = Generator<Request, void, readonly TakenException[]>;

/** What plans see of a guest. */
export interface PlanSource {
  position(): Position;
  /** The instruction at PC; undefined where it cannot be read. */
  instruction(): Instruction | undefined;
  lineAt(address: number): SourceLine | undefined;
  /** Bytes that the line at an address covers there without a break. */
  lineLength(address: number): number;
  /** Start of the function at an address. */
  functionStart(address: number): number | undefined;
}

/** A stack may be this much higher than expected after a return: arguments that the callee took off. */
const SLACK = 4096;
/** How often an instruction of user code may fault before a step gives up on it. */
const MOST_RETRIES = 64;

const never = () => false;

/** Runs on. */
export function* continuePlan(): Plan {
  for (;;) yield { kind: 'run', until: [], accept: never };
}

/** Runs to an address, once. */
export function* runToPlan(address: number): Plan {
  yield { kind: 'run', until: [address], accept: () => true };
}

/** One instruction. */
export function* stepInPlan(): Plan {
  yield { kind: 'step' };
}

function isAsynchronous({ kind }: TakenException): boolean {
  return kind === Exception.IRQ || kind === Exception.FIQ;
}

/** In the mode and with (about) the stack of `frame`. */
function backIn(source: PlanSource, { sp, mode }: Pick<Position, 'sp' | 'mode'>): () => boolean {
  return () => {
    const now = source.position();
    return now.mode === mode && (now.sp - sp) >>> 0 < SLACK;
  };
}

/** Until PC is at one of `until` again, in the frame that `from` is in. */
function runBack(source: PlanSource, from: Pick<Position, 'sp' | 'mode'>, ...until: number[]): Request {
  return { kind: 'run', until, accept: backIn(source, from) };
}

/** Operations that call a kernel, hypervisor or monitor, and return behind themselves. */
const SYSTEM_CALLS: readonly (string | null | undefined)[] = ['SVC', 'HVC', 'SMC'];

function isCall(instruction: Instruction): boolean {
  return hasFact(instruction, Fact.link) || SYSTEM_CALLS.includes(instruction.row?.operation);
}

/**
 * One instruction of the present program: what interrupts do in between is run through, and for user code also what its faults make the kernel do.
 * Returns whether control left for a handler that is not run through.
 */
function* oneInstruction(source: PlanSource): Generator<Request, void, readonly TakenException[]> {
  for (let retries = 0; ; retries++) {
    const start = source.position();
    const length = source.instruction()?.length ?? (start.thumb ? 2 : 4);
    const taken = yield { kind: 'step' };
    if (taken.some((e) => isAsynchronous(e) && e.pc === start.pc)) {
      // the handler ran before the instruction: come back and execute it
      yield runBack(source, start, start.pc);
      continue;
    }
    const fault = taken.find((e) => e.pc === start.pc && e.kind !== Exception.SupervisorCall);
    if (fault === undefined || start.mode !== Mode.usr || retries >= MOST_RETRIES) return;
    const behind = (start.pc + length) >>> 0;
    yield runBack(source, start, start.pc, behind);
    if (source.position().pc === behind) return;
  }
}

/** One instruction; a call, also of the kernel, is run through to its return. */
export function* stepOverPlan(source: PlanSource): Plan {
  const instruction = source.instruction();
  if (instruction !== undefined && isCall(instruction)) {
    yield runBack(source, source.position(), (instruction.address + instruction.length) >>> 0);
  } else {
    yield* oneInstruction(source);
  }
}

/** To where the present function returns to. */
export function* stepOutPlan(source: PlanSource, caller: Frame): Plan {
  yield runBack(source, caller, caller.pc);
}

/** To the start of another line, into calls of functions that have lines, over others; or over all calls. */
export function* stepLinePlan(source: PlanSource, over: boolean): Plan {
  const start = source.position();
  let line = source.lineAt(start.pc);
  if (line === undefined) {
    yield* over ? stepOverPlan(source) : stepInPlan();
    return;
  }
  const wholeLine = source.lineLength(start.pc) === source.instruction()?.length;
  for (;;) {
    const before = source.position();
    const instruction = source.instruction();
    if (over) {
      yield* stepOverPlan(source);
    } else {
      yield* oneInstruction(source);
      yield* overUnknown(source, before, instruction);
    }
    const now = source.position();
    const found = source.lineAt(now.pc);
    if (found === undefined) return;
    if (found.path === line.path && found.line === line.line) {
      // a line that is one instruction, and goes back to itself
      if (wholeLine && now.pc === start.pc) return;
      continue;
    }
    const sameFunction = source.functionStart(now.pc) === source.functionStart(before.pc) && now.mode === before.mode;
    if (found.isStart || !sameFunction) return;
    // into the middle of another line: go on to its end
    line = found;
  }
}

/** If a call led to a function without lines, runs it to its return. */
function* overUnknown(source: PlanSource, before: Position, instruction: Instruction | undefined): Plan {
  if (instruction === undefined || !isCall(instruction)) return;
  const behind = (before.pc + instruction.length) >>> 0;
  const { pc } = source.position();
  if (pc !== behind && source.lineAt(pc) === undefined) yield runBack(source, before, behind);
}
