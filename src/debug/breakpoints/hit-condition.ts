/** Hit conditions: which of the times that a breakpoint is reached count. `5` is every time from the fifth on. */
import { UserError } from '../../util/errors.js';
import { debugErrors } from '../errors.js';
import { evaluate, type Surroundings } from '../expressions/evaluator.js';
import { parseExpression } from '../expressions/parser.js';

/** Takes how often the breakpoint was reached, from 1; true if that counts. */
export type HitCondition = (hits: number) => boolean;

const OPERATORS: Readonly<Record<string, (hits: number, n: number) => boolean>> = {
  '>': (hits, n) => hits > n,
  '>=': (hits, n) => hits >= n,
  '<': (hits, n) => hits < n,
  '<=': (hits, n) => hits <= n,
  '==': (hits, n) => hits === n,
  '=': (hits, n) => hits === n,
  '%': (hits, n) => hits % n === 0,
};

/** @throws UserError 240 */
export function parseHitCondition(text: string): HitCondition {
  const parts = /^\s*(>=|<=|==|>|<|=|%)?\s*(.+?)\s*$/.exec(text);
  const n = parts === null ? NaN : constant(parts[2]);
  const operator = parts?.[1] ?? '>=';
  if (!(n >= 0) || (operator === '%' && n === 0)) throw debugErrors.badHitCondition(text);
  const holds = OPERATORS[operator];
  return (hits) => holds(hits, n);
}

const nothing: Surroundings = {
  register: () => undefined,
  symbol: () => undefined,
  readMemory: () => new Uint8Array(0),
};

function constant(text: string): number {
  try {
    return Number(evaluate(parseExpression(text), nothing).value);
  } catch (error) {
    if (error instanceof UserError) return NaN;
    throw error;
  }
}
