/**
 * What every interrupt controller says of its lines, whatever its registers are: for people who look at it, and for the hand that raises a line. The
 * controllers answer from their own state; nothing is kept here. Knows no particular controller.
 */

/**
 * What happens to a line, in the order in which it happens to one interrupt.
 * - `raise`: its input rises, or software makes it pending.
 * - `lower`: its input falls.
 * - `acknowledge`: the processor took notice: it read the number of the line from the controller, or a pending register that shows the line where the
 *   controller has nothing more.
 * - `end`: software is done with it: its active state ended; or, where the controller has none, the input fell after it was acknowledged.
 */
export type InterruptEvent = 'raise' | 'lower' | 'acknowledge' | 'end';

/** A line as it is now. */
export interface InterruptLine {
  /** Its input is high, whoever drives it. */
  readonly level: boolean;
  /** Somebody holds it high by hand. */
  readonly held: boolean;
  readonly enabled: boolean;
  readonly pending: boolean;
  /** Acknowledged and not yet ended. */
  readonly active: boolean;
  readonly trigger: 'level' | 'edge' | 'software';
  /** How it reaches the processor. */
  readonly signal: 'IRQ' | 'FIQ';
  /** Of controllers that have them: 0 is the most urgent. */
  readonly priority?: number;
  readonly group?: number;
  /** Numbers of the processors that it goes to, a bit each. */
  readonly targets?: number;
  /** How often it was raised and acknowledged since reset. */
  readonly raised: number;
  readonly acknowledged: number;
}

export interface InterruptController {
  /** Its architecture or chip: `GICv2`, `BCM2835`. */
  readonly part: string;
  /** Numbers of the lines: 0 up to this, exclusive. */
  readonly lines: number;
  /** What the manual calls a line: `SPI 1`, `GPU IRQ 57`. */
  label(line: number): string;
  line(line: number): InterruptLine;
  /** The line that the processor would be interrupted for now, as it stands; -1 if there is none. */
  signalled(as: 'IRQ' | 'FIQ'): number;
  /**
   * Holds a line's input high from outside, beside whatever drives it, or lets go of it. Of a line that only software can raise, makes it pending, or not.
   * An input like any other: a run that gets it at the same instruction goes the same way.
   */
  hold(line: number, high: boolean): void;
  /** Told of every event, while somebody wants to know. */
  observer: ((event: InterruptEvent, line: number) => void) | undefined;
}
