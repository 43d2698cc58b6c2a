/** Messages of log points: text with expressions in braces, `r0 is {r0,d}`. `{{` and `}}` stand for the braces themselves. */
import { UserError } from '../../util/errors.js';
import { debugErrors } from '../errors.js';
import { evaluate, type Surroundings } from '../expressions/evaluator.js';
import { formatValue } from '../expressions/format.js';
import { parseExpression, type Expression } from '../expressions/parser.js';

export type LogMessage = readonly (string | Expression)[];

/** @throws UserError 200–202, 209, 210, 241 */
export function parseLogMessage(text: string): LogMessage {
  const parts: (string | Expression)[] = [];
  let literal = '';
  for (let i = 0; i < text.length;) {
    const two = text.slice(i, i + 2);
    if (two === '{{' || two === '}}') {
      literal += two[0];
      i += 2;
    } else if (text[i] === '{') {
      const end = text.indexOf('}', i);
      if (end < 0) throw debugErrors.badLogMessage(text, i + 1);
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push(parseExpression(text.slice(i + 1, end)));
      i = end + 1;
    } else {
      literal += text[i++];
    }
  }
  if (literal !== '') parts.push(literal);
  return parts;
}

/** The message now. An expression that fails says why in its place. */
export function formatLogMessage(
  message: LogMessage,
  surroundings: Surroundings,
  describe: (address: number) => string | undefined,
): string {
  return message.map((part) => (typeof part === 'string' ? part : valueText(part, surroundings, describe))).join('');
}

function valueText(
  expression: Expression,
  surroundings: Surroundings,
  describe: (address: number) => string | undefined,
): string {
  try {
    return formatValue(evaluate(expression, surroundings), expression.format, describe);
  } catch (error) {
    if (error instanceof UserError) return `<${error.message}>`;
    throw error;
  }
}
