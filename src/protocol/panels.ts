/** What the extension and its webviews say to each other: one message type per direction and panel. Every message survives a structured clone. */
import type { TrapsEvent } from './api.js';
import type { DecodedWord } from './decoded.js';
import type { ImageInfo, InstructionInfo, RunState, TrapFilter, TrapPage } from './model.js';

/** The Traps view shows one session: the active one. */
export interface TrapsSession {
  readonly name: string;
  readonly mode: 'bare' | 'hypervised';
  readonly state: RunState;
}

export type ToTrapsView =
  /** Another session became the active one, or none is left; `null` forgets nothing of what is shown. */
  | { readonly kind: 'session'; readonly session: TrapsSession | null }
  | { readonly kind: 'state'; readonly state: RunState }
  | { readonly kind: 'traps'; readonly event: TrapsEvent }
  | { readonly kind: 'page'; readonly request: number; readonly page: TrapPage }
  /** Classes at which the guest pauses. */
  | { readonly kind: 'pauseOn'; readonly classes: readonly string[] }
  | { readonly kind: 'focusFilter' };

export type FromTrapsView =
  | { readonly kind: 'ready' }
  /** Older records, from `before` on. The answer is a `page` with the same number. */
  | {
      readonly kind: 'page';
      readonly request: number;
      readonly before?: number;
      readonly maximum: number;
      readonly filter: TrapFilter;
    }
  /** Show the instruction in the listing. */
  | { readonly kind: 'reveal'; readonly pc: number; readonly preview: boolean }
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'clear' }
  | { readonly kind: 'pauseOn'; readonly classes: readonly string[] }
  | { readonly kind: 'setLevel' }
  | { readonly kind: 'openSamples' };

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
