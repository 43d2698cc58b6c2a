/** The blocks of a graph as rows of a table: the same in text. */
import { nothing } from 'lit';
import type { BlockGraph, BlockNode } from '../../protocol/views/blocks.js';
import { hex32 } from '../../util/bits.js';
import { full } from '../common/format.js';
import type { Column, Order } from '../common/table.js';
import { neighbours } from './boxes.js';
import { classSign, EDGES } from './signs.js';

export interface BlockRow {
  readonly node: BlockNode;
  /** -1 where it is not known. */
  readonly count: number;
  readonly sites: number;
  readonly ends: string;
  readonly goes: string;
}

function rowsOf(graph: BlockGraph, counts: readonly number[]): BlockRow[] {
  const titles = new Map<number, string>([
    ...graph.nodes.map(({ id, address }): [number, string] => [id, hex32(address)]),
    ...graph.stubs.map(({ id, address }): [number, string] => [id, address === undefined ? '?' : hex32(address)]),
  ]);
  return graph.nodes.map((node, i) => ({
    node,
    count: counts[i] ?? -1,
    sites: node.lines.filter(({ site }) => site !== undefined).length,
    ends: node.lines.at(-1)?.text ?? '',
    goes: neighbours(graph, node.id)
      .out.map(({ id, edge }) => `${EDGES[graph.edges[edge].kind].out} ${titles.get(id) ?? ''}`)
      .join(', '),
  }));
}

function keyOf({ node, count, sites }: BlockRow, column: string): number | string {
  switch (column) {
    case 'symbol':
      return node.symbol ?? '';
    case 'count':
      return count;
    case 'sites':
      return sites;
    case 'size':
      return node.lines.length;
    default:
      return node.address;
  }
}

export function sortBlocks(graph: BlockGraph, counts: readonly number[], { column, descending }: Order): BlockRow[] {
  const sign = descending ? -1 : 1;
  return rowsOf(graph, counts)
    .map((row) => ({ row, key: keyOf(row, column) }))
    .sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : a.row.node.address - b.row.node.address))
    .map(({ row }) => row);
}

export const blockColumns: readonly Column<BlockRow>[] = [
  {
    id: 'address',
    title: 'Address',
    width: '11ch',
    mono: true,
    sortable: true,
    draw: ({ node }) => hex32(node.address),
  },
  {
    id: 'symbol',
    title: 'Symbol',
    width: 'minmax(10ch, 1fr)',
    sortable: true,
    from: 420,
    draw: ({ node }) => node.symbol ?? '',
  },
  {
    id: 'count',
    title: 'Executed',
    width: '11ch',
    numeric: true,
    sortable: true,
    draw: ({ count }) => (count < 0 ? nothing : full(count)),
  },
  {
    id: 'size',
    title: 'Instructions',
    width: '11ch',
    numeric: true,
    sortable: true,
    from: 520,
    draw: ({ node }) => full(node.lines.length),
  },
  {
    id: 'sites',
    title: 'Sites',
    width: '12ch',
    sortable: true,
    draw: ({ node }) =>
      node.lines
        .filter(({ site }) => site !== undefined)
        .map(({ cls }) => classSign(cls).letters)
        .join(' '),
  },
  { id: 'ends', title: 'Ends with', width: 'minmax(16ch, 1.2fr)', mono: true, from: 640, draw: ({ ends }) => ends },
  { id: 'goes', title: 'Goes on', width: 'minmax(20ch, 2fr)', draw: ({ goes }) => goes },
];
