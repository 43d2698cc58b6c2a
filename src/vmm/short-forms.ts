/**
 * Which sites need no change of worlds in most cases: those whose instruction has a short form on the virtual CPU (cpu/short-forms.ts) that concerns nothing of
 * which the real CPU has a copy: traps there are arbitrated by it, and at level 2 engines execute it. Those that no more than move words between a
 * system register and general ones, which the real CPU has. Accesses with the rights of PL0 to memory, and exception returns. Decides
 * that, and nothing else.
 */
import { Cp15 } from '../arm/cp15.js';
import type { Engine } from '../arm/engine.js';
import type { ShortForm } from '../arm/engine-port.js';
import { extractFields, unpredictableReasons } from '../isa/decode.js';
import type { CompiledRow } from '../isa/row.js';
import type { Processor } from '../machine/machine.js';
import type { MemoryConfigurator } from './memory.js';
import { unprivilegedAccess } from './unprivileged-accesses.js';

/** Registers of which the real CPU has a copy that takes effect (world.ts), or that guest user code writes there. */
const MIRRORED = new Set<number>([Cp15.TPIDRURW, Cp15.TPIDRURO, Cp15.CNTKCTL]);

/** What there is for a site's instruction. */
export interface SiteForm {
  /** For engines. */
  readonly form: ShortForm | undefined;
  /** Executes it where the instruction has trapped. Returns false, with nothing done, if it gives up. */
  readonly execute: (() => boolean) | undefined;
  /** It writes what is the virtual CPU's alone, and from which more may follow for the real one. */
  readonly changes: boolean;
}

/** @param real the processor that traps, and the engine that executes it @param virtual the one whose registers are meant @param row of the original, `word` */
export function siteForm(
  engine: Engine,
  real: Processor,
  virtual: Processor,
  memory: MemoryConfigurator,
  row: CompiledRow | undefined,
  word: number,
  length: number,
): SiteForm | undefined {
  const operation = row?.operation ?? null;
  if (row === undefined || operation === null || unpredictableReasons(row, word).length > 0) return undefined;
  const operands = row.args(extractFields(row, word));
  /** The same, with PC moved behind the instruction. */
  const moving = (executed: (() => boolean) | undefined): (() => boolean) | undefined =>
    executed &&
    ((): boolean => {
      if (!executed()) return false;
      real.skip(length);
      return true;
    });
  const form = virtual.shortForm(operation, operands);
  if (form !== undefined) {
    if (form.statics.some((value) => MIRRORED.has(value))) return undefined;
    return { form, execute: moving(engine.formExecution?.(form)), changes: false };
  }
  const access = unprivilegedAccess(real, memory, operation, operands);
  if (access !== undefined) return { form, execute: moving(access), changes: false };
  const { state } = real;
  const returns = virtual.exceptionReturn(operation, operands, real);
  if (returns !== undefined) return { form, execute: returns, changes: true };
  const transfer = virtual.systemTransfer(operation, operands);
  if (transfer === undefined) return undefined;
  const execute = (): boolean => {
    if (!virtual.CurrentModeIsNotUser()) return false;
    transfer(state);
    real.skip(length);
    return true;
  };
  return { form, execute, changes: operation.startsWith('MCR') };
}
