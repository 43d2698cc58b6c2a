/**
 * Standard input and output as the guest's console: keys as they are typed, bytes as they come, and a line of progress where the terminal has nothing
 * else to say. Restores the terminal whatever happens.
 */
import type { ReadStream } from 'node:tty';
import { milliseconds } from './clock.js';

const CTRL_A = 0x01;
const X = 0x78;
const NEWLINE = 0x0a;
/** Silence of the guest before progress is shown, ms. */
const SILENCE_MS = 2000;
const CLEAR_LINE = '\r\x1b[K';

export interface TerminalEvents {
  typed(bytes: Uint8Array): void;
  /** No more will be typed. */
  inputEnded(): void;
  /** Ctrl-A x. */
  quit(): void;
}

/** Takes the escape sequence out of typed bytes. */
export class EscapeKey {
  private escaped = false;

  /** @returns what goes to the guest, and whether the run is to end */
  filter(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly quit: boolean } {
    const out: number[] = [];
    for (const byte of bytes) {
      if (this.escaped) {
        this.escaped = false;
        if (byte === X) return { bytes: Uint8Array.from(out), quit: true };
        out.push(byte);
      } else if (byte === CTRL_A) this.escaped = true;
      else out.push(byte);
    }
    return { bytes: Uint8Array.from(out), quit: false };
  }
}

export class Terminal {
  private atLineStart = true;
  private progressShown = false;
  private lastOutput = milliseconds();
  private raw: ReadStream | undefined;
  private readonly escape = new EscapeKey();

  constructor(
    private readonly events: TerminalEvents,
    /** Whether keys and bytes from standard input go to the guest: not when a script types. */
    private readonly listens: boolean,
  ) {}

  get lineStart(): boolean {
    return this.atLineStart;
  }

  open(): void {
    if (!this.listens) return;
    const { stdin } = process;
    if (stdin.isTTY) {
      this.raw = stdin;
      stdin.setRawMode(true);
    }
    stdin.on('data', (data: Buffer) => {
      if (!this.raw) {
        this.events.typed(data);
        return;
      }
      const { bytes, quit } = this.escape.filter(data);
      if (bytes.length > 0) this.events.typed(bytes);
      if (quit) this.events.quit();
    });
    stdin.on('end', () => {
      this.events.inputEnded();
    });
    // standard input may be closed from the start
    stdin.on('error', () => {
      this.events.inputEnded();
    });
  }

  close(): void {
    this.clearProgress();
    this.raw?.setRawMode(false);
    this.raw = undefined;
    if (this.listens) process.stdin.pause().removeAllListeners('data');
  }

  /** Bytes of the guest. */
  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.clearProgress();
    this.lastOutput = milliseconds();
    this.atLineStart = bytes[bytes.length - 1] === NEWLINE;
    process.stdout.write(bytes);
  }

  /** A line of ours, on standard error, never in the middle of one of the guest's. */
  say(text: string): void {
    this.clearProgress();
    if (process.stdout.isTTY && !this.atLineStart) process.stderr.write('\n');
    this.atLineStart = true;
    process.stderr.write(`${text}\n`);
  }

  /** Shows progress if a person looks and the guest is silent. */
  progress(text: string): void {
    if (!process.stderr.isTTY) return;
    const apart = !process.stdout.isTTY;
    if (!apart && (!this.atLineStart || milliseconds() - this.lastOutput < SILENCE_MS)) return;
    process.stderr.write(`${CLEAR_LINE}${text}`);
    this.progressShown = true;
  }

  private clearProgress(): void {
    if (!this.progressShown) return;
    this.progressShown = false;
    process.stderr.write(CLEAR_LINE);
  }
}
