/** A decoded word arranged for reading, and that arrangement as text for a terminal and as Markdown for an editor. Words nothing by itself. */
import type { DecodedWord, Sensitivity, WordBits } from './decoded.js';
import { hex32 } from '../util/bits.js';

const sensitivities: Readonly<Record<Sensitivity, string>> = {
  privileged: 'privileged',
  sensitive: 'sensitive',
  innocuous: 'innocuous',
  traps: 'traps by itself',
  unknown: 'unknown',
};

function numberOf({ lo, width }: WordBits): string {
  return width === 1 ? String(lo) : `${lo + width - 1}:${lo}`;
}

function digitsOf({ kind, digits, expected }: WordBits): string {
  if (kind !== 'should') return digits;
  // as the manual writes should-be bits; one that is not what it should be is marked
  return [...digits].map((digit, i) => (digit === expected?.[i] ? `(${digit})` : `(${digit}!)`)).join('');
}

/** The word's bits in columns: numbers, values, names, and what fields say. */
export function bitLines(bits: readonly WordBits[]): string[] {
  const columns = bits.map((run) => [numberOf(run), digitsOf(run), run.name ?? '', run.meaning ?? '']);
  const widths = columns.map((cells) => Math.max(...cells.map(({ length }) => length)));
  return [0, 1, 2, 3]
    .map((line) => columns.map((cells, i) => cells[line].padEnd(widths[i])).join('  '))
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

export interface DecodedPart {
  readonly title: string;
  /** Sentences or items. */
  readonly lines: readonly string[];
}

/** What there is to say of a word, in order, in no notation yet. */
export interface ArrangedWord {
  /** Instruction set, address and processor as far as they are known, and what the manual calls it. */
  readonly place: string;
  /** Lines of one width of character each. */
  readonly bits: readonly string[];
  readonly parts: readonly DecodedPart[];
}

function partsOf(decoded: DecodedWord): DecodedPart[] {
  const { manual, operands, facts, sensitivity, why, unpredictable, scanner, arbiter, missing } = decoded;
  const list = facts.join(', ');
  return [
    ...(manual ? [{ title: 'Syntax', lines: [manual.syntax] }] : []),
    ...(operands.length > 0
      ? [{ title: 'Operands', lines: [operands.map(({ name, value }) => `${name} = ${value}`).join(', ')] }]
      : []),
    ...(list === '' ? [] : [{ title: 'Facts', lines: [`${list}.`] }]),
    { title: sensitivities[sensitivity], lines: [why] },
    ...(unpredictable.length > 0 ? [{ title: 'UNPREDICTABLE', lines: unpredictable }] : []),
    ...(missing === undefined ? [] : [{ title: 'Processor', lines: [missing] }]),
    { title: 'Scanner', lines: [scanner.says] },
    ...arbiterParts(arbiter),
  ];
}

/** Levels that do the same are said together. */
function arbiterParts(arbiter: DecodedWord['arbiter']): DecodedPart[] {
  const parts: { levels: number[]; says: string }[] = [];
  for (const { level, says } of arbiter) {
    const last = parts.at(-1);
    if (last?.says === says) last.levels.push(level);
    else parts.push({ levels: [level], says });
  }
  return parts.map(({ levels, says }) => ({
    title: `Arbiter, ${levels.length === 1 ? 'level' : 'levels'} ${listed(levels)}`,
    lines: [says],
  }));
}

/** "0", "0 and 1", "0, 1 and 2". */
function listed(numbers: readonly number[]): string {
  const head = numbers.slice(0, -1).join(', ');
  return head === '' ? String(numbers[0]) : `${head} and ${numbers.at(-1)}`;
}

/** The manual's heading, encoding and section, or what stands for them. */
function headingOf({ manual, missing }: DecodedWord): string {
  if (manual) return `${manual.heading}, encoding ${manual.encoding} (${manual.section})`;
  return missing === undefined ? 'not allocated' : 'no instruction of this processor';
}

function placeOf({ address, isa, cpu }: DecodedWord): string {
  const at = address === undefined ? '' : ` at ${hex32(address)}`;
  return `${isa}${at}${cpu === undefined ? '' : `, ${cpu}`}`;
}

export function arrange(decoded: DecodedWord): ArrangedWord {
  return {
    place: `${placeOf(decoded)}: ${headingOf(decoded)}`,
    bits: bitLines(decoded.bits),
    parts: partsOf(decoded).map(({ title, lines }) => ({
      title: `${title.charAt(0).toUpperCase()}${title.slice(1)}`,
      lines,
    })),
  };
}

const WIDTH = 100;

/** Breaks a sentence into lines that fit a terminal, each indented. */
function wrapped(text: string, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((part) => indent + part).join('\n');
}

/** For a terminal: ends in a newline. */
export function decodedText(decoded: DecodedWord): string {
  const { place, bits, parts } = arrange(decoded);
  const lines = [`0x${decoded.digits}  ${decoded.text}`, `  ${place}`, '', ...bits.map((line) => `  ${line}`), ''];
  for (const { title, lines: said } of parts) lines.push(`  ${title}`, ...said.map((line) => wrapped(line, '    ')));
  return `${lines.join('\n')}\n`;
}

/** Characters that Markdown would take for its own. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~]/g, '\\$&');
}

/** For an editor. */
export function decodedMarkdown(decoded: DecodedWord): string {
  const { place, bits, parts } = arrange(decoded);
  const fence = (lines: readonly string[], language = ''): string => ['```' + language, ...lines, '```'].join('\n');
  const said = parts.map(({ title, lines }) => {
    const text = title === 'Syntax' ? `\`${lines.join(' ')}\`` : lines.map(escaped).join(' ');
    return `**${title}:** ${text}`;
  });
  return [
    fence([`${decoded.text}    @ 0x${decoded.digits}`], 'arm-asm'),
    escaped(place), // without a language it would get the colours of the editor's
    fence(bits, 'plaintext'),
    ...said,
  ].join('\n\n');
}
