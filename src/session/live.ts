/**
 * What clients hear while the guest runs: console bytes, status, traps, each no more often than a person can follow. Collects and sends; never runs
 * anything.
 */
import type { Debugger } from '../debug/api.js';
import { LIVE_INTERVAL_MS, type EventName, type Params, type SessionEvents } from '../protocol/api.js';
import type { RunState, StatusInfo } from '../protocol/model.js';
import type { SessionHost } from './host.js';
import { TrapFeed } from './trap-feed.js';

/** Console bytes wait this long for company, ms. */
const CONSOLE_INTERVAL_MS = 8;
/** Unless there are this many. */
const CONSOLE_BATCH = 4096;

export type Send = <E extends EventName>(event: E, body: SessionEvents[E], transfer?: readonly ArrayBuffer[]) => void;

export class Live {
  readonly traps: TrapFeed;
  private subscribed = false;
  private every = false;
  private bytes: Uint8Array[] = [];
  private byteCount = 0;
  private lastConsole = 0;
  private lastLive = 0;
  private lastInstructions = 0;
  private lastRunMs = 0;
  private trailing: (() => void) | undefined;

  /** @param runMs host milliseconds spent running the guest so far */
  constructor(
    private readonly guest: Debugger,
    private readonly host: SessionHost,
    private readonly runMs: () => number,
    private readonly state: () => RunState,
    private readonly send: Send,
  ) {
    this.traps = new TrapFeed(guest, () => host.now());
  }

  subscribe({ on, every = false }: Params<'subscribeTraps'>): void {
    this.subscribed = on;
    this.every = every;
    if (on) {
      this.traps.restart();
      this.sendTraps();
    }
  }

  consoleOut(bytes: Uint8Array): void {
    this.bytes.push(bytes.slice());
    this.byteCount += bytes.length;
  }

  /** After a slice: sends what is due. */
  turn(): void {
    const now = this.host.now();
    if (this.byteCount >= CONSOLE_BATCH || now - this.lastConsole >= CONSOLE_INTERVAL_MS) this.flushConsole();
    if (this.subscribed && this.every) this.sendTraps();
    if (now - this.lastLive >= LIVE_INTERVAL_MS) this.sendLive();
    else if (this.state() !== 'running' || this.byteCount > 0) this.sendLater();
  }

  /** Sends everything now: before a stop, an end, or an answer that must not overtake it. */
  flush(): void {
    this.flushConsole();
    if (this.subscribed) this.sendTraps();
  }

  /** The state of this moment. */
  status(): StatusInfo {
    const { instructions, virtualTime, mode, cpuMode } = this.guest.statistics();
    const ms = this.runMs() - this.lastRunMs;
    const mips = ms > 0 ? (instructions - this.lastInstructions) / ms / 1000 : 0;
    return { state: this.state(), instructions, virtualTime, mips, mode, cpuMode };
  }

  dispose(): void {
    this.trailing?.();
    this.trailing = undefined;
  }

  private sendLater(): void {
    if (this.trailing) return;
    const due = Math.max(0, this.lastLive + LIVE_INTERVAL_MS - this.host.now());
    const wait = this.byteCount > 0 ? Math.min(CONSOLE_INTERVAL_MS, due) : due;
    this.trailing = this.host.delay(wait, () => {
      this.trailing = undefined;
      this.flushConsole();
      if (this.host.now() - this.lastLive >= LIVE_INTERVAL_MS) this.sendLive();
      else if (this.state() !== 'running') this.sendLater();
    });
  }

  private sendLive(): void {
    this.dispose();
    this.send('status', this.status());
    const { instructions } = this.guest.statistics();
    this.lastLive = this.host.now();
    this.lastInstructions = instructions;
    this.lastRunMs = this.runMs();
    if (this.subscribed) this.sendTraps();
    // rates are to be seen falling to nothing when the guest sleeps
    if (this.subscribed && this.traps.active && this.state() !== 'running') this.sendLater();
  }

  private sendTraps(): void {
    const event = this.traps.next(this.every, this.state() !== 'stopped' && this.state() !== 'ended');
    if (event) this.send('traps', event);
  }

  private flushConsole(): void {
    this.lastConsole = this.host.now();
    if (this.byteCount === 0) return;
    const all = new Uint8Array(this.byteCount);
    let at = 0;
    for (const chunk of this.bytes) {
      all.set(chunk, at);
      at += chunk.length;
    }
    this.bytes = [];
    this.byteCount = 0;
    this.send('console', { bytes: all }, [all.buffer]);
  }
}
