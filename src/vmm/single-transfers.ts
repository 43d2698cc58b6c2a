/**
 * Which instructions load or store one general register, and do nothing else: what such an access comes to is known without executing it. Knows operations
 * by their names; executes nothing.
 */
import { decode, extractFields, unpredictableReasons } from '../isa/decode.js';
import type { Isa } from '../isa/row.js';

const TRANSFER = /^(LDR|STR)[BH]?_(imm|reg|lit)$/;
const PC = 15;
/** What is known is forgotten when it is this many words: a guest may make up any number. */
const MOST_KNOWN = 4096;

export class SingleTransfers {
  private readonly known: Readonly<Record<Isa, Map<number, number>>> = {
    A32: new Map(),
    T32: new Map(),
    T16: new Map(),
  };

  /** @param features of the processor, as a mask of isa/features.ts */
  constructor(private readonly features: number) {}

  /** The register that a word (i32, as a fetch gives it) loads or stores; -1 if it is no such instruction, or does more than that. */
  registerOf(isa: Isa, word: number): number {
    const known = this.known[isa];
    let register = known.get(word);
    if (register === undefined) {
      if (known.size === MOST_KNOWN) known.clear();
      known.set(word, (register = this.decoded(isa, word)));
    }
    return register;
  }

  private decoded(isa: Isa, word: number): number {
    const row = decode(isa, word, this.features);
    const operation = row?.operation ?? null;
    if (row === undefined || operation === null || !TRANSFER.test(operation)) return -1;
    if (unpredictableReasons(row, word).length > 0) return -1;
    const { t, wback = 0 } = row.args(extractFields(row, word));
    return wback !== 0 || t === PC ? -1 : t;
  }
}
