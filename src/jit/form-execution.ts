/**
 * Executes a short form where an instruction has trapped, by its out-of-line handler: as an engine does in place of the instruction, with the operands in a slot
 * that belongs to no page. Knows no patch, and moves no PC.
 */
import type { ShortForm } from '../arm/engine-port.js';
import { boundForm } from '../ops/bound-form.js';
import { Outcome } from './emit-cold.js';
import type { HandlerSet } from './handlers.js';
import { Scratch } from './scratch.js';
import { Handler, SlotByte } from './slots.js';
import { plainVariant } from './variant.js';

type HandlerFunction = (slot: number, entry: number) => number;

const REGISTERS = (Scratch.FORM + SlotByte.registers) / 4;
const IMMEDIATES = (Scratch.FORM + SlotByte.immediates) / 4;

/**
 * @param handlers of ARM state: no short form depends on the state
 * @param table of out-of-line handlers, the first of which is what stands for one that is not made yet
 */
export function formExecution(
  form: ShortForm,
  handlers: HandlerSet,
  table: WebAssembly.Table,
  i32: Int32Array,
): () => boolean {
  const { regs, imms, statics } = form;
  const body = handlers.body(plainVariant(boundForm(form).operation, statics));
  const missing = table.get(0) as HandlerFunction;
  const made = (): HandlerFunction | undefined => {
    if (body === Handler.reference || (table.get(body) === missing && !handlers.want(body))) return undefined;
    return table.get(body) as HandlerFunction;
  };
  const registers = regs.reduce((word, register, i) => word | ((4 * register) << (8 * i)), 0);
  const [immediate0 = 0, immediate1 = 0] = imms;
  let handler: HandlerFunction | undefined;
  return () => {
    handler ??= made();
    if (handler === undefined) return false;
    i32[REGISTERS] = registers;
    i32[IMMEDIATES] = immediate0;
    i32[IMMEDIATES + 1] = immediate1;
    return handler(Scratch.FORM, body) !== Outcome.reference;
  };
}
