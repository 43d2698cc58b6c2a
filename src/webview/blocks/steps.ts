/** Where the arrow keys lead in a graph that is laid out: along edges, and from side to side. */
import type { BlockGraph } from '../../protocol/views/blocks.js';
import { neighbours } from './boxes.js';
import type { PlacedBox } from './layout.js';

type Box = Pick<PlacedBox, 'x' | 'width' | 'layer'> & { readonly id: number };

/** Of the two one is 0: right is 1, down is 1. */
export type Direction = readonly [x: number, y: number];

const middle = ({ x, width }: Pick<PlacedBox, 'x' | 'width'>): number => x + width / 2;

/**
 * Down and up along an edge, the one that goes most straight, ahead rather than back; left and right to the next block of the same layer.
 * @returns undefined where nothing is
 */
export function stepFrom<B extends Box>(
  from: B,
  boxes: ReadonlyMap<number, B>,
  graph: Pick<BlockGraph, 'edges'>,
  [x, y]: Direction,
): B | undefined {
  const far = (box: B): number => Math.abs(middle(box) - middle(from));
  let reached: B[];
  if (y !== 0) {
    const { out, into } = neighbours(graph, from.id);
    const ends = (y > 0 ? out : into).map(({ id }) => boxes.get(id)).filter((box) => box !== undefined);
    const others = ends.filter((box) => box !== from);
    const ahead = others.filter((box) => (y > 0 ? box.layer > from.layer : box.layer < from.layer));
    reached = ahead.length > 0 ? ahead : others;
  } else {
    const beside = (box: B): boolean => box.layer === from.layer && Math.sign(middle(box) - middle(from)) === x;
    reached = [...boxes.values()].filter(beside);
  }
  return reached.sort((a, b) => far(a) - far(b)).at(0);
}
