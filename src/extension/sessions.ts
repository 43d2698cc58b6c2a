/**
 * The debug sessions that run now, each with its worker's client, and the one that ended last: its traps and its code can be looked at until the next
 * guest starts. Panels, console and commands find theirs here; nobody else keeps a client.
 */
import * as vscode from 'vscode';
import { PROTOCOL_VERSION } from '../protocol/api.js';
import { SessionClient } from '../protocol/client.js';
import { baseName } from './files.js';
import type { Platform } from './platform.js';

export const DEBUG_TYPE = 'trapline';

export interface RunningSession {
  readonly debug: vscode.DebugSession;
  readonly client: SessionClient;
  /** Base name of the image that it runs: names its listings. */
  readonly image: string;
}

/** The image of a launch configuration that names its listings. */
export function mainImage(configuration: vscode.DebugConfiguration): string {
  for (const attribute of ['program', 'bios', 'kernel']) {
    const name: unknown = configuration[attribute];
    if (typeof name === 'string' && name !== '') return baseName(name);
  }
  return 'memory';
}

export class Sessions implements vscode.Disposable {
  private readonly running = new Map<string, RunningSession>();
  private last: RunningSession | undefined;
  private readonly changed = new vscode.EventEmitter<RunningSession | undefined>();
  private readonly started = new vscode.EventEmitter<RunningSession>();
  private readonly ended = new vscode.EventEmitter<RunningSession>();
  private readonly subscriptions: vscode.Disposable[];
  private capstone: Thenable<Uint8Array> | undefined;
  private prepared: Promise<SessionClient> | undefined;

  /** Another session is the active one, or none. Sessions count from when their guest is loaded. */
  readonly onDidChangeActive = this.changed.event;
  readonly onDidStart = this.started.event;
  readonly onDidEnd = this.ended.event;

  constructor(
    private readonly platform: Platform,
    private readonly extensionUri: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscriptions = [
      vscode.debug.onDidTerminateDebugSession((debug) => {
        this.remove(debug);
      }),
      vscode.debug.onDidChangeActiveDebugSession(() => {
        this.changed.fire(this.active);
      }),
    ];
  }

  /** The session that the user looks at: VS Code's active one if it is ours, else any of ours, else the one that ended last. */
  get active(): RunningSession | undefined {
    const id = vscode.debug.activeDebugSession?.id;
    return (id === undefined ? undefined : this.running.get(id)) ?? [...this.running.values()].pop() ?? this.last;
  }

  /** The running ones. */
  get all(): readonly RunningSession[] {
    return [...this.running.values()];
  }

  hasEnded(session: RunningSession): boolean {
    return !this.running.has(session.debug.id);
  }

  /** A worker with which hands were shaken, for a purpose of its own. */
  async openWorker(): Promise<SessionClient> {
    const module = vscode.Uri.joinPath(this.extensionUri, 'dist', 'capstone.wasm');
    this.capstone ??= vscode.workspace.fs.readFile(module);
    const [channel, disassembler] = await Promise.all([this.platform.spawnWorker(this.extensionUri), this.capstone]);
    const client = new SessionClient(channel);
    try {
      await client.request('initialize', { version: PROTOCOL_VERSION, disassembler });
    } catch (error) {
      client.close();
      throw error;
    }
    return client;
  }

  /** Starts the next debug session's worker while VS Code still does its own part of starting it, which takes as long. */
  prepare(): void {
    if (this.prepared) return;
    this.prepared = this.openWorker();
    // `open` tells
    this.prepared.catch(() => undefined);
  }

  /** The worker of a debug session. */
  async open(debug: vscode.DebugSession, trace: boolean): Promise<SessionClient> {
    const opening = this.prepared ?? this.openWorker();
    this.prepared = undefined;
    const client = await opening;
    if (trace) {
      client.trace = (direction, message) => {
        this.log.info(`${debug.name} ${direction} ${JSON.stringify(message, shorten)}`);
      };
    }
    const session: RunningSession = { debug, client, image: mainImage(debug.configuration) };
    const loaded = client.on('status', () => {
      loaded();
      this.add(session);
    });
    client.on('failed', ({ message }) => {
      this.log.error(`${debug.name}: ${message}`);
    });
    return client;
  }

  /** The guest is loaded. A session whose launch was refused never gets here. */
  private add(session: RunningSession): void {
    this.last?.client.close();
    this.last = undefined;
    this.running.set(session.debug.id, session);
    this.started.fire(session);
    this.changed.fire(this.active);
  }

  /** The adapter needs the worker no more. A guest that was loaded is kept, asleep, to be looked at. */
  close(client: SessionClient): void {
    const session = this.all.find((candidate) => candidate.client === client);
    if (!session) client.close();
    // a worker that does not answer has ended
    else client.request('finish', {}).catch(() => undefined);
  }

  private remove(debug: vscode.DebugSession): void {
    const session = this.running.get(debug.id);
    if (!session) return;
    this.running.delete(debug.id);
    this.last?.client.close();
    this.last = session;
    this.ended.fire(session);
    this.changed.fire(this.active);
  }

  dispose(): void {
    for (const { client } of this.running.values()) client.close();
    this.last?.client.close();
    this.prepared?.then(
      (client) => {
        client.close();
      },
      () => undefined,
    );
    this.running.clear();
    for (const subscription of [...this.subscriptions, this.changed, this.started, this.ended]) subscription.dispose();
  }
}

const LONGEST_BYTES = 32;

/** For the log: bytes as their number, where they are many. */
function shorten(_key: string, value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return value;
  return value.length > LONGEST_BYTES ? `${value.length} bytes` : [...value];
}
