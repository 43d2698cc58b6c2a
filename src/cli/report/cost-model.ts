/**
 * The cost model: cycles that an exit of each class takes on some real core, and cycles per instruction, from which the overhead of a hypervised run
 * there is predicted. A prediction it remains: nothing was measured on that core. Knows exit classes by their names alone.
 */
import type { VmmReport } from '../../protocol/model.js';
import { readImage, type FilePort } from '../../protocol/prepare.js';
import { sessionErrors } from '../../util/errors.js';

export interface CostModel {
  readonly name: string;
  /** Cycles that an instruction of the guest takes on average. */
  readonly cyclesPerInstruction: number;
  /** Cycles of an exit whose class is not in `cyclesPerExit`. */
  readonly otherExit: number;
  /** By exit class: from the trap to the guest's next instruction. */
  readonly cyclesPerExit: Readonly<Record<string, number>>;
}

/**
 * Round figures for an in-order ARMv7 core that runs from its caches: some 60 cycles to enter and leave an exception with the registers saved, and
 * what the handler does on top. They are assumptions, for want of measurements: a model of one's own replaces them.
 */
export const ASSUMED: CostModel = {
  name: 'assumed: an in-order ARMv7 core, everything in its caches',
  cyclesPerInstruction: 1.3,
  otherExit: 400,
  cyclesPerExit: {
    'status-register': 200,
    'exception-return': 350,
    'exception-call': 350,
    'indirect-branch': 160,
    coprocessor: 250,
    'user-access': 300,
    'state-store': 300,
    wait: 300,
    undefined: 500,
    device: 500,
    'shadow-fill': 800,
    'guest-fault': 900,
    'user-exception': 400,
    interrupt: 450,
  },
};

export interface Prediction {
  readonly model: CostModel;
  readonly guestCycles: number;
  readonly exitCycles: number;
  /** Hypervised over bare: 1 is no overhead. */
  readonly ratio: number;
  readonly byClass: readonly { readonly cls: string; readonly cycles: number }[];
}

export function predict({ instructions, exits }: VmmReport, model: CostModel): Prediction {
  const byClass = exits
    .filter(({ count }) => count > 0)
    .map(({ cls, count }) => ({ cls, cycles: count * (model.cyclesPerExit[cls] ?? model.otherExit) }))
    .sort((a, b) => b.cycles - a.cycles);
  const guestCycles = instructions * model.cyclesPerInstruction;
  const exitCycles = byClass.reduce((sum, { cycles }) => sum + cycles, 0);
  return { model, guestCycles, exitCycles, ratio: guestCycles > 0 ? 1 + exitCycles / guestCycles : 1, byClass };
}

/** A model from a file of JSON. @throws UserError 660 that says what is wrong with it */
export async function readCostModel(files: FilePort, path: string): Promise<CostModel> {
  const wrong = (what: string): Error => sessionErrors.usage(`--cost-model ${path}: ${what}.`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode((await readImage(files, '--cost-model', path)).bytes));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw wrong(`it is no JSON: ${error.message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('it must be one JSON object');
  const given = value as Record<string, unknown>;
  for (const name of Object.keys(given))
    if (!(name in ASSUMED)) throw wrong(`it has "${name}"; a model has ${Object.keys(ASSUMED).join(', ')}`);
  const cycles = (name: string, entry: unknown): number => {
    if (typeof entry !== 'number' || !(entry >= 0)) throw wrong(`"${name}" must be a number of cycles, 0 or more`);
    return entry;
  };
  const { name = path, cyclesPerInstruction = ASSUMED.cyclesPerInstruction, otherExit = ASSUMED.otherExit } = given;
  const { cyclesPerExit = {} } = given;
  if (typeof name !== 'string') throw wrong('"name" must be text');
  if (typeof cyclesPerExit !== 'object' || cyclesPerExit === null) throw wrong('"cyclesPerExit" must be an object');
  for (const [cls, entry] of Object.entries(cyclesPerExit)) {
    if (!(cls in ASSUMED.cyclesPerExit)) {
      throw wrong(`there is no exit class "${cls}"; there are ${Object.keys(ASSUMED.cyclesPerExit).join(', ')}`);
    }
    cycles(cls, entry);
  }
  return {
    name,
    cyclesPerInstruction: cycles('cyclesPerInstruction', cyclesPerInstruction),
    otherExit: cycles('otherExit', otherExit),
    cyclesPerExit: { ...ASSUMED.cyclesPerExit, ...(cyclesPerExit as Record<string, number>) },
  };
}
