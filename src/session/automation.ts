/**
 * A scripted user: waits for what the guest writes, types answers. It looks at every byte as the guest sends it and acts at the next instruction
 * boundary, so that a scripted run is the same run each time. Knows no files and no script syntax.
 */
import type { AutomationOptions, AutomationStep } from '../protocol/api.js';

/** Patterns see this much of what was written last, characters. */
const TAIL = 2048;

export class Automation {
  private readonly steps: readonly AutomationStep[];
  private readonly patterns: readonly (RegExp | undefined)[];
  private readonly until: RegExp | undefined;
  private readonly decoder = new TextDecoder();
  private next = 0;
  /** What was written since the last match, for the script; and since the beginning, for `until`. */
  private sinceMatch = '';
  private all = '';
  private done = false;
  private acted = false;

  constructor({ steps, until }: AutomationOptions) {
    this.steps = steps ?? [];
    this.patterns = this.steps.map((step) =>
      step.kind === 'expect' ? new RegExp(step.pattern, step.flags) : undefined,
    );
    this.until = until === undefined ? undefined : new RegExp(until, 'm');
  }

  /** The script is at its end, or the awaited text has come. */
  get met(): boolean {
    return this.done;
  }

  /** The guest is to be stopped for {@link act}. */
  get wantsToAct(): boolean {
    return this.acted;
  }

  /** The guest wrote these bytes. @returns true if something is to be done: stop the guest and call {@link act} */
  heard(bytes: Uint8Array): boolean {
    for (const byte of bytes) {
      const text = this.decoder.decode(Uint8Array.of(byte), { stream: true });
      if (text !== '') this.hear(text);
    }
    return this.acted;
  }

  private hear(text: string): void {
    if (this.done) return;
    if (this.until) {
      this.all = (this.all + text).slice(-TAIL);
      if (this.until.test(this.all)) this.finish();
    }
    this.sinceMatch = (this.sinceMatch + text).slice(-TAIL);
    const pattern = this.patterns[this.next];
    if (!pattern) return;
    pattern.lastIndex = 0;
    if (!pattern.test(this.sinceMatch)) return;
    this.sinceMatch = '';
    this.next++;
    this.acted = true;
    if (this.next === this.steps.length) this.finish();
  }

  private finish(): void {
    this.done = true;
    this.acted = true;
  }

  /** What is to be typed now. The script goes on to its next `expect`. */
  act(): Uint8Array[] {
    this.acted = false;
    const typed: Uint8Array[] = [];
    for (let step = this.steps[this.next]; step?.kind === 'send' && !this.done; step = this.steps[this.next]) {
      typed.push(step.bytes);
      this.next++;
      if (this.next === this.steps.length) this.done = true;
    }
    return typed;
  }
}
