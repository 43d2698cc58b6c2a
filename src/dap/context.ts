/**
 * What the request families share: the way to the worker, to the client, and what the last stop was. Holds no protocol logic of its own.
 */
import type { SessionClient } from '../protocol/client.js';
import type { StopInfo } from '../protocol/model.js';
import type { FilePort } from '../protocol/prepare.js';
import { sessionErrors } from '../util/errors.js';

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

  /** Tells the client that what it shows of the guest's state may be old. */
  stateChanged(memoryReference?: string, offset = 0, count = 0): void {
    if (this.features.invalidated) this.emit('invalidated', { areas: ['variables', 'stacks'] });
    if (this.features.memory && memoryReference !== undefined) this.emit('memory', { memoryReference, offset, count });
  }
}

export function hexAddress(address: number): string {
  return `0x${(address >>> 0).toString(16).padStart(8, '0')}`;
}

/** The address in a memory or instruction reference. @throws UserError 640 */
export function parseAddress(text: string): number {
  const trimmed = text.trim();
  const value = /^(0x[0-9a-f]+|[0-9]+)$/i.test(trimmed) ? Number(trimmed) : NaN;
  if (!Number.isSafeInteger(value)) throw sessionErrors.notAnAddress(text);
  return value;
}
