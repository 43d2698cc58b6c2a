/**
 * A search through memory: from the cursor to the end of what is searched, then the rest; a piece at a time, so that neither the guest nor the page is held.
 * Another search, or its end, takes the place of one that is under way. Draws nothing.
 */
import type { SearchQuery, SearchResult } from '../../protocol/views/memory.js';
import { addressText, type Extent } from './model.js';

/** How often it is said where the search is, ms: drawing takes longer than searching does. */
const PROGRESS_MS = 200;

/** What is sought, and in which space. */
export type Sought = Pick<SearchQuery, 'space' | 'rights' | 'pattern' | 'anyCase' | 'align' | 'backwards'>;

type Leg = Pick<SearchQuery, 'from' | 'first' | 'end'>;

/** From beside the cursor to an end, and from the other end to there. */
export function legsOf({ first, end }: Extent, cursor: number, backwards: boolean): readonly [Leg, Leg] {
  const start = cursor + (backwards ? -1 : 1);
  const inside = start >= first && start < end;
  if (backwards) {
    const from = inside ? start : end - 1;
    return [
      { from, first, end },
      { from: end - 1, first: from, end },
    ];
  }
  const from = inside ? start : first;
  return [
    { from, first, end },
    { from: first, first, end: from },
  ];
}

export class Search {
  /** The bytes that were found last. */
  found: Extent | undefined;
  busy = false;
  /** How it goes, or how it ended, in words. */
  text = '';
  /** The search under way; another number ends it. */
  private turn = 0;
  private lastProgress = 0;

  /** @param changed called when there is something new to draw */
  constructor(
    private readonly ask: (query: SearchQuery) => Promise<SearchResult>,
    private readonly changed: () => void,
  ) {}

  /**
   * Searches in place of what is searched for now.
   * @param limits where to
   * @param spaceEnd of the space's addresses
   * @returns the address; undefined where there is none, or nobody wants to know any more
   */
  async start(
    sought: Sought,
    limits: () => Promise<Extent>,
    cursor: number,
    spaceEnd: number,
  ): Promise<number | undefined> {
    const turn = ++this.turn;
    this.busy = true;
    this.found = undefined;
    try {
      for (const leg of legsOf(await limits(), cursor, sought.backwards)) {
        const found = await this.searchLeg(turn, { ...sought, ...leg }, spaceEnd);
        if (turn !== this.turn) return undefined;
        if (found === undefined) continue;
        this.found = { first: found, end: found + sought.pattern.length };
        this.end(`Found at ${addressText(found, spaceEnd)}.`);
        return found;
      }
      this.end('Not found.');
    } catch (error) {
      if (turn === this.turn) this.end(error instanceof Error ? error.message : String(error));
    }
    return undefined;
  }

  /** Ends what is under way, and says why. */
  end(text: string): void {
    this.turn++;
    this.busy = false;
    this.text = text;
    this.changed();
  }

  /** Another guest. */
  clear(): void {
    this.found = undefined;
    this.end('');
  }

  private async searchLeg(turn: number, query: SearchQuery, spaceEnd: number): Promise<number | undefined> {
    let { from } = query;
    while (turn === this.turn) {
      const { found, next } = await this.ask({ ...query, from });
      if (found !== undefined || next === undefined) return found;
      from = next;
      if (turn === this.turn) this.progress(from, spaceEnd);
    }
    return undefined;
  }

  private progress(at: number, spaceEnd: number): void {
    const now = performance.now();
    if (now - this.lastProgress < PROGRESS_MS) return;
    this.lastProgress = now;
    this.text = `Searching at ${addressText(at, spaceEnd)}…`;
    this.changed();
  }
}
