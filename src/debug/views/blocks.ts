/**
 * The panel "Blocks": the graph of scanned code around the PC or an address, and how often its blocks execute while somebody looks. Keeps the graph of
 * its last answer, so that looking again costs no more than its counters.
 */
import type { Coverage } from '../../arm/coverage.js';
import { PatchKind } from '../../arm/engine.js';
import { Fact } from '../../isa/row.js';
import type { CountedPlace } from '../../vmm/execution-counts.js';
import type { Hypervisor } from '../../vmm/hypervisor.js';
import type { Site } from '../../vmm/sites.js';
import { hasFact } from '../code.js';
import type { SymbolTable } from '../symbols.js';
import { GraphBuilder, type CodeGraph, type GraphEdge, type GraphNode, type GraphScope } from './code-graph.js';
import { canCount, mayFault, placeOf, ScannedCode, type Line } from './scanned-code.js';
import { siteKey, type SiteKind } from './sites.js';
import type { BlocksQuery, BlocksAnswer, BlockGraph, BlockReference, BlockLine } from '../../protocol/views/blocks.js';

const LARGEST_GRAPH = 500;
const KINDS = Object.keys(PatchKind) as SiteKind[];
const UNKNOWN = -1;

/** How often something executed since the counting began. */
type Counter = () => number;

interface Shown {
  readonly graph: CodeGraph;
  readonly center: number;
  readonly scope: GraphScope;
  readonly most: number;
  readonly version: number;
  /** What the map of the analysis said of the graph's pages, and of targets that were seen. */
  readonly stamp: string;
}

/** `undefined`: not known. */
type Count = Counter | undefined;

interface Counters {
  /** What they were made for. */
  readonly graph: CodeGraph;
  readonly version: number;
  /** By index of a node, and by its number. */
  readonly nodes: readonly Count[];
  readonly branches: ReadonlyMap<number, Count>;
}

export class BlockView {
  readonly code: ScannedCode;
  private shown: Shown | undefined;
  private versions = 0;
  private counters: Counters | undefined;
  /** Hits of sites when their counting began. */
  private bases = new Map<Site, number>();
  /** Instruction counts at which counting began, by number of a node. */
  private begun = new Map<number, number>();

  constructor(
    private readonly hypervisor: Hypervisor,
    private readonly symbols: SymbolTable,
  ) {
    this.code = new ScannedCode(hypervisor, symbols);
  }

  ask(query: BlocksQuery): BlocksAnswer {
    const { hypervisor } = this;
    const { cpu } = hypervisor;
    hypervisor.machine.engine.flushCounters();
    const pc = cpu.instructionAddress() >>> 0;
    const user = !cpu.CurrentModeIsNotUser();
    const stays = query.stay === true && this.shown !== undefined;
    const unfinished = !stays && (this.code.learn() || this.show(query, pc, user));
    const { shown } = this;
    const { coverage } = hypervisor.machine;
    if (coverage !== undefined) this.countByCoverage(shown?.graph, coverage);
    else if (query.counting && !unfinished) this.count(shown?.graph);
    else if (!query.counting) this.stopCounting();
    const pcSymbol = this.symbols.describe(pc);
    return {
      version: shown?.version ?? 0,
      ...(shown && shown.version !== query.known && { graph: this.describe(shown.graph) }),
      more: unfinished,
      ...(!shown && !unfinished && { none: this.whyNone(query.address ?? pc) }),
      center: shown?.center ?? query.address ?? pc,
      pc,
      ...(pcSymbol !== undefined && { pcSymbol }),
      pcNode: shown && !user ? nodeAt(shown.graph, this.placeOf(pc)) || stubAt(shown.graph, pc) : 0,
      pcScanned: this.isScanned(pc),
      user,
      ...this.countsOf(shown?.graph),
    };
  }

  /** Nobody looks any more: nothing is counted on their behalf. */
  stopCounting(): void {
    this.hypervisor.patcher.counts.clear();
    this.counters = undefined;
    this.bases.clear();
    this.begun.clear();
  }

  // ---- the graph

  /** Brings what is shown up to date. Returns whether that takes another question. */
  private show({ address, scope, most: wanted }: BlocksQuery, pc: number, user: boolean): boolean {
    const most = Math.min(wanted, LARGEST_GRAPH);
    const kept = this.shown?.scope === scope && this.shown.most === most ? this.shown : undefined;
    const follows = address === undefined;
    // a graph that the PC has not left stays; user code has none of its own
    const within = kept !== undefined && (nodeAt(kept.graph, this.placeOf(pc)) || stubAt(kept.graph, pc)) !== 0;
    const stays = kept !== undefined && follows && (user || within);
    if (follows && user && !stays) return false;
    const center = stays ? kept.center : (address ?? pc) >>> 0;
    if (kept?.center === center && kept.stamp === this.stampOf(kept.graph)) return false;
    const builder = new GraphBuilder(this.hypervisor, this.code, this.symbols, { gva: center, scope, most });
    const graph = builder.build(center === pc && !user ? (this.hypervisor.cpu.thumb() ? 1 : 0) : undefined);
    if (graph?.unfinished === true) return true;
    if (graph !== undefined) {
      const same = this.shown !== undefined && likeness(this.shown.graph) === likeness(graph);
      const version = same && this.shown ? this.shown.version : ++this.versions;
      this.shown = { graph, center, scope, most, version, stamp: this.stampOf(graph) };
    } else if (!follows || kept === undefined) this.shown = undefined;
    return false;
  }

  private stampOf({ pages }: CodeGraph): string {
    const { map } = this.hypervisor.patcher;
    return `${map.targetsSeen};${pages.map((pa) => map.pageVersion(pa)).join(',')}`;
  }

  /** Physical address and state of an instruction, as one number; -1 where there is none. */
  private placeOf(gva: number): number {
    const pa = this.hypervisor.codePlace(gva);
    return pa < 0 ? -1 : pa * 2 + (this.hypervisor.cpu.thumb() ? 1 : 0);
  }

  private isScanned(gva: number): boolean {
    const pa = this.hypervisor.codePlace(gva);
    return pa >= 0 && this.code.blockAt(pa, this.hypervisor.cpu.thumb() ? 1 : 0) !== undefined;
  }

  private whyNone(address: number): 'unmapped' | 'unscanned' {
    return this.hypervisor.codePlace(address) < 0 ? 'unmapped' : 'unscanned';
  }

  private describe({ nodes, stubs, edges, cut }: CodeGraph): BlockGraph {
    const named = (address: number): BlockReference => this.code.named(address);
    return {
      nodes: nodes.map(({ id, gva, thumb, lines, calls, from }) => ({
        id,
        ...named(gva),
        isa: thumb === 0 ? 'ARM' : 'Thumb',
        lines: lines.map(describeLine),
        calls: calls.map(named),
        from: from.map(named),
      })),
      stubs: stubs.map(({ id, kind, gva }) => ({ id, kind, ...(gva !== undefined && named(gva)) })),
      edges: edges.map(({ from, to, kind }) => ({ from, to, kind })),
      cut,
    };
  }

  // ---- counts

  /** Counts the blocks of a graph, and its conditional branches, from now on. */
  private count(graph: CodeGraph | undefined): void {
    const { counts } = this.hypervisor.patcher;
    if (graph === undefined) {
      this.stopCounting();
      return;
    }
    const { version } = this.hypervisor.patcher.map;
    if (this.counters?.graph === graph && this.counters.version === version) return;
    const now = this.hypervisor.machine.clock.instructions();
    this.begun = new Map(graph.nodes.map(({ id }) => [id, this.begun.get(id) ?? now]));
    const lines = graph.nodes.map(countedLine);
    const branches = graph.nodes.map(conditionalBranch);
    const places: CountedPlace[] = [...lines, ...branches]
      .filter((line) => line !== undefined)
      .filter(({ site }) => site === undefined)
      .map(placeOf);
    counts.watch(places);
    const bases = new Map<Site, number>();
    for (const { site } of [...lines, ...branches].filter((line) => line !== undefined)) {
      if (site !== undefined) bases.set(site, this.bases.get(site) ?? hitsOf(site));
    }
    this.bases = bases;
    this.counters = {
      graph,
      version,
      nodes: lines.map((line) => line && this.counterOf(line)),
      branches: new Map(graph.nodes.map(({ id }, i) => [id, branches[i] && this.counterOf(branches[i])])),
    };
  }

  /** Where the launch has everything counted, that is what is shown: all of the run, at no further cost. */
  private countByCoverage(graph: CodeGraph | undefined, coverage: Coverage): void {
    if (graph === undefined || this.counters?.graph === graph) return;
    const last = ({ lines }: GraphNode): Line => lines[lines.length - 1];
    const passed = (node: GraphNode) => (): number => {
      const { reached, failed } = coverage.at(last(node).instruction.address, node.thumb);
      return reached - failed;
    };
    this.begun = new Map(graph.nodes.map(({ id }) => [id, 0]));
    this.counters = {
      graph,
      version: 0,
      nodes: graph.nodes.map(
        ({ gva, thumb }) =>
          () =>
            coverage.at(gva, thumb).reached,
      ),
      branches: new Map(
        graph.nodes.map((node) => [node.id, conditionalBranch(node) === undefined ? undefined : passed(node)]),
      ),
    };
  }

  private counterOf({ site, pa, instruction }: Line): Counter {
    const thumb = instruction.isa === 'A32' ? 0 : 1;
    const { counts } = this.hypervisor.patcher;
    if (site === undefined) return () => counts.at(pa, thumb) ?? 0;
    const base = this.bases.get(site) ?? 0;
    return () => hitsOf(site) - base;
  }

  private countsOf(graph: CodeGraph | undefined): Pick<BlocksAnswer, 'counts' | 'taken' | 'since' | 'later'> {
    if (graph === undefined) return { counts: [], taken: [] };
    const { counters } = this;
    const value = (counter: Count): number => (counter === undefined ? UNKNOWN : counter());
    const now = this.hypervisor.machine.clock.instructions();
    // nothing has run since: that is not the same as never
    const isNew = ({ id }: GraphNode): boolean => this.begun.get(id) === now;
    const counts =
      counters === undefined
        ? graph.nodes.map(knownCount)
        : graph.nodes.map((node, i) => (isNew(node) ? UNKNOWN : value(counters.nodes[i])));
    const byNode = new Map(graph.nodes.map(({ id }, i) => [id, counts[i]]));
    const leaving = new Map<number, number>();
    for (const { from } of graph.edges) leaving.set(from, (leaving.get(from) ?? 0) + 1);
    const taken = graph.edges.map((edge) => {
      const whole = byNode.get(edge.from) ?? UNKNOWN;
      if (edge.seen !== undefined) return seenCount(edge);
      if (edge.kind === 'returned to') return UNKNOWN;
      const branch = counters?.branches.get(edge.from);
      if (branch === undefined) return leaving.get(edge.from) === 1 ? whole : UNKNOWN;
      if (whole < 0) return UNKNOWN;
      return edge.kind === 'not taken' ? Math.max(0, whole - value(branch)) : value(branch);
    });
    if (counters === undefined) return { counts, taken };
    const begun = [...this.begun.values()];
    const since = begun.reduce((least, at) => Math.min(least, at), now);
    return { counts, taken, since, later: begun.filter((at) => at > since).length };
  }
}

/** Equal for graphs that look the same. */
function likeness({ nodes, stubs, edges, cut }: CodeGraph): string {
  return JSON.stringify([
    cut,
    nodes.map(({ id, lines, calls, from }) => [
      id,
      lines.length,
      lines.map(({ site }) => site && siteKey(site)),
      calls,
      from,
    ]),
    stubs.map(({ kind, gva }) => [kind, gva]),
    edges.map(({ from, to, kind }) => [from, to, kind]),
  ]);
}

/** The node that holds an instruction, by its physical address and state; 0 if none does. */
function nodeAt({ nodes }: CodeGraph, place: number): number {
  const holds = ({ id, lines }: GraphNode): boolean =>
    (id & 1) === (place & 1) && lines.some(({ pa }) => pa === Math.floor(place / 2));
  return place < 0 ? 0 : (nodes.find(holds)?.id ?? 0);
}

/** The stub that stands for an address that was not reached yet; 0 if none does. */
function stubAt({ stubs }: CodeGraph, address: number): number {
  return stubs.find(({ kind, gva }) => kind === 'unscanned' && gva === address)?.id ?? 0;
}

function describeLine({ instruction, text, cls, site }: Line): BlockLine {
  const kind = site && (KINDS.find((name) => PatchKind[name] === site.patch.kind) as SiteKind);
  return {
    address: instruction.address,
    text,
    cls,
    ...(site !== undefined && kind !== undefined && { site: { key: siteKey(site), kind } }),
  };
}

function hitsOf({ hits, patch }: Site): number {
  return hits + patch.count;
}

/** The line whose executions are those of the node: one that always executes, once at a time. */
function countedLine({ lines }: GraphNode): Line | undefined {
  const always = lines.filter((line) => line.always && canCount(line));
  return (
    always.find(({ site }) => site !== undefined) ?? always.find((line) => !mayFault(line)) ?? always.find(() => true)
  );
}

/** A conditional branch at the end of a node: its executions are those in which it was taken. */
function conditionalBranch({ lines }: GraphNode): Line | undefined {
  const last = lines.at(-1);
  return last !== undefined && !last.always && canCount(last) && hasFact(last.instruction, Fact.branch)
    ? last
    : undefined;
}

/** What is known of a node without counting: the hits of a site that always executes, since it was scanned. */
function knownCount({ lines }: GraphNode): number {
  const site = lines.find((line) => line.always && line.site !== undefined)?.site;
  return site === undefined ? UNKNOWN : hitsOf(site);
}

function seenCount({ seen }: GraphEdge): number {
  return seen?.site.targets?.all().find(({ gva }) => gva === seen.gva)?.count ?? UNKNOWN;
}
