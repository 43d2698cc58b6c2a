/**
 * Watches the exceptions that a guest takes, as it sees them, and recognises a guest that can never get out of its own vectors again: says so in one
 * sentence, with the exception that began it. Executes nothing and stops nobody.
 */
import { Exception, FaultType, type PendingException } from '../arm/exceptions.js';
import { Psr } from '../arm/modes.js';
import { modeOfException, vectorBase, vectorOffset } from '../arm/vectors.js';
import { missingFeature } from '../cpu/missing.js';
import type { Processor } from '../cpu/processor.js';
import { decode } from '../isa/decode.js';
import type { Isa } from '../isa/row.js';

const names: Readonly<Record<number, string>> = {
  [Exception.Undefined]: 'Undefined Instruction',
  [Exception.SupervisorCall]: 'Supervisor Call',
  [Exception.PrefetchAbort]: 'Prefetch Abort',
  [Exception.DataAbort]: 'Data Abort',
  [Exception.IRQ]: 'IRQ',
  [Exception.FIQ]: 'FIQ',
};

const faults: Readonly<Record<number, string>> = {
  [FaultType.Alignment]: 'the address is not aligned',
  [FaultType.Translation]: 'its tables do not map that address',
  [FaultType.AccessFlag]: 'its tables have the access flag of that address clear',
  [FaultType.Domain]: "the address's domain allows no access",
  [FaultType.Permission]: 'its tables do not permit that',
  [FaultType.External]: 'nothing answers at that address',
  [FaultType.ExternalOnWalk]: 'its translation tables lie where nothing answers',
  [FaultType.Debug]: 'a watchpoint of its own is there',
};

/** Bytes of a table of vectors. */
const TABLE = 32;

const hex = (value: number) => `0x${(value >>> 0).toString(16)}`;

/** What an exception's message needs of it: the record that processors reuse says something else by then. */
interface Cause {
  kind: PendingException['kind'];
  pc: number;
  isa: Isa;
  word: number;
  fault: number;
  address: number;
  write: boolean;
}

/** The exceptions of one processor. */
export class ExceptionWatch {
  /** The exception from whose handler the guest has not come back: the first, if handlers took exceptions of their own in their vectors. */
  private readonly first: Cause = {
    kind: Exception.Reset,
    pc: 0,
    isa: 'A32',
    word: 0,
    fault: 0,
    address: 0,
    write: false,
  };
  /** The one before the present one. */
  private last: PendingException['kind'] = Exception.Reset;

  constructor(private readonly cpu: Processor) {}

  /** The guest begins anew. */
  reset(): void {
    this.last = Exception.Reset;
  }

  /**
   * The guest is about to take an exception. Returns one sentence if that makes it take the same one for ever: it happens at its own vector, in its own
   * mode, with nothing that could come in between; else undefined.
   */
  take(e: PendingException): string | undefined {
    const { cpu, last } = this;
    const base = vectorBase(cpu.state);
    const mode = cpu.mode();
    const offset = e.pc - base;
    const inVectors = offset >= vectorOffset(last) && offset < TABLE;
    const nested = last !== Exception.Reset && inVectors && mode === modeOfException(last);
    if (!nested) this.begin(e);
    this.last = e.kind;
    const endless = offset === vectorOffset(e.kind) && mode === modeOfException(e.kind) && comesAgain(e.kind);
    return endless ? this.sentence(e, nested) : undefined;
  }

  private begin(e: PendingException): void {
    const { first } = this;
    first.kind = e.kind;
    first.pc = e.pc;
    first.isa = isaOf(e);
    first.word = e.word;
    first.fault = e.fault;
    first.address = e.address;
    first.write = e.write;
  }

  private sentence(e: PendingException, nested: boolean): string {
    const { first, cpu } = this;
    const began = nested ? `; it began with ${describe(first)}` : '';
    const what = `The guest takes the exception ${names[e.kind]} at its own vector ${hex(e.pc)}, over and over${began}.`;
    const missing = first.kind === Exception.Undefined ? missingFeature(cpu.model, first.isa, first.word) : undefined;
    return `${what}${missing === undefined ? '' : ` ${missing}`} Put a handler there, or set VBAR before the first exception.`;
  }
}

/** The instruction set of the word that takes an exception. */
export function isaOf({ spsr, length }: PendingException): Isa {
  return (spsr & Psr.T) === 0 ? 'A32' : length === 2 ? 'T16' : 'T32';
}

/** Interrupts are masked by the time their vector runs; the others come again. */
function comesAgain(kind: PendingException['kind']): boolean {
  return names[kind] !== undefined && kind !== Exception.IRQ && kind !== Exception.FIQ;
}

/** An exception with its place and its reason. */
function describe({ kind, pc, isa, word, fault, address, write }: Cause): string {
  const exception = `the exception ${names[kind] ?? 'of a call'} at ${hex(pc)}`;
  switch (kind) {
    case Exception.Undefined: {
      const digits = (word >>> 0).toString(16).padStart(isa === 'T16' ? 4 : 8, '0');
      return `${exception} (the word 0x${digits}, ${decode(isa, word)?.name ?? 'which is no instruction'})`;
    }
    case Exception.PrefetchAbort:
      if (fault === FaultType.Debug)
        return `${exception} (${word === 0 ? 'a breakpoint of its own' : 'a breakpoint instruction'})`;
      return `${exception} (${address === pc ? '' : `at ${hex(address)} `}${reason(fault)})`;
    case Exception.DataAbort:
      return `${exception} (it ${write ? 'wrote to' : 'read from'} ${hex(address)}, and ${reason(fault)})`;
    default:
      return exception;
  }
}

function reason(fault: number): string {
  return faults[fault] ?? `fault ${fault}`;
}
