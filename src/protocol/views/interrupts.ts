/** What the panel "Interrupts" asks and is told. Counts are guest instructions. */
import type { RegisterInfo } from './registers.js';

/** What happens to interrupts, in the order of the numbers by which events name it. `inject`: the guest takes the exception. */
export const INTERRUPT_EVENTS = ['raise', 'lower', 'inject', 'acknowledge', 'end'] as const;
export type InterruptEventKind = (typeof INTERRUPT_EVENTS)[number];

export interface InterruptLineInfo {
  readonly line: number;
  /** What the manual calls it: `SPI 1`. */
  readonly label: string;
  /** The device that drives it, and the path of that in the device tree; absent where nothing is wired to the line. */
  readonly name?: string;
  readonly node?: string;
  readonly level: boolean;
  /** Held high by hand. */
  readonly held: boolean;
  readonly enabled: boolean;
  readonly pending: boolean;
  readonly active: boolean;
  readonly trigger: 'level' | 'edge' | 'software';
  readonly signal: 'IRQ' | 'FIQ';
  readonly priority?: number;
  readonly group?: number;
  readonly targets?: number;
  readonly raised: number;
  readonly acknowledged: number;
  /** Instructions from raised to acknowledged, since the recording began; absent before the first. */
  readonly latency?: {
    readonly count: number;
    readonly last: number;
    readonly least: number;
    readonly mean: number;
    readonly most: number;
  };
}

/** The interrupt inputs of a processor: of the guest's, and under the VMM of the real one as well. */
export interface ProcessorInputs {
  readonly name: 'processor' | 'virtual' | 'physical';
  readonly irq: boolean;
  readonly fiq: boolean;
  /** CPSR.I and CPSR.F. */
  readonly irqMasked: boolean;
  readonly fiqMasked: boolean;
}

export interface InterruptQuery {
  /** All lines; otherwise those that are or were in use. */
  readonly all: boolean;
  /** Events with a sequence number above this, the newest `maximum`. */
  readonly after: number;
  readonly maximum: number;
}

/** Events as columns: of event `first + i`, what it was (an index of {@link INTERRUPT_EVENTS}), to which line (-1: not known), and when. */
export interface InterruptEvents {
  readonly first: number;
  readonly kinds: readonly number[];
  readonly lines: readonly number[];
  readonly at: readonly number[];
}

export interface InterruptsInfo {
  /** The controller: `GICv2`, `BCM2835`. */
  readonly part: string;
  /** Whether acknowledging is a matter of its own, with priorities and an active state; else reading a pending register stands for it. */
  readonly acknowledges: boolean;
  readonly lines: readonly InterruptLineInfo[];
  /** Of all lines. */
  readonly total: number;
  readonly enabled: number;
  readonly pending: number;
  readonly active: number;
  /** Of the interface to the processor. */
  readonly registers: readonly RegisterInfo[];
  readonly processors: readonly ProcessorInputs[];
  /** Interrupts that the real processor took, and that the VMM injected; absent for a bare guest. */
  readonly monitor?: { readonly taken: number; readonly injected: number };
  readonly events: InterruptEvents;
  /** When the recording began, and now. */
  readonly since: number;
  readonly now: number;
}

/** What is done to a line by hand. */
export interface LineDrive {
  readonly line: number;
  readonly to: 'high' | 'low' | 'pulse';
}
