/** `trapline scan`: the static census of an image, as text. */
import type { CensusInfo, CensusSite } from '../protocol/model.js';
import { readImage } from '../protocol/prepare.js';
import type { CliHost } from './run.js';
import { table } from './statistics.js';

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

function siteLine({ address, isa, word, text, cls, symbol }: CensusSite): string {
  const digits = isa === 'T16' ? word.toString(16).padStart(4, '0') : hex(word);
  const place = symbol === undefined ? '' : `  ${symbol}`;
  return `  0x${hex(address)}  ${isa}  ${digits.padEnd(8)}  ${text.padEnd(32)}  ${cls}${place}`.trimEnd();
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '' : ` (${((100 * part) / whole).toFixed(2)} %)`;
}

export function censusText(name: string, census: CensusInfo): string {
  const { method, instructions, unknown, classes, sensitive, indirectBranches, directBranches } = census;
  const number = (value: number): string => value.toLocaleString('en');
  const lines = [
    `${name}: ${number(instructions)} instructions, found by ${method}`,
    table([
      ['sensitive', `${number(sensitive.length)}${percent(sensitive.length, instructions)}`],
      ['indirect branches', `${number(indirectBranches.length)}${percent(indirectBranches.length, instructions)}`],
      ['direct branches', `${number(directBranches)}${percent(directBranches, instructions)}`],
      ['unknown words', number(unknown)],
    ]),
    '',
    'By class:',
    table(classes.map(({ cls, count }) => [cls, number(count)])),
  ];
  if (sensitive.length > 0) lines.push('', 'Sensitive sites:', ...sensitive.map(siteLine));
  if (indirectBranches.length > 0) lines.push('', 'Indirect branches:', ...indirectBranches.map(siteLine));
  return `${lines.join('\n')}\n`;
}

/** @returns the exit code */
export async function scan(image: string, host: CliHost): Promise<number> {
  const file = await readImage(host.files, 'IMAGE', image);
  const client = await host.openSession(true);
  try {
    const census = await client.request('scan', { file });
    process.stdout.write(censusText(image, census));
    return 0;
  } finally {
    client.close();
  }
}
