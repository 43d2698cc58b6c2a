/** A pointer that is pressed, moved and let go: a click, or a drag once it has come far enough. Moves nothing itself. */

/** A pointer that came less far has clicked, CSS pixels. */
const CLICK_DISTANCE = 4;

/** How far a drag has come, CSS pixels, and what was there when it began. */
export interface Dragged<From> {
  readonly from: From;
  readonly dx: number;
  readonly dy: number;
}

/** `From`: what is remembered of the moment at which the pointer was pressed. */
export class Drag<From> {
  private held: { readonly from: From; readonly x: number; readonly y: number; far: boolean } | undefined;

  /** What the pointer was pressed on, while it is. */
  get from(): From | undefined {
    return this.held?.from;
  }

  /** Something is being dragged, and not just pressed. */
  get isFar(): boolean {
    return this.held?.far === true;
  }

  /** All moves until {@link release} belong to the element that hears of this. */
  press({ currentTarget, pointerId, clientX, clientY }: PointerEvent, from: From): void {
    (currentTarget as HTMLElement).setPointerCapture(pointerId);
    this.held = { from, x: clientX, y: clientY, far: false };
  }

  /** Undefined while nothing is dragged. */
  move({ clientX, clientY }: PointerEvent): Dragged<From> | undefined {
    const { held } = this;
    if (!held) return undefined;
    const [dx, dy] = [clientX - held.x, clientY - held.y];
    held.far ||= Math.hypot(dx, dy) >= CLICK_DISTANCE;
    return held.far ? { from: held.from, dx, dy } : undefined;
  }

  /** @returns whether that was a click */
  release(): boolean {
    const clicked = this.held?.far === false;
    this.held = undefined;
    return clicked;
  }
}
