/** Words as people write them: hexadecimal, alone or as two halfwords, of one instruction set or the other. Each mistake has its sentence. */
import type { WordRequest } from './decoded.js';

/** The most significant halfwords of 32-bit Thumb instructions are not below this. */
const FIRST_WIDE = 0xe800;

export type ParsedWord =
  { readonly request: WordRequest; readonly problem?: never } | { readonly request?: never; readonly problem: string };

const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;

/**
 * A word as a person writes it, such as `0xe1a0f00e`, `e1a0f00e` or, of Thumb, `f3ef 8000`.
 * @param thumb whether it is of Thumb
 * @param thumbHint how the person would say that it is, such as `--thumb`
 */
export function parseWord(text: string, thumb: boolean, thumbHint: string): ParsedWord {
  const written = text.trim();
  const halves = /^(?:0x)?([0-9a-f]{4})[\s,]+(?:0x)?([0-9a-f]{4})$/i.exec(written);
  const digits = halves ? halves[1] + halves[2] : /^0x([0-9a-f_]+)$/i.exec(written)?.[1].replaceAll('_', '');
  const bare = /^(?:[0-9a-f]{4}|[0-9a-f]{8})$/i.test(written) ? written : undefined;
  const all = digits ?? bare;
  if (all === undefined || all === '') {
    const shown = written === '' ? 'Nothing' : `"${written.length > 40 ? `${written.slice(0, 37)}...` : written}"`;
    return { problem: `${shown} is no instruction word; write hexadecimal digits, such as 0xe1a0f00e.` };
  }
  if (all.replace(/^0+/, '').length > 8)
    return { problem: `${written} has more than 32 bits, and no instruction has.` };
  const word = Number.parseInt(all, 16);
  return thumb ? thumbWord(word, all.length) : armWord(word, all.length, thumbHint);
}

function armWord(word: number, digits: number, thumbHint: string): ParsedWord {
  if (digits === 4) {
    const problem = `${hex(word, 4)} has 16 bits, and an ARM instruction has 32. If it is a Thumb instruction, ${thumbHint}; if not, write ${hex(word, 8)}.`;
    return { problem };
  }
  return { request: { isa: 'A32', word } };
}

function thumbWord(word: number, digits: number): ParsedWord {
  const wide = digits > 4;
  const first = wide ? word >>> 16 : word;
  if (wide && first < FIRST_WIDE) {
    const [high, low] = [hex(first, 4), hex(word & 0xffff, 4)];
    return {
      problem: `${hex(word, 8)} is no 32-bit Thumb instruction: ${high} is one of 16 bits by itself. Decode ${high} and ${low} apart.`,
    };
  }
  if (!wide && first >= FIRST_WIDE) {
    return {
      problem: `${hex(word, 4)} is the first half of a 32-bit Thumb instruction; write both halves, such as ${hex(word, 4)}8000.`,
    };
  }
  return { request: { isa: wide ? 'T32' : 'T16', word } };
}
