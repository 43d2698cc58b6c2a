/**
 * Which sites of optimisation level 2 need no arbiter in most cases: those whose instruction has a short form on the virtual CPU (cpu/short-forms.ts) that
 * concerns nothing the real CPU has a copy of. Decides that, and nothing else.
 */
import { Cp15 } from '../arm/cp15.js';
import type { ShortForm } from '../arm/engine-port.js';
import { extractFields, unpredictableReasons } from '../isa/decode.js';
import type { CompiledRow } from '../isa/row.js';
import type { Processor } from '../machine/machine.js';

/** Registers of which the real CPU has a copy that takes effect (world.ts), or that guest user code writes there. */
const MIRRORED = new Set<number>([Cp15.TPIDRURW, Cp15.TPIDRURO, Cp15.CNTKCTL]);

export function virtualShortForm(
  virtual: Processor,
  row: CompiledRow | undefined,
  word: number,
): ShortForm | undefined {
  if (row?.operation == null || unpredictableReasons(row, word).length > 0) return undefined;
  const form = virtual.shortForm(row.operation, row.args(extractFields(row, word)));
  return form?.statics.some((value) => MIRRORED.has(value)) === true ? undefined : form;
}
