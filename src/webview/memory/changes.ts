/** The bytes that are shown, and which of them differ: from the moment before, and from the last stop. Draws nothing, asks nobody. */
import { LastStop, type Standing } from '../common/last-stop.js';
import { BLOCK, Window } from './model.js';

/** A byte that changed is marked as such for this long, ms. */
export const FRESH_MS = 1000;

export class Changes {
  /** What was read last. */
  window: Window = Window.empty;
  /** Whose bytes these are: a space, and by which rights. */
  private of = '';
  private standing: Standing = { stopped: true, instructions: 0 };
  private readonly lastStop = new LastStop<Uint8Array>();
  /** When each block was last seen to change, and which bytes did, by its key. */
  private readonly changed = new Map<string, { readonly at: number; readonly bytes: ReadonlySet<number> }>();
  private lastMarks = '';

  /** Bytes of elsewhere are to come. */
  forget(): void {
    this.window = Window.empty;
    this.changed.clear();
  }

  /** Another guest. */
  clear(): void {
    this.forget();
    this.lastStop.clear();
  }

  /**
   * Takes over what was read.
   * @param of whose bytes it is
   * @param now ms
   * @returns whether there is anything to be drawn anew
   */
  take(next: Window, of: string, standing: Standing, now: number): boolean {
    // bytes of elsewhere are no change
    const same = of === this.of;
    const last = same ? this.window : Window.empty;
    this.of = of;
    this.standing = standing;
    for (let at = next.address; at < next.address + next.bytes.length; at += BLOCK) {
      const bytes = next.bytes.slice(at - next.address, at - next.address + BLOCK);
      const key = this.keyOf(at);
      const changed = new Set<number>();
      for (let i = 0; i < bytes.length; i++) {
        const before = last.at(at + i);
        if (before !== undefined && next.at(at + i) !== undefined && before !== bytes[i]) changed.add(at + i);
      }
      if (changed.size > 0) this.changed.set(key, { at: now, bytes: changed });
      this.lastStop.note(key, bytes, standing);
    }
    for (const [key, { at }] of this.changed) if (now - at > FRESH_MS) this.changed.delete(key);
    // what is the same is not drawn again, unless it is to be marked otherwise
    const marks = `${standing.stopped} ${standing.stopped ? standing.instructions : ''} ${this.changed.size}`;
    if (same && next.equals(last) && marks === this.lastMarks) return false;
    this.lastMarks = marks;
    this.window = next;
    return true;
  }

  /** Some byte changed just now: its mark is to go, after {@link FRESH_MS}, by {@link fade}. */
  get anyFresh(): boolean {
    return this.changed.size > 0;
  }

  fade(): void {
    this.changed.clear();
  }

  /** The byte changed just now. */
  isFresh(address: number): boolean {
    return this.changed.get(this.keyOf(address))?.bytes.has(address) === true;
  }

  /** The byte is not what it was at the last stop. */
  isDifferent(address: number): boolean {
    const before = this.lastStop.before(this.keyOf(address), this.standing);
    const byte = this.window.at(address);
    return before !== undefined && byte !== undefined && before[address % BLOCK] !== byte;
  }

  private keyOf(address: number): string {
    return `${this.of} ${address - (address % BLOCK)}`;
  }
}
