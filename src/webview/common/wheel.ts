/** What a turn of the wheel, or a gesture on a touch pad, asks of something that lies along one axis. */

/** What a wheel that counts lines means by one, CSS pixels. */
const LINE_PIXELS = 30;
const DOM_DELTA_PIXEL = 0;

/** Either way: further along by CSS pixels, or longer by a factor (below 1: closer). */
export type Turn =
  { readonly kind: 'pan'; readonly pixels: number } | { readonly kind: 'zoom'; readonly factor: number };

/** @param rate of zooming: by how much the logarithm of the length grows with each pixel */
export function turnOf(
  { deltaX, deltaY, deltaMode, shiftKey }: Pick<WheelEvent, 'deltaX' | 'deltaY' | 'deltaMode' | 'shiftKey'>,
  rate: number,
): Turn {
  const unit = deltaMode === DOM_DELTA_PIXEL ? 1 : LINE_PIXELS;
  if (shiftKey || Math.abs(deltaX) > Math.abs(deltaY))
    return { kind: 'pan', pixels: (deltaX === 0 ? deltaY : deltaX) * unit };
  return { kind: 'zoom', factor: Math.exp(deltaY * unit * rate) };
}
