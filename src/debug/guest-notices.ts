/** What devices complain about, on its way to the user: a guest that makes one mistake a million times is quoted a few times only. */
import type { DebuggerEvents } from './api.js';

/** How often one complaint is shown. */
const REPEATS = 3;
/** Different complaints that are told apart. */
const MOST_KINDS = 500;

export class GuestNotices {
  private readonly counts = new Map<string, number>();

  constructor(private readonly events: DebuggerEvents) {}

  /** The guest did something to a device that its manual does not allow. */
  guestError(device: string, message: string): void {
    this.say(`${device}: ${message}`);
  }

  /** The guest used something that its processor model lacks, and takes an Undefined Instruction exception. */
  missing(sentence: string, address: number): void {
    const known = this.counts.has(sentence);
    this.counts.set(sentence, 1);
    if (!known)
      this.events.output('console', `${sentence} The guest takes Undefined Instruction at 0x${address.toString(16)}.`);
  }

  private say(text: string): void {
    const count = (this.counts.get(text) ?? 0) + 1;
    if (count === 1 && this.counts.size >= MOST_KINDS) return;
    this.counts.set(text, Math.min(count, REPEATS + 1));
    if (count > REPEATS) return;
    this.events.output('console', count < REPEATS ? text : `${text} (not shown again)`);
  }
}
