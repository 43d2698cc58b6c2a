/**
 * What the request families share: the way to the worker, to the client, and what the last stop was. Holds no protocol logic of its own.
 */
import type { SessionClient } from '../protocol/client.js';
import type { StopInfo } from '../protocol/model.js';
import type { FilePort } from '../protocol/prepare.js';
import { sessionErrors } from '../util/errors.js';
import { WatchedMemory } from './watched-memory.js';

/** Where the adapter runs: inline in an editor, or as a server behind a pipe. */
export interface AdapterHost {
  readonly files: SourceFiles;
  /** Starts a worker, shakes hands with it. `trace`: every message is to be logged. */
  openSession(trace: boolean): Promise<SessionClient>;
  /** The adapter has done with it; the host ends it, now or when nobody looks at it any more. */
  closeSession(client: SessionClient): void;
  /** How the editor names listing documents; without it they travel by `source` requests. */
  readonly listings?: ListingNames;
  /** Something beside the adapter shows the guest's console. Without it, it becomes output. */
  readonly hasTerminal: boolean;
  /** Seconds since 1970. */
  epoch(): number;
  /** Takes note of a bug of ours, stack and all, where those who mend it will look. The user is told a sentence. */
  reportBug(detail: string): void;
}

export interface SourceFiles extends FilePort {
  exists(name: string): Promise<boolean>;
}

/** Listing documents by the names that the editor has for them. */
export interface ListingNames {
  nameOf(document: string): string;
  /** The document that a source path names, or undefined if it names a file. */
  documentOf(path: string): string | undefined;
}

/** What a client said of itself that matters here. */
export interface ClientFeatures {
  readonly invalidated: boolean;
  readonly memory: boolean;
}

/** Lines as client and debug adapter count them. */
export interface Lines {
  readonly toClient: (line: number) => number;
  readonly fromClient: (line: number) => number;
}

/** The guest has one core. */
export const THREAD_ID = 1;

/** Handlers by command: arguments in, response body out. */
export type Handlers = Readonly<Record<string, (args: never) => unknown>>;

export class AdapterContext {
  features: ClientFeatures = { invalidated: false, memory: false };
  /** Why the guest stands still; undefined while it runs. */
  stop: StopInfo | undefined;
  /** A request that makes the guest run is under way: the client knows, and needs no event. */
  resuming = false;
  /** What the client shows of memory. */
  readonly watched = new WatchedMemory();
  /** Addresses of the frames that the client shows. */
  private shownStack: readonly number[] = [];
  /** Edits of the client that are under way. */
  private editing = 0;
  private session: SessionClient | undefined;

  constructor(
    readonly host: AdapterHost,
    readonly lines: Lines,
    /** Sends an event to the client. */
    readonly emit: (event: string, body?: unknown) => void,
  ) {}

  get client(): SessionClient {
    if (!this.session) throw sessionErrors.notLaunched();
    return this.session;
  }

  setClient(client: SessionClient | undefined): void {
    this.session = client;
  }

  get hasClient(): boolean {
    return this.session !== undefined;
  }

  /** Changes the guest on the client's behalf, and tells it then that what it shows of the guest's state may be old. */
  async edit<T>(change: () => Promise<T>): Promise<T> {
    this.editing++;
    try {
      return await change();
    } finally {
      this.editing--;
      await this.stateChanged();
    }
  }

  /** Registers or memory were changed: by the client, which hears of it in its turn, or by somebody else. */
  async edited(): Promise<void> {
    if (this.editing === 0) await this.stateChanged();
  }

  /** Tells the client that the memory that it shows may be old. */
  memoryChanged(): void {
    if (!this.features.memory) return;
    for (const range of this.watched.all) this.emit('memory', range);
  }

  /** A client that has to ask for the stack anew goes back to its source: that is spared who is not there, unless the guest is elsewhere now. */
  private async stateChanged(): Promise<void> {
    if (this.features.invalidated) {
      const areas = (await this.stackIsOther()) ? ['variables', 'stacks'] : ['variables'];
      this.emit('invalidated', { areas });
    }
    this.memoryChanged();
  }

  private async stackIsOther(): Promise<boolean> {
    const { shownStack } = this;
    if (this.stop === undefined || shownStack.length === 0) return false;
    try {
      const { frames } = await this.client.request('stack', { first: 0, count: shownStack.length });
      return frames.some(({ pc }, i) => pc !== shownStack[i]);
    } catch {
      // it runs again, or has gone
      return false;
    }
  }

  /** The client has been shown frames from `first` on. */
  stackShown(first: number, pcs: readonly number[]): void {
    this.shownStack = [...this.shownStack.slice(0, first), ...pcs];
  }
}

/** The address in a memory or instruction reference. @throws UserError 640 */
export function parseAddress(text: string): number {
  const value = literalAddress(text);
  if (value === undefined) throw sessionErrors.notAnAddress(text);
  return value;
}

/** The address that a text is by itself. */
export function literalAddress(text: string): number | undefined {
  const trimmed = text.trim();
  const value = /^(0x[0-9a-f]+|[0-9]+)$/i.test(trimmed) ? Number(trimmed) : NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}
