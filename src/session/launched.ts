/**
 * One launched guest and everything around it: its debugger, what runs it, what tells clients of it, its listings, its breakpoints at addresses, its
 * scripted user. Sends events; answers nothing.
 */
import type { Debugger, StopReason } from '../debug/api.js';
import type { Params } from '../protocol/api.js';
import { sessionErrors } from '../util/errors.js';
import { Automation } from './automation.js';
import type { Backend } from './backend.js';
import { AddressBreakpoints } from './breakpoints.js';
import { describeBug } from './bugs.js';
import type { SessionHost } from './host.js';
import { Lease } from './lease.js';
import { Listings } from './listings.js';
import { Live, type Send } from './live.js';
import { Runner } from './runner.js';

export class Launched {
  readonly guest: Debugger;
  readonly runner: Runner;
  readonly live: Live;
  readonly listings: Listings;
  readonly addressBreakpoints: AddressBreakpoints;
  /** Blocks are counted for as long as somebody looks at them. */
  readonly counting: Lease;
  private readonly automation: Automation | undefined;

  /** @throws UserError for an image or a setting that cannot be */
  constructor(
    { options, pacing, automation, timed }: Params<'launch'>,
    backend: Backend,
    host: SessionHost,
    private readonly send: Send,
  ) {
    this.automation = automation && new Automation(automation);
    // the debugger may speak before it is all there: a device can complain about an image
    const early: (() => void)[] = [];
    let ready = false;
    this.guest = backend.createDebugger(options, {
      console: (bytes) => {
        if (ready) this.heard(bytes);
        else
          early.push(() => {
            this.heard(bytes);
          });
      },
      output: (category, text) => {
        if (ready) this.live.flush();
        send('output', { category, text });
      },
      hostNow: () => host.now(),
      timed: timed === true,
    });
    this.runner = new Runner(this.guest, host, pacing, options.nsPerInstruction, {
      turn: () => {
        this.live.turn();
      },
      stopped: (reason, dead) => {
        this.stopped(reason, dead);
      },
      ended: (code, text) => {
        this.live.settle();
        this.refreshListings();
        send('ended', { code, text, status: this.live.status() });
      },
      limit: () => {
        this.live.settle();
        send('limit', { status: this.live.status() });
      },
      crashed: (error) => {
        this.live.settle();
        send('failed', { message: describeBug(error) });
      },
    });
    this.live = new Live(
      this.guest,
      host,
      () => this.runner.hostTime,
      () => this.runner.state,
      send,
      options.flash1 !== undefined,
    );
    this.counting = new Lease(
      host,
      () => this.guest.standing().instructions,
      () => {
        this.guest.views.stopCounting();
      },
    );
    this.listings = new Listings(this.guest);
    this.addressBreakpoints = new AddressBreakpoints(this.guest);
    ready = true;
    for (const speak of early) speak();
  }

  private heard(bytes: Uint8Array): void {
    this.live.consoleOut(bytes);
    if (this.automation?.heard(bytes)) this.guest.pause();
  }

  /** Lets the guest do what `start` tells it. @throws UserError 623, 624 */
  resume(start: (guest: Debugger) => void): void {
    const { guest, runner, live, automation } = this;
    if (runner.state === 'ended') throw sessionErrors.guestEnded();
    if (runner.state !== 'stopped') throw sessionErrors.guestRunning();
    for (const bytes of automation?.act() ?? []) guest.input(bytes);
    if (automation?.met) {
      this.send('met', { status: live.status() });
      return;
    }
    start(guest);
    runner.resume();
    this.send('continued', {});
  }

  private stopped(reason: StopReason, dead: boolean): void {
    if (reason.reason === 'pause' && this.automation?.wantsToAct) {
      this.automate(this.automation);
      return;
    }
    this.live.settle();
    this.refreshListings();
    const stop = { ...this.addressBreakpoints.translate(reason), dead };
    this.send('stopped', { stop, status: this.live.status() });
  }

  /** The guest was stopped on the automation's behalf: types, and goes on unless all is done. */
  private automate(automation: Automation): void {
    const { guest, runner, live } = this;
    for (const bytes of automation.act()) guest.input(bytes);
    if (automation.met) {
      live.settle();
      this.send('met', { status: live.status() });
      return;
    }
    guest.continue();
    runner.resume();
  }

  /** Tells clients which of the listings that they show have a new text. */
  refreshListings(): void {
    const documents = this.listings.refresh();
    if (documents.length > 0) this.send('listings', { documents });
  }

  /** The VMM's optimisation level from now on. Listings show other planted words then, and clients hear of it at once. @throws UserError 123, 251 */
  setLevel(level: number): void {
    this.guest.setLevel(level);
    this.refreshListings();
    this.live.flush();
    this.send('status', this.live.status());
  }

  /** A bare guest has no traps, and nothing to keep. */
  keepHistory(on: boolean): void {
    if (this.guest.standing().mode === 'hypervised') this.guest.views.keepHistory(on);
  }

  /** Halts the guest without a word, but for what is left to say of its flash. */
  finish(): void {
    this.counting.dispose();
    if (this.runner.state !== 'ended') this.runner.halt();
    this.live.settle();
    this.live.dispose();
    this.send('status', this.live.status());
  }

  /** Another guest takes its place. */
  dispose(): void {
    this.counting.dispose();
    this.runner.halt();
    this.live.dispose();
  }
}
