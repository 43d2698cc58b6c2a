/**
 * What the extension and its webviews say to each other. Panels of a session (the Traps view among them) share one set of messages: they are told of the
 * session that the user looks at, hear its events, and may make the requests that are listed here. The image editor has its own. Every message survives a
 * structured clone.
 */
import type { EventName, Method, Params, Result, SessionEvents } from './api.js';
import type { DecodedWord } from './decoded.js';
import type { ImageInfo, InstructionInfo, StatusInfo } from './model.js';

/** The panels that open as editor tabs, and what they are called. */
export const PANELS = {
  timeline: 'Trap Timeline',
  sites: 'Callback Sites',
  blocks: 'Blocks',
  mmu: 'MMU',
  interrupts: 'Interrupts',
  memory: 'Memory',
} as const satisfies Readonly<Record<string, string>>;
export type PanelId = keyof typeof PANELS;

/** The requests that a panel may make: nothing that starts, ends or moves the guest. An interrupt line that is driven is an input, as typing is. */
export const PANEL_METHODS = [
  'traps',
  'clearTraps',
  'symbols',
  'sites',
  'site',
  'blocks',
  'analysisMap',
  'findCode',
  'interrupts',
  'driveInterrupt',
  'timeline',
  'timelineRows',
  'trapDetail',
  'mmuState',
  'mmuRanges',
  'mmuTranslate',
  'mmuTlb',
  'memoryMap',
  'memoryBytes',
  'memoryStore',
  'memoryAddress',
  'memorySearch',
  'symbols',
] as const satisfies readonly Method[];
export type PanelMethod = (typeof PANEL_METHODS)[number];

/** The events that every panel hears while it can be seen: those from which it knows when to look again. */
export const PANEL_EVENTS = [
  'stopped',
  'continued',
  'ended',
  'status',
  'edited',
] as const satisfies readonly EventName[];
/** `traps` is for the Traps view alone. */
export type PanelEvent = (typeof PANEL_EVENTS)[number] | 'traps';

/** The commands that a panel may call. */
export const PANEL_COMMANDS = [
  'trapline.openSamples',
  'trapline.setLevel',
  'trapline.pauseOnTraps',
] as const satisfies readonly `trapline.${string}`[];
export type PanelCommand = (typeof PANEL_COMMANDS)[number];

/** The session that a panel shows: the one that the user looks at. */
export interface PanelSession {
  /** Another id, another guest. */
  readonly id: string;
  readonly name: string;
  /** That of the moment; events bring later ones. */
  readonly status: StatusInfo;
}

/** What one panel asks another to show. */
export interface PanelPlace {
  /** Guest virtual address. */
  readonly address?: number;
  /** Sequence number of a trap. */
  readonly trap?: number;
  /** Number of an interrupt line. */
  readonly interrupt?: number;
  /** Of `address`: an address space of the panels MMU and Memory; the guest's present one, where absent. */
  readonly space?: string;
}

export type PanelEventMessage = {
  [E in PanelEvent]: { readonly kind: 'event'; readonly event: E; readonly body: SessionEvents[E] };
}[PanelEvent];

export type ToPanel =
  /** Another session became the active one, or the one shown has ended; `null`: there is none. */
  | { readonly kind: 'session'; readonly session: PanelSession | null }
  | PanelEventMessage
  /** Answers carry the number of the request. */
  | { readonly kind: 'result'; readonly request: number; readonly result: Result<PanelMethod> }
  | { readonly kind: 'error'; readonly request: number; readonly message: string }
  | { readonly kind: 'show'; readonly place: PanelPlace }
  /** The user's breakpoints that are set at an address. */
  | { readonly kind: 'breakpoints'; readonly breakpoints: readonly AddressBreakpoint[] };

/** A breakpoint of VS Code's own whose name is an address. */
export interface AddressBreakpoint {
  readonly address: number;
  readonly enabled: boolean;
}

export type PanelRequestMessage = {
  [M in PanelMethod]: {
    readonly kind: 'request';
    readonly request: number;
    readonly method: M;
    readonly params: Params<M>;
  };
}[PanelMethod];

export type FromPanel =
  | { readonly kind: 'ready' }
  | PanelRequestMessage
  /** Show an instruction in the listing. */
  | { readonly kind: 'reveal'; readonly address: number; readonly preview: boolean }
  /** Open another panel, and show something there. */
  | { readonly kind: 'open'; readonly panel: PanelId; readonly place: PanelPlace }
  | { readonly kind: 'copy'; readonly text: string }
  /** Sets a breakpoint at an address, takes it away, or switches it off and on. */
  | { readonly kind: 'breakpoint'; readonly address: number; readonly to: 'enabled' | 'disabled' | 'none' }
  /** Write the traps between two virtual times (ns) to a file, but those of some classes. */
  | {
      readonly kind: 'exportTraps';
      readonly start: number;
      readonly end: number;
      readonly hidden: readonly string[];
    }
  /** Shows the code around an address in VS Code's diff editor: the guest's own words, and those that are fetched. */
  | { readonly kind: 'compare'; readonly address: number }
  /** Shows the Traps view with a filter. */
  | { readonly kind: 'traps'; readonly text: string }
  | { readonly kind: 'command'; readonly command: PanelCommand };

/** What a panel says without waiting for an answer. */
export type PanelMessage = Exclude<FromPanel, PanelRequestMessage>;

export type ToTrapsView =
  | ToPanel
  /** Classes at which the guest pauses. */
  | { readonly kind: 'pauseOn'; readonly classes: readonly string[] }
  | { readonly kind: 'focusFilter' }
  | { readonly kind: 'filter'; readonly text: string };

export type FromTrapsView = FromPanel | { readonly kind: 'pauseOn'; readonly classes: readonly string[] };

/** The image editor shows one file. */
export type ToImageView =
  | { readonly kind: 'image'; readonly name: string; readonly info: ImageInfo }
  /** The file is no image that can be looked at; why, in one sentence. */
  | { readonly kind: 'broken'; readonly name: string; readonly message: string }
  | { readonly kind: 'lines'; readonly request: number; readonly lines: readonly InstructionInfo[] }
  | { readonly kind: 'decoded'; readonly request: number; readonly words: readonly DecodedWord[] }
  /** Explain the current instruction, for somebody at the keyboard. */
  | { readonly kind: 'decodeCurrent' };

export type FromImageView =
  | { readonly kind: 'ready' }
  /** Instructions from `address` on, or, with a negative `offset`, the ones before it. */
  | {
      readonly kind: 'lines';
      readonly request: number;
      readonly address: number;
      readonly offset: number;
      readonly count: number;
    }
  /** Explain the instruction at an address. The answer is a `decoded` with the same number. */
  | { readonly kind: 'decode'; readonly request: number; readonly address: number }
  | { readonly kind: 'run'; readonly debug: boolean };
