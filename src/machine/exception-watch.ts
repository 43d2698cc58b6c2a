/**
 * Watches the exceptions that a guest takes, as it sees them: tells who wants to know, and recognises a guest that can never get out of its own
 * vectors again.
 */
import { Exception, type PendingException } from '../arm/exceptions.js';
import { modeOfException, vectorOffset } from '../arm/vectors.js';
import type { Processor } from '../cpu/processor.js';
import { Cp15, SCTLR_V } from '../arm/cp15.js';

const names: Readonly<Record<number, string>> = {
  [Exception.Undefined]: 'Undefined Instruction',
  [Exception.SupervisorCall]: 'Supervisor Call',
  [Exception.PrefetchAbort]: 'Prefetch Abort',
  [Exception.DataAbort]: 'Data Abort',
};

/** The address to which an exception of this kind vectors now, u32. */
export function vectorOf(cpu: Processor, kind: PendingException['kind']): number {
  const base = (cpu.state[Cp15.SCTLR] & SCTLR_V) !== 0 ? 0xffff_0000 : (cpu.state[Cp15.VBAR] & ~31) >>> 0;
  return (base + vectorOffset(kind)) >>> 0;
}

/**
 * One sentence if this exception makes the guest take the same one for ever: it happens at its own vector, in its own mode, with nothing that
 * could come in between; else undefined.
 */
export function endlessException(cpu: Processor, e: PendingException): string | undefined {
  const name = names[e.kind];
  if (name === undefined) return undefined;
  if (e.pc !== vectorOf(cpu, e.kind) || cpu.mode() !== modeOfException(e.kind)) return undefined;
  const at = `0x${e.pc.toString(16)}`;
  return `The guest takes the exception ${name} at its own vector ${at}, over and over; put a handler there, or set VBAR before the first exception.`;
}
