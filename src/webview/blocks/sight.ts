/** What is seen of a graph: which part of it, and how near. Goes somewhere, zooms and moves; arithmetic only. */

/** A point of the graph is at `(x - left) * zoom` of the element, CSS pixels. */
export interface Sight {
  readonly left: number;
  readonly top: number;
  readonly zoom: number;
}

/** Of the element that the graph is seen in, or of the graph. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Of a block, in the graph. */
export interface Rectangle extends Size {
  readonly x: number;
  readonly y: number;
}

const SMALLEST_ZOOM = 0.05;
const LARGEST_ZOOM = 2;
/** At which text can be read. */
const READABLE_ZOOM = 0.6;
/** Of the graph that is always to be seen, CSS pixels. */
const KEEP_IN_SIGHT = 60;

/** With a point of the graph in the middle. */
function centred(x: number, y: number, zoom: number, seen: Size): Sight {
  return { left: x - seen.width / zoom / 2, top: y - seen.height / zoom / 2, zoom };
}

/** To begin with: all of a graph, if it can be read then; else the middle of a block. */
export function sightOf(block: Rectangle, graph: Size, seen: Size): Sight {
  const whole = Math.min(seen.width / graph.width, seen.height / graph.height);
  if (whole >= READABLE_ZOOM) return centred(graph.width / 2, graph.height / 2, Math.min(1, whole), seen);
  return centred(block.x + block.width / 2, block.y + block.height / 2, 1, seen);
}

/** All of a graph, as far as that goes. */
export function fitted(graph: Size, seen: Size): Sight {
  const zoom = Math.max(SMALLEST_ZOOM, Math.min(1, seen.width / graph.width, seen.height / graph.height));
  return centred(graph.width / 2, graph.height / 2, zoom, seen);
}

/** Nearer by a factor (below 1: farther), with the point of the element that is given staying where it is. */
export function zoomedBy({ left, top, zoom }: Sight, factor: number, x: number, y: number): Sight {
  const next = Math.min(LARGEST_ZOOM, Math.max(SMALLEST_ZOOM, zoom * factor));
  return { left: left + x / zoom - x / next, top: top + y / zoom - y / next, zoom: next };
}

/** Further right and down, by pixels of the element. */
export function movedBy({ left, top, zoom }: Sight, x: number, y: number): Sight {
  return { left: left + x / zoom, top: top + y / zoom, zoom };
}

/** A block brought into sight: as little as it takes, or into the middle. It can be read then. */
export function revealing(sight: Sight, block: Rectangle, seen: Size, middle: boolean): Sight {
  const zoom = Math.max(sight.zoom, READABLE_ZOOM);
  const width = seen.width / zoom;
  const height = seen.height / zoom;
  // of one that is higher than the element, its beginning
  const shown = Math.min(block.height, height);
  const centre = centred(block.x + block.width / 2, block.y + shown / 2, zoom, seen);
  if (middle || zoom !== sight.zoom) return centre;
  const { left, top } = sight;
  return {
    left: block.x < left || block.x + block.width > left + width ? centre.left : left,
    top: block.y < top || block.y + shown > top + height ? centre.top : top,
    zoom,
  };
}

/** Never quite beside the graph. */
export function kept(sight: Sight, graph: Size, seen: Size): Sight {
  const { left, top, zoom } = sight;
  const keep = KEEP_IN_SIGHT / zoom;
  const clamp = (value: number, size: number, seenSize: number): number =>
    Math.min(size - keep, Math.max(keep - seenSize / zoom, value));
  return { left: clamp(left, graph.width, seen.width), top: clamp(top, graph.height, seen.height), zoom };
}
