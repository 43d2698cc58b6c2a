/**
 * Short forms in place of system operations: the instruction that engines decode instead of the one that the reference executes. Knows no operation by name
 * and no slot.
 */
import type { EnginePort, ShortForm } from '../arm/engine-port.js';
import { boundForm } from '../ops/bound-form.js';
import { handlerKey, type Predecoded } from '../ops/predecode.js';

export class ShortFormTable {
  /** By what was predecoded; itself where there is none. */
  readonly #known = new WeakMap<Predecoded, Predecoded>();
  /** By the short form of a patch. */
  readonly #ofPatches = new WeakMap<ShortForm, Predecoded>();

  constructor(private readonly port: Pick<EnginePort, 'shortForm'>) {}

  /** What to decode for an instruction: itself, if there is nothing shorter. */
  of(predecoded: Predecoded): Predecoded {
    const { operation, operands } = predecoded;
    if (operation?.kind !== 'system') return predecoded;
    let short = this.#known.get(predecoded);
    if (short === undefined) {
      const form = this.port.shortForm(operation.name, operands);
      short = form === undefined ? predecoded : replaced(predecoded, form);
      this.#known.set(predecoded, short);
    }
    return short;
  }

  /** What to decode where a patch has `form` for the instruction. */
  ofPatch(predecoded: Predecoded, form: ShortForm): Predecoded {
    let short = this.#ofPatches.get(form);
    if (short === undefined) this.#ofPatches.set(form, (short = replaced(predecoded, form)));
    return short;
  }
}

function replaced(predecoded: Predecoded, form: ShortForm): Predecoded {
  const { regs, imms, statics } = form;
  const { operation, operands } = boundForm(form);
  return { ...predecoded, operation, regs, imms, statics, key: handlerKey(operation, statics), operands };
}
