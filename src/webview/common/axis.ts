/** The axis of a drawing: lines from top to bottom, and a text beside each. */

export interface AxisMark {
  /** CSS pixels. */
  readonly x: number;
  readonly text: string;
}

export interface AxisPlace {
  /** Of the lines. */
  readonly top: number;
  readonly bottom: number;
  /** Of the texts: their middle, and where they have to end. */
  readonly middle: number;
  readonly right: number;
}

/** Between a line and its text, pixels. */
const GAP = 4;

/** Of CSS; and how opaque the lines are. */
export interface AxisColours {
  readonly lines: string;
  readonly opacity: number;
  readonly texts: string;
}

/** In the context's font, on its middle as baseline. */
export function drawAxis(
  context: CanvasRenderingContext2D,
  marks: readonly AxisMark[],
  { top, bottom, middle, right }: AxisPlace,
  { lines, opacity, texts }: AxisColours,
): void {
  for (const { x, text } of marks) {
    const left = Math.round(x);
    context.fillStyle = lines;
    context.globalAlpha = opacity;
    context.fillRect(left, top, 1, bottom - top);
    context.fillStyle = texts;
    context.globalAlpha = 1;
    if (left + GAP + context.measureText(text).width <= right) context.fillText(text, left + GAP, middle);
  }
}
