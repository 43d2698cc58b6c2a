/** Memory operands of instructions, as expressions that the debugger evaluates: `[r1, #4]` of an LDRB is `*(u8*)(r1 + 4)`. Text only. */
import { registerNamed } from './registers.js';

export interface MemoryOperand {
  /** Columns of the brackets; the second is behind them. */
  readonly start: number;
  readonly end: number;
  readonly expression: string;
}

/** Turns a name into what the debugger calls it: of aliases the register. */
export type Renaming = (name: string) => string;

const OPERAND = /\[([^\]]*)\]/g;
const OFFSET = /^#?\s*([-+]?[\w.$+\-*/()<>|&~\s]+)$/;
const SHIFTED = /^([-+]?)\s*([A-Za-z_]\w*)$/;
const SHIFT = /^(lsl|lsr)\s+#\s*(\d+)$/i;

/** What an instruction loads or stores at an address. */
function typeOf(mnemonic: string, operands: string): string {
  const word = mnemonic.toLowerCase();
  if (/^(?:ldr|str)d/.test(word) || /^(?:ldr|str)exd/.test(word)) return 'u64';
  if (/^v(?:ldr|str)/.test(word)) return /^\s*d/i.test(operands) ? 'u64' : 'u32';
  const size = /^(?:ldr|str)(?:ex)?(s?)([bh])/.exec(word);
  if (!size) return 'u32';
  return `${size[1] === 's' ? 's' : 'u'}${size[2] === 'b' ? 8 : 16}`;
}

/** The address within brackets; undefined where it depends on where the instruction stands. */
function addressOf(inner: string, rename: Renaming): string | undefined {
  // `:128` is an alignment
  const [base, offset, shift, ...rest] = inner
    .replace(/:\d+/, '')
    .split(',')
    .map((part) => part.trim());
  const register = registerNamed(rename(base));
  if (register === undefined || register === 'pc' || rest.length > 0) return undefined;
  if (offset === undefined) return register;
  const index = SHIFTED.exec(offset);
  const indexRegister = index && registerNamed(rename(index[2]));
  if (index && indexRegister !== undefined && indexRegister !== null) {
    const by = shift === undefined ? undefined : SHIFT.exec(shift);
    if (shift !== undefined && !by) return undefined;
    const amount = by ? `(${indexRegister} ${by[1].toLowerCase() === 'lsl' ? '<<' : '>>'} ${by[2]})` : indexRegister;
    return `${register} ${index[1] === '-' ? '-' : '+'} ${amount}`;
  }
  const number = OFFSET.exec(offset)?.[1];
  return number === undefined || shift !== undefined ? undefined : `${register} + (${number.trim()})`;
}

/** The memory operands of a statement. @param code the operands, or the line; comments and strings are blanks in it */
export function memoryOperands(mnemonic: string, code: string, rename: Renaming = (name) => name): MemoryOperand[] {
  return [...code.matchAll(OPERAND)].flatMap(({ 0: text, 1: inner, index }) => {
    const address = addressOf(inner, rename);
    if (address === undefined) return [];
    return { start: index, end: index + text.length, expression: `*(${typeOf(mnemonic, code)}*)(${address})` };
  });
}
