/**
 * Where the blocks of a control flow graph go: in layers from top to bottom, so that control mostly flows down, with few crossings and long edges straight
 * (the scheme of Sugiyama, Tagawa and Toda, 1981). Boxes and lines in, coordinates out; knows nothing of what is in a box.
 */

export interface Box {
  readonly id: number;
  readonly width: number;
  readonly height: number;
}

export interface Line {
  readonly from: number;
  readonly to: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Upper left corner. */
export interface PlacedBox extends Box, Point {
  /** From the top. */
  readonly layer: number;
}

export interface Layout {
  /** In the order of the boxes given. */
  readonly boxes: readonly PlacedBox[];
  /** In the order of the lines given: from the lower edge of a box to the upper edge of another. */
  readonly lines: readonly (readonly Point[])[];
  readonly width: number;
  readonly height: number;
}

/** Between boxes, between a box and a line that passes it, and between lines; pixels. */
const BOX_GAP = 28;
const LINE_GAP = 14;
/** Between layers, and more for each line that turns there. */
const LAYER_GAP = 34;
const TURN_GAP = 1.5;
const MOST_TURNS = 30;
const MARGIN = 20;

/** Rounds of finding an order with few crossings, and of making lines straight. */
const ORDER_ROUNDS = 8;
const STRAIGHT_ROUNDS = 8;
/** How much more a line without a bend is worth where it passes layers than where it ends at a box. */
const PASSING = 8;

/** A box, or a line where it passes a layer. */
interface Item {
  readonly width: number;
  readonly height: number;
  readonly passes: boolean;
  layer: number;
  order: number;
  /** Of its middle. */
  x: number;
  readonly above: Item[];
  readonly below: Item[];
}

function makeItem(width: number, height: number, passes: boolean): Item {
  return { width, height, passes, layer: 0, order: 0, x: 0, above: [], below: [] };
}

export function layOut(boxes: readonly Box[], lines: readonly Line[]): Layout {
  const index = new Map(boxes.map(({ id }, i) => [id, i]));
  const ends = lines.map(({ from, to }) => ({ from: index.get(from) ?? -1, to: index.get(to) ?? -1 }));
  const valid = ends.map(({ from, to }) => from >= 0 && to >= 0 && from !== to);
  const upward = findUpward(boxes.length, ends, valid);
  const layers = findLayers(boxes.length, ends, valid, upward);
  const items = boxes.map(({ width, height }, i) => {
    const item = makeItem(width, height, false);
    item.layer = layers[i];
    return item;
  });
  const all: Item[][] = Array.from({ length: Math.max(0, ...layers) + 1 }, () => []);
  items.forEach((item) => all[item.layer].push(item));
  const chains = ends.map(({ from, to }, i) => {
    if (!valid[i]) return [];
    return upward[i] ? connect(items[to], items[from], all).reverse() : connect(items[from], items[to], all);
  });
  reorder(all);
  straighten(all);
  return place(boxes, items, ends, chains, all);
}

/** Which lines must point up, because they close a cycle. */
function findUpward(
  count: number,
  ends: readonly { from: number; to: number }[],
  valid: readonly boolean[],
): boolean[] {
  const leaving: number[][] = Array.from({ length: count }, () => []);
  const entered = new Uint8Array(count);
  ends.forEach(({ from, to }, i) => {
    if (!valid[i]) return;
    leaving[from].push(i);
    entered[to] = 1;
  });
  const upward = ends.map(() => false);
  /** 0 not seen, 1 on the way, 2 done. */
  const state = new Uint8Array(count);
  const visit = (root: number): void => {
    const stack = [{ at: root, next: 0 }];
    state[root] = 1;
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top.next === leaving[top.at].length) {
        state[top.at] = 2;
        stack.pop();
        continue;
      }
      const line = leaving[top.at][top.next++];
      const { to } = ends[line];
      if (state[to] === 1) upward[line] = true;
      else if (state[to] === 0) {
        state[to] = 1;
        stack.push({ at: to, next: 0 });
      }
    }
  };
  // what nothing leads to comes first: the entries of functions
  for (let i = 0; i < count; i++) if (entered[i] === 0) visit(i);
  for (let i = 0; i < count; i++) if (state[i] === 0) visit(i);
  return upward;
}

/** The layer of each box: below all that lead down to it. */
function findLayers(
  count: number,
  ends: readonly { from: number; to: number }[],
  valid: readonly boolean[],
  upward: readonly boolean[],
): number[] {
  const below: number[][] = Array.from({ length: count }, () => []);
  const left = new Int32Array(count);
  ends.forEach(({ from, to }, i) => {
    if (!valid[i]) return;
    const [high, low] = upward[i] ? [to, from] : [from, to];
    below[high].push(low);
    left[low]++;
  });
  const layers = new Array<number>(count).fill(0);
  const entered = Uint8Array.from(left, (n) => (n > 0 ? 1 : 0));
  const ready = Array.from({ length: count }, (_, i) => i).filter((i) => left[i] === 0);
  for (let i = 0; i < ready.length; i++) {
    for (const to of below[ready[i]]) {
      layers[to] = Math.max(layers[to], layers[ready[i]] + 1);
      if (--left[to] === 0) ready.push(to);
    }
  }
  // what nothing leads to stands close above what it leads to
  for (let i = 0; i < count; i++) {
    if (entered[i] === 0 && below[i].length > 0) layers[i] = Math.min(...below[i].map((to) => layers[to])) - 1;
  }
  return layers;
}

/** Items from a box down to another, one in each layer between. */
function connect(high: Item, low: Item, layers: Item[][]): Item[] {
  const chain = [high];
  for (let layer = high.layer + 1; layer < low.layer; layer++) {
    const item = makeItem(0, 0, true);
    item.layer = layer;
    layers[layer].push(item);
    chain.push(item);
  }
  chain.push(low);
  for (let i = 1; i < chain.length; i++) {
    chain[i - 1].below.push(chain[i]);
    chain[i].above.push(chain[i - 1]);
  }
  return chain;
}

// ---- the order within layers

function number(layer: readonly Item[]): void {
  layer.forEach((item, i) => {
    item.order = i;
  });
}

function reorder(layers: Item[][]): void {
  firstOrder(layers);
  let best = layers.map((layer) => [...layer]);
  let fewest = crossings(layers);
  for (let round = 0; round < ORDER_ROUNDS && fewest > 0; round++) {
    const down = round % 2 === 0;
    for (let i = 0; i < layers.length; i++) {
      const layer = layers[down ? i : layers.length - 1 - i];
      sortByNeighbours(layer, down);
    }
    const now = crossings(layers);
    if (now < fewest) {
      fewest = now;
      best = layers.map((layer) => [...layer]);
    }
  }
  best.forEach((layer, i) => {
    layers[i] = layer;
    number(layer);
  });
}

/** As a walk down from the top meets them. */
function firstOrder(layers: Item[][]): void {
  const seen = new Set<Item>();
  const sorted: Item[][] = layers.map(() => []);
  const stack = layers.flat().reverse();
  while (stack.length > 0) {
    const item = stack.pop() as Item;
    if (seen.has(item)) continue;
    seen.add(item);
    sorted[item.layer].push(item);
    for (let i = item.below.length - 1; i >= 0; i--) stack.push(item.below[i]);
  }
  sorted.forEach((layer, i) => {
    layers[i] = layer;
    number(layer);
  });
}

function sortByNeighbours(layer: Item[], down: boolean): void {
  const wanted = new Map<Item, number>();
  for (const item of layer) {
    const neighbours = down ? item.above : item.below;
    wanted.set(item, neighbours.length === 0 ? item.order : median(neighbours.map(({ order }) => order)));
  }
  layer.sort((a, b) => (wanted.get(a) as number) - (wanted.get(b) as number) || a.order - b.order);
  number(layer);
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/** Crossings between all layers, by counting inversions (Barth, Jünger and Mutzel, 2002). */
function crossings(layers: readonly (readonly Item[])[]): number {
  let total = 0;
  for (const layer of layers) {
    const targets: number[] = [];
    for (const { below } of layer) targets.push(...below.map(({ order }) => order).sort((a, b) => a - b));
    total += inversions(targets);
  }
  return total;
}

function inversions(values: readonly number[]): number {
  let size = 1;
  for (const value of values) size = Math.max(size, value + 2);
  const tree = new Int32Array(size + 1);
  let total = 0;
  values.forEach((value, i) => {
    // how many before this one are not greater
    let notGreater = 0;
    for (let at = value + 1; at > 0; at -= at & -at) notGreater += tree[at];
    total += i - notGreater;
    for (let at = value + 1; at <= size; at += at & -at) tree[at]++;
  });
  return total;
}

// ---- coordinates

function gapBetween(a: Item, b: Item): number {
  const gap = a.passes && b.passes ? LINE_GAP : a.passes || b.passes ? (BOX_GAP + LINE_GAP) / 2 : BOX_GAP;
  return (a.width + b.width) / 2 + gap;
}

function straighten(layers: readonly (readonly Item[])[]): void {
  for (const layer of layers) {
    let x = 0;
    layer.forEach((item, i) => {
      if (i > 0) x += gapBetween(layer[i - 1], item);
      item.x = x;
    });
    const middle = x / 2;
    for (const item of layer) item.x -= middle;
  }
  for (let round = 0; round < STRAIGHT_ROUNDS; round++) {
    const down = round % 2 === 0;
    for (let i = 0; i < layers.length; i++) settle(layers[down ? i : layers.length - 1 - i], round, down);
  }
}

/**
 * Puts each item of a layer as near to its neighbours as the others allow: least squares under fixed distances, by pooling those that push each other
 * (isotonic regression).
 */
function settle(layer: readonly Item[], round: number, down: boolean): void {
  const last = round >= STRAIGHT_ROUNDS - 2;
  const offsets: number[] = [];
  const pools: { sum: number; weight: number; count: number }[] = [];
  layer.forEach((item, i) => {
    offsets.push(i === 0 ? 0 : offsets[i - 1] + gapBetween(layer[i - 1], item));
    const neighbours = last ? [...item.above, ...item.below] : down ? item.above : item.below;
    let sum = 0;
    let weight = 0;
    for (const other of neighbours) {
      const w = item.passes && other.passes ? PASSING : item.passes || other.passes ? 2 : 1;
      sum += w * other.x;
      weight += w;
    }
    // what has no neighbours there stays, if nobody pushes it
    if (weight === 0) [sum, weight] = [item.x * 0.1, 0.1];
    let pool = { sum: sum - weight * offsets[i], weight, count: 1 };
    while (pools.length > 0) {
      const before = pools[pools.length - 1];
      if (before.sum / before.weight <= pool.sum / pool.weight) break;
      pools.pop();
      pool = { sum: before.sum + pool.sum, weight: before.weight + pool.weight, count: before.count + pool.count };
    }
    pools.push(pool);
  });
  let i = 0;
  for (const { sum, weight, count } of pools) {
    for (let k = 0; k < count; k++, i++) layer[i].x = sum / weight + offsets[i];
  }
}

function place(
  boxes: readonly Box[],
  items: readonly Item[],
  ends: readonly { from: number; to: number }[],
  chains: readonly (readonly Item[])[],
  layers: readonly (readonly Item[])[],
): Layout {
  const left = Math.min(0, ...layers.flat().map(({ x, width }) => x - width / 2)) - MARGIN;
  const right = Math.max(0, ...layers.flat().map(({ x, width }) => x + width / 2)) + MARGIN;
  const tops: number[] = [];
  const heights = layers.map((layer) => Math.max(0, ...layer.map(({ height }) => height)));
  let y = MARGIN;
  layers.forEach((layer, i) => {
    tops.push(y);
    const turns = layer.reduce((sum, { below }) => sum + below.length, 0);
    y += heights[i] + LAYER_GAP + TURN_GAP * Math.min(turns, MOST_TURNS);
  });
  const ports = findPorts(items, ends, chains);
  const lines = chains.map((chain, i) => {
    if (chain.length === 0) return ends[i].from < 0 || ends[i].to < 0 ? [] : selfLine(items[ends[i].from], tops, left);
    const down = chain[0].layer < chain[chain.length - 1].layer;
    const points: Point[] = [];
    chain.forEach((item, k) => {
      const top = tops[item.layer];
      const bottom = top + heights[item.layer];
      if (k === 0) points.push({ x: ports[i].from - left, y: top + item.height });
      else if (k === chain.length - 1) points.push({ x: ports[i].to - left, y: top });
      else {
        const x = item.x - left;
        points.push({ x, y: down ? top : bottom }, { x, y: down ? bottom : top });
      }
    });
    return points;
  });
  return {
    boxes: boxes.map((box, i) => ({
      ...box,
      x: items[i].x - items[i].width / 2 - left,
      y: tops[items[i].layer],
      layer: items[i].layer,
    })),
    lines,
    width: right - left,
    height: y + MARGIN - LAYER_GAP,
  };
}

/** Where on the edges of boxes lines begin and end: side by side, in the order of what they lead to. */
function findPorts(
  items: readonly Item[],
  ends: readonly { from: number; to: number }[],
  chains: readonly (readonly Item[])[],
): { from: number; to: number }[] {
  const ports = ends.map(() => ({ from: 0, to: 0 }));
  const spread = (side: 'from' | 'to'): void => {
    const byItem = new Map<number, { line: number; x: number }[]>();
    chains.forEach((chain, line) => {
      if (chain.length === 0) return;
      const next = side === 'from' ? chain[1] : chain[chain.length - 2];
      const list = byItem.get(ends[line][side]) ?? [];
      list.push({ line, x: next.x });
      byItem.set(ends[line][side], list);
    });
    for (const [at, list] of byItem) {
      const { x, width } = items[at];
      list.sort((a, b) => a.x - b.x);
      list.forEach(({ line }, i) => {
        ports[line][side] = x - width / 2 + (width * (i + 1)) / (list.length + 1);
      });
    }
  };
  spread('from');
  spread('to');
  return ports;
}

/** A line from a box to itself: around its right side. */
function selfLine(item: Item, tops: readonly number[], left: number): Point[] {
  const right = item.x + item.width / 2 - left;
  const top = tops[item.layer];
  const out = right + LINE_GAP;
  return [
    { x: right - 20, y: top + item.height },
    { x: right - 20, y: top + item.height + 12 },
    { x: out, y: top + item.height + 12 },
    { x: out, y: top - 12 },
    { x: right - 20, y: top - 12 },
    { x: right - 20, y: top },
  ];
}
