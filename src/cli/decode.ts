/** `trapline decode`: what words mean, as text or as JSON. */
import { decodedText } from '../protocol/decoded-text.js';
import type { DecodedWord, WordRequest } from '../protocol/decoded.js';
import type { CliHost } from './run.js';

export interface DecodeCommand {
  readonly kind: 'decode';
  readonly words: readonly WordRequest[];
  readonly json: boolean;
}

/** @returns the exit code */
export async function decode({ words, json }: DecodeCommand, host: CliHost): Promise<number> {
  const client = await host.openSession(true);
  try {
    const decoded: DecodedWord[] = [];
    for (const word of words) decoded.push(await client.request('decode', word));
    process.stdout.write(json ? `${JSON.stringify(decoded, undefined, 2)}\n` : decoded.map(decodedText).join('\n'));
    return 0;
  } finally {
    client.close();
  }
}
