/** A short form with the operation that it names, and the operands under the names that this gives them: what it takes to evaluate it. */
import type { ShortForm } from '../arm/engine-port.js';
import { assert } from '../util/assert.js';
import { operationByName } from './index.js';
import type { PlainOperation } from './operation.js';

export interface BoundForm {
  readonly operation: PlainOperation;
  readonly operands: Readonly<Record<string, number>>;
}

export function boundForm({ name, regs, imms, statics }: ShortForm): BoundForm {
  const operation = operationByName.get(name);
  assert(operation?.kind === 'plain', `${name} is no short form`);
  const operands: Record<string, number> = {};
  operation.regs.forEach((operand, i) => (operands[operand] = regs[i]));
  operation.imms.forEach((operand, i) => (operands[operand] = imms[i]));
  operation.statics.forEach((operand, i) => (operands[operand] = statics[i]));
  return { operation, operands };
}
