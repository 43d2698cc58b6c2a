/** What stands in the boxes of a graph, and how large they are. Long blocks are shortened where nothing happens. Draws nothing. */
import type { BlockGraph, BlockLine, BlockNode, BlockStub } from '../../protocol/views/blocks.js';
import { hex32 } from '../../util/bits.js';
import type { Box } from './layout.js';
import { classSign, STUBS } from './signs.js';

/** A line of a box: an instruction, or how many are left out. */
export type ShownLine = { readonly line: BlockLine } | { readonly leftOut: number };

export interface NodeBox extends Box {
  readonly node: BlockNode;
  readonly title: string;
  readonly lines: readonly ShownLine[];
  /** Below the instructions: what is called. */
  readonly footer: string;
}

export interface StubBox extends Box {
  readonly stub: BlockStub;
  readonly title: string;
  readonly note: string;
}

export type AnyBox = NodeBox | StubBox;

/** Pixels at a zoom of 1. */
export const LINE_HEIGHT = 16;
export const HEADER_HEIGHT = 20;
export const PADDING = 6;
/** Room for the sign of a class, left of the text. */
export const GUTTER = 26;
/** Room for a count, in characters. */
const COUNT_CHARACTERS = 9;

const LONGEST_TEXT = 52;
/** Lines of a box at most, and how many of a longer one stand at its start and its end. */
const MOST_LINES = 18;
const AT_START = 9;
const AT_END = 5;

export function clip(text: string, longest = LONGEST_TEXT): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** The first, the last, and every site between. */
export function shorten(lines: readonly BlockLine[]): readonly ShownLine[] {
  if (lines.length <= MOST_LINES) return lines.map((line) => ({ line }));
  const shown: ShownLine[] = [];
  let leftOut = 0;
  const flush = (): void => {
    if (leftOut > 0) shown.push({ leftOut });
    leftOut = 0;
  };
  lines.forEach((line, i) => {
    const site = line.site !== undefined && shown.length < 2 * MOST_LINES;
    if (i < AT_START || i >= lines.length - AT_END || site) {
      flush();
      shown.push({ line });
    } else leftOut++;
  });
  return shown;
}

function nameOf({ address, symbol }: { readonly address: number; readonly symbol?: string }): string {
  return symbol === undefined ? hex32(address) : `${hex32(address)} ${symbol}`;
}

export function textOfLine(shown: ShownLine): string {
  return 'line' in shown ? clip(shown.line.text) : `… ${shown.leftOut} more …`;
}

/** @param character width of a character of the monospaced font, pixels */
export function boxesOf({ nodes, stubs }: Pick<BlockGraph, 'nodes' | 'stubs'>, character: number): readonly AnyBox[] {
  const nodeBoxes = nodes.map((node): NodeBox => {
    const title = clip(nameOf(node));
    const lines = shorten(node.lines);
    const footer =
      node.calls.length === 0
        ? ''
        : clip(`calls ${node.calls.map(({ address, symbol }) => symbol ?? hex32(address)).join(', ')}`);
    const longest = Math.max(
      title.length + COUNT_CHARACTERS,
      footer.length,
      ...lines.map((line) => textOfLine(line).length),
    );
    return {
      id: node.id,
      node,
      title,
      lines,
      footer,
      width: Math.ceil(longest * character) + GUTTER + 2 * PADDING,
      height: HEADER_HEIGHT + (lines.length + (footer === '' ? 0 : 1)) * LINE_HEIGHT + 2 * PADDING,
    };
  });
  const stubBoxes = stubs.map((stub): StubBox => {
    const { id, address, symbol, kind } = stub;
    const title = address === undefined ? '?' : clip(symbol ?? hex32(address), 28);
    const note = STUBS[kind];
    const longest = Math.max(title.length, note.length);
    return {
      id,
      stub,
      title,
      note,
      width: Math.ceil(longest * character) + 4 * PADDING,
      height: 2 * LINE_HEIGHT + PADDING,
    };
  });
  return [...nodeBoxes, ...stubBoxes];
}

/** A block in a sentence, for who cannot see it. */
export function describeNode(node: BlockNode, count: number): string {
  const sites = node.lines.filter(({ site }) => site !== undefined);
  const signs = [...new Set(sites.map(({ cls }) => classSign(cls).label.toLowerCase()))];
  const what = sites.length === 0 ? 'no callback sites' : `${sites.length} callback sites (${signs.join(', ')})`;
  const executed = count < 0 ? '' : `, executed ${count.toLocaleString('en')} times`;
  return `Block ${nameOf(node)}, ${node.lines.length} instructions, ${what}${executed}`;
}

/** Where one can go from a block, and from where one comes. */
export interface Neighbour {
  readonly id: number;
  /** Index of the edge. */
  readonly edge: number;
}

export function neighbours(
  { edges }: Pick<BlockGraph, 'edges'>,
  id: number,
): { readonly out: readonly Neighbour[]; readonly into: readonly Neighbour[] } {
  const out: Neighbour[] = [];
  const into: Neighbour[] = [];
  edges.forEach(({ from, to }, edge) => {
    if (from === id) out.push({ id: to, edge });
    if (to === id) into.push({ id: from, edge });
  });
  return { out, into };
}
