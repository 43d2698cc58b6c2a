/** The search of the panel "Blocks": addresses, symbols and instructions, as they are found. Holds what was found; draws a list under the field. */
import type { FindCodeAnswer, FoundCode } from '../../protocol/views/blocks.js';
import type { SymbolInfo } from '../../protocol/model.js';
import { hex32 } from '../../util/bits.js';

const ADDRESS = /^\s*(?:0x)?([0-9a-f]{1,8})\s*$/i;
/** Symbols and instructions that are listed. */
const MOST_SYMBOLS = 12;
const MOST_INSTRUCTIONS = 40;

export interface Found {
  readonly address: number;
  readonly label: string;
  readonly detail: string;
}

/** Whom the search asks. */
export interface SearchSources {
  symbols(filter: string, maximum: number): Promise<readonly SymbolInfo[]>;
  findCode(text: string, from: number, most: number): Promise<FindCodeAnswer>;
}

export class Search {
  found: readonly Found[] = [];
  /** Still looking. */
  busy = false;
  private turn = 0;

  /** @param changed called whenever there is something new to draw */
  constructor(
    private readonly sources: SearchSources,
    private readonly changed: () => void,
  ) {}

  clear(): void {
    this.turn++;
    this.found = [];
    this.busy = false;
  }

  /** Looks for a text in place of the one before. */
  async start(text: string): Promise<void> {
    this.clear();
    const wanted = text.trim();
    if (wanted === '') return;
    const { turn } = this;
    const current = (): boolean => turn === this.turn;
    this.busy = true;
    try {
      const symbols = await this.sources.symbols(wanted, MOST_SYMBOLS);
      if (!current()) return;
      this.add([...addressOf(wanted), ...symbols.map(ofSymbol)]);
      let instructions = 0;
      for (let from: number | undefined = 0; from !== undefined && instructions < MOST_INSTRUCTIONS;) {
        const answer: FindCodeAnswer = await this.sources.findCode(wanted, from, MOST_INSTRUCTIONS - instructions);
        if (!current()) return;
        instructions += answer.found.length;
        this.add(answer.found.map(ofCode));
        from = answer.next;
      }
    } finally {
      if (current()) {
        this.busy = false;
        this.changed();
      }
    }
  }

  private add(more: readonly Found[]): void {
    this.found = [...this.found, ...more];
    this.changed();
  }
}

/** What was typed, if it is an address. */
export function addressOf(text: string): Found[] {
  const digits = ADDRESS.exec(text)?.[1];
  // a word such as `add` is more likely an instruction
  if (digits === undefined || (!/^\s*0x/i.test(text) && !/\d/.test(digits))) return [];
  const address = parseInt(digits, 16);
  return [{ address, label: hex32(address), detail: 'address' }];
}

function ofSymbol({ name, address }: SymbolInfo): Found {
  return { address, label: name, detail: hex32(address) };
}

function ofCode({ address, symbol, text }: FoundCode): Found {
  return { address, label: text, detail: symbol === undefined ? hex32(address) : `${hex32(address)} ${symbol}` };
}
