/**
 * The control flow graph of scanned code around a place: scanned blocks, cut where branches lead into them, nearest first, with the edges between them
 * and what lies beyond. Knows no counts and no drawing.
 */
import type { Hypervisor } from '../../vmm/hypervisor.js';
import type { Block, Site } from '../../vmm/sites.js';
import { successors, type Edge, type EdgeKind } from '../../vmm/successors.js';
import type { SymbolTable } from '../symbols.js';
import type { AddressRange } from '../module.js';
import type { Line, ScannedBlock, ScannedCode } from './scanned-code.js';

/** How control gets from one block to another; `indirect`: to a target that was seen, of a branch that does not name it. */
export type GraphEdgeKind = EdgeKind | 'indirect';
/** Where a graph ends: code that was not reached yet, code outside of what was asked for, a target that nobody knows. */
export type StubKind = 'unscanned' | 'elsewhere' | 'unknown';
export type GraphScope = 'function' | 'calls';

/** A scanned block, or a part of one, with one entry. */
export interface GraphNode {
  /** Of its place in memory and its state. */
  readonly id: number;
  readonly gva: number;
  readonly thumb: number;
  readonly lines: readonly Line[];
  /** Where its last instruction calls to. */
  readonly calls: readonly number[];
  /** Instructions outside of the graph that lead here, the first few. */
  readonly from: readonly number[];
}

export interface GraphStub {
  /** Negative. */
  readonly id: number;
  readonly kind: StubKind;
  readonly gva: number | undefined;
}

export interface GraphEdge {
  readonly from: number;
  readonly to: number;
  readonly kind: GraphEdgeKind;
  /** The site at which this edge was seen to be taken, and how often. */
  readonly seen?: { readonly site: Site; readonly gva: number };
}

export interface CodeGraph {
  /** The first is the one in the middle. */
  readonly nodes: readonly GraphNode[];
  readonly stubs: readonly GraphStub[];
  readonly edges: readonly GraphEdge[];
  /** There is more than was asked for. */
  readonly cut: boolean;
  /** Pages of memory, by an address in each, whose analysis decides on this graph. */
  readonly pages: readonly number[];
  /** It took too long: what was found of blocks is kept, so that the next try gets further. */
  readonly unfinished: boolean;
}

export interface GraphRequest {
  readonly gva: number;
  readonly scope: GraphScope;
  /** Nodes at most. */
  readonly most: number;
}

const PAGE = 0x1000;
/** Instructions that may be disassembled for one graph at a time: some milliseconds' worth. */
const COST_LIMIT = 150;
/** Of what leads into a node from outside. */
const MOST_SOURCES = 8;

/** A part of a block with one entry. */
interface Part {
  readonly id: number;
  readonly gva: number;
  readonly scanned: ScannedBlock;
  readonly lines: readonly Line[];
  /** What follows in the same block. */
  next: Part | undefined;
}

/** A block from whose end control may come. */
interface Source {
  readonly block: Block;
  readonly kind: EdgeKind;
  readonly isReturn: boolean;
}

/** Guest virtual address of the instruction that ends a block, or of what follows where it runs on. */
function lastAddress({ gva, length, end }: Block): number {
  return (gva + (end === undefined ? length : end.offset)) >>> 0;
}

/** One graph in the making. */
export class GraphBuilder {
  private readonly parts = new Map<Block, readonly Part[]>();
  /** Physical page by virtual page. */
  private readonly translations = new Map<number, number>();
  private readonly pages = new Map<number, number>();
  private readonly extent: AddressRange | undefined;

  constructor(
    private readonly hypervisor: Hypervisor,
    private readonly code: ScannedCode,
    symbols: SymbolTable,
    private readonly request: GraphRequest,
  ) {
    const { gva } = request;
    // labels in a function end nothing
    const around = symbols.all.find(
      ({ kind, address, size }) => kind === 'function' && gva >= address && gva < address + size,
    );
    this.extent = around && { start: around.address, end: around.address + around.size };
  }

  /** undefined if no scanned code is there, and none leads there. */
  build(thumb: number | undefined): CodeGraph | undefined {
    const { code, request } = this;
    const states = thumb === undefined ? [0, 1] : [thumb];
    const start =
      states.map((state) => this.partAt(request.gva, state)).find((part) => part !== undefined) ??
      states.map((state) => this.partBefore(request.gva, state)).find((part) => part !== undefined);
    if (start === undefined) return undefined;
    code.resetCost();
    const found = new Map<number, Part>([[start.id, start]]);
    const queue = [start];
    let cut = false;
    let unfinished = false;
    for (const part of queue) {
      if (code.cost > COST_LIMIT) {
        unfinished = true;
        break;
      }
      for (const other of [...this.behind(part), ...this.before(part)]) {
        if (found.has(other.id)) continue;
        if (found.size >= request.most) {
          cut = true;
          continue;
        }
        found.set(other.id, other);
        queue.push(other);
      }
    }
    return { ...this.assemble([...found.values()], found), cut, unfinished, pages: [...this.pages.values()] };
  }

  // ---- places

  /** Physical address of code, as the tables are now; in the page of a block, as when it was scanned. */
  private place(gva: number, near?: Block): number {
    if (near !== undefined && gva >>> 12 === near.gva >>> 12) return near.pa + (gva - near.gva);
    const page = gva >>> 12;
    let pa = this.translations.get(page);
    if (pa === undefined) this.translations.set(page, (pa = this.hypervisor.codePlace((gva & -PAGE) >>> 0)));
    return pa < 0 ? -1 : pa + (gva & (PAGE - 1));
  }

  private blockAt(gva: number, thumb: number, near?: Block): Block | undefined {
    const pa = this.place(gva, near);
    if (pa < 0) return undefined;
    this.pages.set(Math.floor(pa / PAGE), pa);
    return this.code.blockAt(pa, thumb);
  }

  private partAt(gva: number, thumb: number, near?: Block): Part | undefined {
    const block = this.blockAt(gva, thumb, near);
    if (block === undefined) return undefined;
    const pa = this.place(gva, near);
    return this.partsOf(block)
      .filter((part) => part.lines[0].pa <= pa)
      .at(-1);
  }

  /** A part that leads to code which was not reached yet. */
  private partBefore(gva: number, thumb: number): Part | undefined {
    const pa = this.place(gva);
    const source = pa < 0 ? undefined : this.sourcesOf(gva, thumb, pa).next().value;
    return source === undefined ? undefined : this.partsOf(source.block).at(-1);
  }

  /** A block cut where something leads into it. */
  private partsOf(block: Block): readonly Part[] {
    let known = this.parts.get(block);
    if (known !== undefined) return known;
    const scanned = this.code.of(block);
    const parts: Part[] = [];
    let lines: Line[] = [];
    for (const line of scanned.lines) {
      if (lines.length === 0 || this.isEntered(block, line)) {
        lines = [];
        const { address } = line.instruction;
        const part: Part = { id: line.pa * 2 + block.thumb, gva: address, scanned, lines, next: undefined };
        const last = parts.at(-1);
        if (last !== undefined) last.next = part;
        parts.push(part);
      }
      lines.push(line);
    }
    this.parts.set(block, (known = parts));
    return known;
  }

  private isEntered(block: Block, { instruction: { address }, pa }: Line): boolean {
    return this.sourcesOf(address, block.thumb, pa).next().done !== true;
  }

  // ---- edges

  /** Where control goes from the end of a part. */
  private edgesOf(part: Part): readonly (Edge & { readonly seen?: Site })[] {
    const { block, edges } = part.scanned;
    if (part.next !== undefined) return [{ kind: 'runs on', gva: part.next.gva, thumb: block.thumb }];
    const site = part.lines.at(-1)?.site;
    return edges.flatMap((edge) => {
      if (edge.gva !== undefined || site === undefined) return [edge];
      const seen = this.targetsOf(site).map(({ gva, thumb }) => ({ kind: edge.kind, gva, thumb, seen: site }));
      return seen.length > 0 ? seen : [edge];
    });
  }

  private targetsOf(site: Site): readonly { readonly gva: number; readonly thumb: number }[] {
    return site.targets?.all() ?? [];
  }

  /**
   * Whether an edge is followed: calls and returns where that is asked for, others up to where the function ends.
   * @param end the one of its two ends that is not in the graph yet
   */
  private follows(kind: EdgeKind, isReturn: boolean, end: number): boolean {
    const { scope } = this.request;
    if (scope === 'calls') return true;
    if (kind === 'called' || isReturn) return false;
    return this.extent === undefined || (end >= this.extent.start && end < this.extent.end);
  }

  /** Whether control that was seen to go to an address returned there: it stands behind a call. */
  private isReturn(gva: number): boolean {
    const behindCall = (block: Block): boolean =>
      successors(block).some((edge) => edge.kind === 'returned to' && edge.gva === gva);
    return this.code.into(gva).some(behindCall);
  }

  private behind(part: Part): Part[] {
    const found: Part[] = [];
    for (const { kind, gva, thumb, seen } of this.edgesOf(part)) {
      if (gva === undefined || !this.follows(kind, seen !== undefined && this.isReturn(gva), gva)) continue;
      const other = this.partAt(gva, thumb ?? part.scanned.block.thumb, part.scanned.block);
      if (other !== undefined) found.push(other);
    }
    return found;
  }

  /** Blocks from whose end control may go to a place, as far as can be told without disassembling them. */
  private *sourcesOf(gva: number, thumb: number, pa: number): Generator<Source, undefined> {
    const { code } = this;
    const leads = (edge: Pick<Edge, 'gva' | 'thumb'>, from: Block): boolean =>
      edge.gva === gva && (edge.thumb ?? from.thumb) === thumb && this.place(gva, from) === pa;
    for (const block of code.into(gva)) {
      const edge = successors(block, block.thumb !== 0).find((candidate) => leads(candidate, block));
      if (edge !== undefined) yield { block, kind: edge.kind, isReturn: false };
    }
    for (const site of code.seenInto(gva)) {
      if (this.targetsOf(site).some((target) => leads(target, site.block))) {
        yield { block: site.block, kind: successors(site.block)[0].kind, isReturn: this.isReturn(gva) };
      }
    }
  }

  private sources({ gva, lines: [first], scanned }: Part): Source[] {
    const all = [...this.sourcesOf(gva, scanned.block.thumb, first.pa)];
    return all.filter(({ block }, i) => all.findIndex((other) => other.block === block) === i);
  }

  /** Parts of the same function from which control may come. */
  private before(part: Part): Part[] {
    const { block } = part.scanned;
    const own = this.partsOf(block).find(({ next }) => next === part);
    const found = own ? [own] : [];
    for (const source of this.sources(part)) {
      if (!this.follows(source.kind, source.isReturn, lastAddress(source.block))) continue;
      // what would have to be disassembled waits for the next try
      if (this.code.cost > COST_LIMIT && !this.code.knows(source.block)) continue;
      const last = this.partsOf(source.block).at(-1);
      if (last !== undefined && this.edgesOf(last).some(({ gva }) => gva === part.gva)) found.push(last);
    }
    return found;
  }

  // ---- the whole

  private assemble(
    parts: readonly Part[],
    found: ReadonlyMap<number, Part>,
  ): Pick<CodeGraph, 'nodes' | 'stubs' | 'edges'> {
    const edges: GraphEdge[] = [];
    const stubs = new Map<string, GraphStub>();
    /** Blocks of which the end is in the graph. */
    const ended = new Set(parts.filter(({ next }) => next === undefined).map(({ scanned }) => scanned.block));
    const nodes = parts.map((part) => {
      const calls: number[] = [];
      for (const edge of this.edgesOf(part)) {
        const target = this.endOf(part, edge, found, stubs);
        if (target === undefined) calls.push(...(edge.gva === undefined ? [] : [edge.gva]));
        else edges.push({ from: part.id, ...target });
      }
      const from = this.sources(part)
        .filter(({ block, kind }) => !ended.has(block) || !this.isDrawn(kind))
        .slice(0, MOST_SOURCES)
        .map(({ block }) => lastAddress(block));
      return { id: part.id, gva: part.gva, thumb: part.scanned.block.thumb, lines: part.lines, calls, from };
    });
    return { nodes, edges, stubs: [...stubs.values()] };
  }

  /** Calls are drawn only where called functions are shown. */
  private isDrawn(kind: EdgeKind): boolean {
    return kind !== 'called' || this.request.scope === 'calls';
  }

  /** What an edge ends at; undefined for one that is not drawn. */
  private endOf(
    part: Part,
    { kind, gva, thumb, seen }: Edge & { readonly seen?: Site },
    found: ReadonlyMap<number, Part>,
    stubs: Map<string, GraphStub>,
  ): Omit<GraphEdge, 'from'> | undefined {
    if (!this.isDrawn(kind)) return undefined;
    const { block } = part.scanned;
    const there = gva === undefined ? undefined : this.blockAt(gva, thumb ?? block.thumb, block);
    // what is not in the graph need not be disassembled
    const target =
      gva === undefined || !there || !this.parts.has(there) ? undefined : this.partAt(gva, there.thumb, block);
    const shown: GraphEdgeKind = seen === undefined ? kind : 'indirect';
    const more = seen !== undefined && gva !== undefined ? { seen: { site: seen, gva } } : {};
    if (target !== undefined && found.has(target.id) && target.gva === gva)
      return { to: target.id, kind: shown, ...more };
    const stubKind: StubKind = gva === undefined ? 'unknown' : there === undefined ? 'unscanned' : 'elsewhere';
    // an unknown target is each branch's own
    const key = gva === undefined ? `of ${part.id}` : `${stubKind} ${gva}`;
    let stub = stubs.get(key);
    if (stub === undefined) stubs.set(key, (stub = { id: -1 - stubs.size, kind: stubKind, gva }));
    return { to: stub.id, kind: shown, ...more };
  }
}
