/**
 * What clients hear while the guest runs: console bytes, status, traps, each no more often than a person can follow, and what changed in the second
 * flash. Collects and sends; never runs anything.
 */
import type { Debugger } from '../debug/api.js';
import {
  FLASH_INTERVAL_MS,
  LIVE_INTERVAL_MS,
  type EventName,
  type Params,
  type SessionEvents,
} from '../protocol/api.js';
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
  private buffer = new Uint8Array(CONSOLE_BATCH);
  private byteCount = 0;
  private lastConsole = 0;
  private lastLive = 0;
  private lastInstructions = 0;
  private lastRunMs = 0;
  private trailing: (() => void) | undefined;
  private lastFlash = 0;
  private trailingFlash: (() => void) | undefined;

  /**
   * @param runMs host milliseconds spent running the guest so far
   * @param reportsFlash whether anybody keeps what the second flash holds
   */
  constructor(
    private readonly guest: Debugger,
    private readonly host: SessionHost,
    private readonly runMs: () => number,
    private readonly state: () => RunState,
    private readonly send: Send,
    private readonly reportsFlash: boolean,
  ) {
    this.traps = new TrapFeed(guest, () => host.now());
  }

  subscribe({ on, every = false }: Params<'subscribeTraps'>): void {
    this.subscribed = on;
    this.every = every;
    if (on) {
      this.traps.restart();
      this.sendTraps();
    } else {
      this.traps.rest();
    }
  }

  consoleOut(bytes: Uint8Array): void {
    const needed = this.byteCount + bytes.length;
    if (needed > this.buffer.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.buffer.length));
      larger.set(this.buffer.subarray(0, this.byteCount));
      this.buffer = larger;
    }
    this.buffer.set(bytes, this.byteCount);
    this.byteCount = needed;
  }

  /** After a slice: sends what is due. */
  turn(): void {
    const now = this.host.now();
    if (this.byteCount >= CONSOLE_BATCH || now - this.lastConsole >= CONSOLE_INTERVAL_MS) this.flushConsole();
    if (this.subscribed && this.every) this.sendTraps();
    if (now - this.lastLive >= LIVE_INTERVAL_MS) this.sendLive();
    else if (this.state() !== 'running' || this.byteCount > 0) this.sendLater();
    if (this.reportsFlash) this.flashTurn(now);
  }

  /** Sends what was collected now: before a line of output or an answer that must not overtake it. */
  flush(): void {
    this.flushConsole();
    if (this.subscribed) this.sendTraps();
  }

  /** The same, and what the second flash holds: before it is said that the guest stands still. */
  settle(): void {
    this.flush();
    this.sendFlash();
  }

  /** The state of this moment. */
  status(): StatusInfo {
    const { instructions, virtualTime, mode, level, cpu, cpuMode } = this.guest.standing();
    const ms = this.runMs() - this.lastRunMs;
    const mips = ms > 0 ? (instructions - this.lastInstructions) / ms / 1000 : 0;
    const state = this.state();
    return { state, instructions, virtualTime, mips, mode, ...(level !== undefined && { level }), cpu, cpuMode };
  }

  dispose(): void {
    this.trailing?.();
    this.trailing = undefined;
    this.trailingFlash?.();
    this.trailingFlash = undefined;
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
    this.trailing?.();
    this.trailing = undefined;
    this.send('status', this.status());
    const { instructions } = this.guest.standing();
    this.lastLive = this.host.now();
    this.lastInstructions = instructions;
    this.lastRunMs = this.runMs();
    if (this.subscribed) this.sendTraps();
    // rates are to be seen falling to nothing when the guest sleeps
    if (this.subscribed && this.traps.active && this.state() !== 'running') this.sendLater();
  }

  private flashTurn(now: number): void {
    const due = this.lastFlash + FLASH_INTERVAL_MS - now;
    if (due <= 0) this.sendFlash();
    // a guest that sleeps may take no further turn
    else if (this.state() !== 'running') {
      this.trailingFlash ??= this.host.delay(due, () => {
        this.sendFlash();
      });
    }
  }

  private sendFlash(): void {
    this.trailingFlash?.();
    this.trailingFlash = undefined;
    if (!this.reportsFlash) return;
    this.lastFlash = this.host.now();
    const sectors = this.guest.takeFlashChanges();
    if (sectors.length === 0) return;
    const buffers = sectors.map(({ bytes }) => bytes.buffer).filter((buffer) => buffer instanceof ArrayBuffer);
    this.send('flash', { sectors }, buffers);
  }

  private sendTraps(): void {
    const event = this.traps.next(this.every, this.state() !== 'stopped' && this.state() !== 'ended');
    if (event) this.send('traps', event);
  }

  private flushConsole(): void {
    this.lastConsole = this.host.now();
    if (this.byteCount === 0) return;
    const all = this.buffer.slice(0, this.byteCount);
    this.byteCount = 0;
    this.send('console', { bytes: all }, [all.buffer]);
  }
}
