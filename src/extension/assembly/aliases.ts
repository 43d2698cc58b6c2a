/** Names that `.req` gives to registers. Text only. */
import type { Assembly } from './model.js';

/** What each alias stands for. */
export function aliasesOf({ lines }: Assembly): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { head, operands, defines } of lines.statements) {
    const register = defines === 'alias' && head ? /^\s*(\w+)/.exec(operands.text)?.[1] : undefined;
    if (head && register !== undefined) found.set(head.text, register);
  }
  return found;
}
