/**
 * The guest's serial console as a terminal: what the guest sends appears, what the user types goes to the guest, byte for byte. The terminal outlives
 * its session so that the last words can be read; the next run of the same guest takes its place.
 */
import * as vscode from 'vscode';
import { traplineIcon, type Icon } from './icon.js';
import { LineEndings } from './line-endings.js';
import type { RunningSession, Sessions } from './sessions.js';

/** What is kept for a terminal that the user closed and opens again, characters. */
const SCROLLBACK = 256 * 1024;

class GuestTerminal implements vscode.Pseudoterminal {
  private readonly write = new vscode.EventEmitter<string>();
  readonly onDidWrite = this.write.event;
  private readonly encoder = new TextEncoder();
  private isOpen = false;

  constructor(
    private readonly kept: () => string,
    private readonly type: (bytes: Uint8Array) => void,
  ) {}

  open(): void {
    this.isOpen = true;
    this.write.fire(this.kept());
  }

  close(): void {
    this.isOpen = false;
  }

  handleInput(data: string): void {
    this.type(this.encoder.encode(data));
  }

  /** What comes before the terminal is open is in `kept`. */
  show(text: string): void {
    if (this.isOpen) this.write.fire(text);
  }
}

/** One guest's console, over any number of runs. */
export class GuestConsole implements vscode.Disposable {
  private text = '';
  private terminal: vscode.Terminal | undefined;
  private pty: GuestTerminal | undefined;
  private session: RunningSession | undefined;
  /** What is said when the run has ended. */
  private lastWord = '';

  constructor(
    readonly name: string,
    private readonly iconPath: Icon,
    private readonly heard: (text: string) => void,
  ) {}

  /** A new run begins: connects it, and shows the terminal. */
  attach(session: RunningSession): void {
    this.session = session;
    this.text = '';
    this.terminal?.dispose();
    this.open(session.debug.configuration.stopOnEntry === true);
    const endings = new LineEndings();
    const decoder = new TextDecoder();
    this.lastWord = 'The session has ended.';
    session.client.on('console', ({ bytes }) => {
      this.append(decoder.decode(endings.translate(bytes), { stream: true }));
    });
    session.client.on('ended', ({ text }) => {
      this.lastWord = text;
    });
  }

  /** The run ended: says so, and lets nothing be typed any more. */
  detach(session: RunningSession): void {
    if (this.session !== session) return;
    this.session = undefined;
    this.append(`\r\n\x1b[2m(${this.lastWord})\x1b[0m\r\n`);
  }

  /** @param preserveFocus leave the keyboard where it is */
  show(preserveFocus: boolean): void {
    if (this.terminal && this.terminal.exitStatus === undefined) this.terminal.show(preserveFocus);
    else this.open(preserveFocus);
  }

  private open(preserveFocus: boolean): void {
    this.pty = new GuestTerminal(
      () => this.text,
      (bytes) => {
        // the worker refuses input of a guest that is not loaded yet, or no more: there is nobody to type to
        this.session?.client.request('input', { bytes }).catch(() => undefined);
      },
    );
    this.terminal = vscode.window.createTerminal({
      name: this.name,
      pty: this.pty,
      iconPath: this.iconPath,
      isTransient: true,
    });
    this.terminal.show(preserveFocus);
  }

  private append(text: string): void {
    if (text === '') return;
    this.text = (this.text + text).slice(-SCROLLBACK);
    this.pty?.show(text);
    this.heard(text);
  }

  dispose(): void {
    this.terminal?.dispose();
  }
}

export interface ConsoleText {
  /** Name of the debug session. */
  readonly name: string;
  readonly text: string;
}

/** The consoles of all sessions, by the names of their launch configurations. */
export class Consoles implements vscode.Disposable {
  private readonly byName = new Map<string, GuestConsole>();
  private readonly written = new vscode.EventEmitter<ConsoleText>();
  private readonly subscriptions: vscode.Disposable[];
  /** Everything that any guest writes. */
  readonly onDidWrite = this.written.event;

  constructor(
    private readonly sessions: Sessions,
    extensionUri: vscode.Uri,
  ) {
    const icon = traplineIcon(extensionUri);
    this.subscriptions = [
      sessions.onDidStart((session) => {
        if (session.debug.configuration.console === 'debugConsole') return;
        const { name } = session.debug;
        let console = this.byName.get(name);
        if (!console) {
          console = new GuestConsole(name, icon, (text) => {
            this.written.fire({ name, text });
          });
          this.byName.set(name, console);
        }
        console.attach(session);
      }),
      sessions.onDidEnd((session) => this.byName.get(session.debug.name)?.detach(session)),
    ];
  }

  /** Brings the active session's console to the front, opened anew if it was closed. */
  showActive(): void {
    const name = this.sessions.active?.debug.name;
    const console = name === undefined ? [...this.byName.values()].pop() : this.byName.get(name);
    if (console) console.show(false);
    else void vscode.window.showInformationMessage('No guest has a console now; start one with F5.');
  }

  dispose(): void {
    for (const disposable of [...this.subscriptions, ...this.byName.values(), this.written]) disposable.dispose();
  }
}
