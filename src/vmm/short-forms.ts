/**
 * Which sites need no change of worlds in most cases: those whose instruction has a short form on the virtual CPU (cpu/short-forms.ts) that concerns nothing of
 * which the real CPU has a copy: traps there are arbitrated by it, and at level 2 engines execute it. And those that no more than move words between a
 * system register and general ones, which the real CPU has. Decides that, and nothing else.
 */
import { Cp15 } from '../arm/cp15.js';
import type { ShortForm } from '../arm/engine-port.js';
import { extractFields, unpredictableReasons } from '../isa/decode.js';
import type { CompiledRow } from '../isa/row.js';
import type { Processor } from '../machine/machine.js';

/** Registers of which the real CPU has a copy that takes effect (world.ts), or that guest user code writes there. */
const MIRRORED = new Set<number>([Cp15.TPIDRURW, Cp15.TPIDRURO, Cp15.CNTKCTL]);

/**
 * Forms for engines alone: which reach memory at once, as nobody else does; and of which to evaluate all that their code does takes longer than to change worlds.
 * PERF: `msr-mode-switch` of vmm.bench at level 1: 1,118 ns, and 490 without.
 */
const FOR_ENGINES: ReadonlySet<string> = new Set([
  'LDM_user_short',
  'STM_user_short',
  'SRS_short',
  'CPS_mode_short',
  'MSR_CPSR_c_mode_short',
]);

/** What there is for a site's instruction. */
export interface SiteForm {
  /** For engines. */
  readonly form: ShortForm | undefined;
  /** Executes it where the instruction has trapped, if that is worth while. Returns false, with nothing done, if it gives up. */
  readonly execute: (() => boolean) | undefined;
  /** It may have changed anything of the virtual CPU but the registers and flags that both CPUs share, and its mode. */
  readonly changesControls: boolean;
}

/** @param real the processor that traps @param virtual the one whose registers are meant @param row of the original, `word` */
export function siteForm(
  real: Processor,
  virtual: Processor,
  row: CompiledRow | undefined,
  word: number,
  length: number,
): SiteForm | undefined {
  const operation = row?.operation ?? null;
  if (row === undefined || operation === null || unpredictableReasons(row, word).length > 0) return undefined;
  const operands = row.args(extractFields(row, word));
  const form = virtual.shortForm(operation, operands);
  if (form !== undefined) {
    if (form.statics.some((value) => MIRRORED.has(value))) return undefined;
    const execute = FOR_ENGINES.has(form.name) ? undefined : real.shortExecution(form, length);
    return { form, execute, changesControls: false };
  }
  const transfer = virtual.systemTransfer(operation, operands);
  if (transfer === undefined) return undefined;
  const { state } = real;
  const execute = (): boolean => {
    if (!virtual.CurrentModeIsNotUser()) return false;
    transfer(state);
    real.skip(length);
    return true;
  };
  return { form: undefined, execute, changesControls: true };
}
