/** The names of registers in assembly. Text only. */

/** Registers by the names that completion offers, with what they are. */
export const REGISTERS: readonly (readonly [name: string, what: string])[] = [
  ...Array.from({ length: 13 }, (_, n) => [`r${n}`, 'core register'] as const),
  ['sp', 'stack pointer, r13'],
  ['lr', 'link register, r14'],
  ['pc', 'program counter, r15'],
  ['cpsr', 'current program status'],
  ['spsr', 'saved program status'],
  ['apsr', 'flags of the program status'],
  ['fpscr', 'floating-point status and control'],
  ...Array.from({ length: 32 }, (_, n) => [`s${n}`, 'single-precision register'] as const),
  ...Array.from({ length: 32 }, (_, n) => [`d${n}`, 'double-precision register'] as const),
  ...Array.from({ length: 16 }, (_, n) => [`q${n}`, 'quadword register'] as const),
];

const CORE = /^(?:r(?:1[0-5]|[0-9])|sp|lr|pc|ip|fp|sl|sb|a[1-4]|v[1-8])$/i;
const VECTOR = /^(?:s(?:[12]?[0-9]|3[01])|d(?:[12]?[0-9]|3[01])|q(?:1[0-5]|[0-9]))$/i;
const STATUS = /^(?:[cs]psr(?:_[a-z]+)?|apsr(?:_[a-z]+)?|spsr_[a-z]+|fpscr|fpexc|fpsid|mvfr[01]|elr_hyp)$/i;
const BANKED = /^(?:r\d+|sp|lr)_(?:usr|fiq|irq|svc|abt|und|mon|hyp)$/i;
const COPROCESSOR = /^[cp](?:1[0-5]|[0-9])$/i;
const SHIFT = /^(?:lsl|lsr|asr|ror|rrx)$/i;

/** Names that gas gives to core registers, and debuggers do not. */
const SYNONYMS: Readonly<Record<string, string>> = { ip: 'r12', fp: 'r11', sl: 'r10', sb: 'r9' };

/** The one name of a core, floating-point or status register by which debuggers know it; undefined for other names. */
export function registerNamed(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (Object.hasOwn(SYNONYMS, lower)) return SYNONYMS[lower];
  const procedure = /^([av])([1-8])$/.exec(lower);
  if (procedure && CORE.test(lower)) return `r${Number(procedure[2]) + (procedure[1] === 'a' ? -1 : 3)}`;
  if (CORE.test(lower)) return { r13: 'sp', r14: 'lr', r15: 'pc' }[lower] ?? lower;
  if (VECTOR.test(lower)) return lower;
  const status = /^([cs]psr|apsr|fpscr)(?:_|$)/.exec(lower)?.[1];
  return status === 'apsr' ? 'cpsr' : status;
}

/** True for every word that stands for something of the processor and so is no symbol. */
export function isReserved(name: string): boolean {
  return [CORE, VECTOR, STATUS, BANKED, COPROCESSOR, SHIFT].some((words) => words.test(name));
}
