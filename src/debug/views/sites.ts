/**
 * The callback sites as a table: narrowed, in the order that is asked for, cut to what is seen. Keeps the texts of sites and the order of its last answer,
 * so that looking again costs little where little has changed. Counts nothing itself.
 */
import { exitClasses } from '../../vmm/classes.js';
import type { Hypervisor } from '../../vmm/hypervisor.js';
import { verdicts, type Verdict } from '../../vmm/records.js';
import type { Site } from '../../vmm/sites.js';
import { PatchKind } from '../../arm/engine.js';
import { wordText } from '../code.js';
import { instructionText } from '../disassembler.js';
import type { SymbolTable } from '../symbols.js';
import type { SiteQuery, SitePage, SiteDetail, SiteInfo, SiteColumn } from '../../protocol/views/sites.js';
import { hex32 } from '../../util/bits.js';

/** How a site is planted: as a trap, as a branch that runs and is counted, or as a call of the arbiter without an exception. */
export type SiteKind = keyof typeof PatchKind;

/** Texts that one answer makes at most: some milliseconds' worth where each is new. */
const TEXTS_AT_ONCE = 400;

const KINDS = Object.keys(PatchKind) as SiteKind[];
const REGISTERS = [...Array.from({ length: 13 }, (_, n) => `r${n}`), 'sp', 'lr', 'pc', 'cpsr'];

/** What of a site never changes. */
interface Texts {
  readonly symbol: string | undefined;
  readonly text: string;
  /** What a filter looks at, in lower case. */
  readonly haystack: string;
}

interface Row {
  readonly site: Site;
  readonly key: number;
  texts: Texts | undefined;
  /** What it is sorted by. */
  rank: number | string;
}

/** A number for each site, by its place in memory and its state. */
export function siteKey({ patch }: Site): number {
  return patch.pa * 2 + patch.thumb;
}

function kindOf({ patch }: Site): SiteKind {
  return KINDS.find((kind) => PatchKind[kind] === patch.kind) as SiteKind;
}

export class SiteTable {
  private readonly known = new Map<number, Row>();
  private rows: Row[] = [];
  /** The version of the map of which `rows` are. */
  private version = -1;
  /** Rows before this one have their texts. */
  private prepared = 0;
  /** What matched last, in the order of that answer, and to what question. */
  private matching: Row[] = [];
  private question = '';

  /** @param hasBreakpoint whether a breakpoint of the user's lies at an address */
  constructor(
    private readonly hypervisor: Hypervisor,
    private readonly symbols: SymbolTable,
    private readonly hasBreakpoint: (address: number) => boolean,
  ) {}

  page(query: SiteQuery): SitePage {
    this.hypervisor.machine.engine.flushCounters();
    this.refresh();
    const { order, first, count, hold = false, text } = query;
    const needsTexts = text.trim() !== '' || order === 'text' || order === 'symbol';
    const pending = needsTexts ? this.prepare() : 0;
    const matching = this.select(query, pending);
    if (!hold || pending > 0) this.sort(matching, query);
    const asked = rowOf(matching, query);
    return {
      rows: matching.slice(first, first + count).map((row) => this.info(row)),
      matching: matching.length,
      total: this.rows.length,
      row: asked,
      key: matching.at(asked === -1 ? matching.length : asked)?.key ?? -1,
      pending,
    };
  }

  /** One site in full; undefined if it is not there any more. */
  detail(key: number): SiteDetail | undefined {
    this.hypervisor.machine.engine.flushCounters();
    this.refresh();
    const row = this.known.get(key);
    if (row === undefined) return undefined;
    const { site } = row;
    const { isa, patch, gva, context, targets, block } = site;
    return {
      site: this.info(row),
      plantedText: instructionText(isa, patch.planted, gva),
      context: context ? REGISTERS.map((name, n) => ({ name, value: context[n] >>> 0 })) : [],
      targets: (targets?.all() ?? []).map(({ gva: address, count }) => {
        const symbol = this.symbols.describe(address);
        return { address, ...(symbol !== undefined && { symbol }), count };
      }),
      otherTargets: targets?.others ?? 0,
      block: { address: block.gva, instructions: block.instructions },
    };
  }

  /** Brings the rows in line with the sites that there are. */
  private refresh(): void {
    const { map } = this.hypervisor.patcher;
    if (map.version === this.version) return;
    this.version = map.version;
    const { known } = this;
    this.rows = [];
    for (const site of map.allSites()) {
      const key = siteKey(site);
      let row = known.get(key);
      if (row?.site !== site) known.set(key, (row = { site, key, texts: undefined, rank: 0 }));
      this.rows.push(row);
    }
    this.prepared = 0;
    this.question = '';
    if (known.size <= this.rows.length) return;
    known.clear();
    for (const row of this.rows) known.set(row.key, row);
  }

  /** Makes some of the texts that are missing. Returns how many rows are left. */
  private prepare(): number {
    const { rows } = this;
    for (let made = 0; this.prepared < rows.length && made < TEXTS_AT_ONCE; this.prepared++) {
      const row = rows[this.prepared];
      if (row.texts !== undefined) continue;
      row.texts = this.textsOf(row.site);
      made++;
      this.question = '';
    }
    return rows.length - this.prepared;
  }

  private textsOf(site: Site): Texts {
    const { patch, gva, isa, cls } = site;
    const symbol = this.symbols.describe(gva);
    const text = instructionText(isa, patch.original, gva);
    const address = hex32(gva);
    const { id, label } = exitClasses[cls];
    const words = `${wordText(isa, patch.original)} ${wordText(isa, patch.planted)}`;
    const haystack = `${address} ${symbol ?? ''} ${text} ${words} ${id} ${label} ${kindOf(site)}`.toLowerCase();
    return { symbol, text, haystack };
  }

  /** The rows that match: those of the last answer where the question is the same. */
  private select({ text, cls }: SiteQuery, pending: number): Row[] {
    const question = JSON.stringify([text, cls]);
    if (question === this.question) return this.matching;
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = cls === undefined ? -1 : exitClasses.findIndex(({ id }) => id === cls);
    const fits = ({ site, texts }: Row): boolean =>
      (cls === undefined || site.cls === wanted) &&
      (words.length === 0 || (texts !== undefined && words.every((word) => texts.haystack.includes(word))));
    // those that were there before stay in their order
    const before = new Set(this.matching);
    const fitting = new Set(this.rows.filter(fits));
    this.matching = [
      ...this.matching.filter((row) => fitting.has(row)),
      ...[...fitting].filter((row) => !before.has(row)),
    ];
    this.question = pending > 0 ? '' : question;
    return this.matching;
  }

  /** PERF: rows that are nearly in order already cost one comparison each (the time of a question, `views.bench`). */
  private sort(rows: Row[], { order, descending }: SiteQuery): void {
    for (const row of rows) row.rank = rankOf(row, order);
    const sign = descending ? -1 : 1;
    rows.sort((a, b) => (a.rank < b.rank ? -sign : a.rank > b.rank ? sign : a.site.gva - b.site.gva || a.key - b.key));
  }

  private info(row: Row): SiteInfo {
    const { site, key } = row;
    const { patch, gva, isa, cls, hits, lastTrap } = site;
    const { symbol, text } = (row.texts ??= this.textsOf(site));
    return {
      key,
      address: gva,
      isa,
      ...(symbol !== undefined && { symbol }),
      text,
      original: wordText(isa, patch.original),
      planted: wordText(isa, patch.planted),
      kind: kindOf(site),
      cls: exitClasses[cls].id,
      hits: hits + patch.count,
      verdicts: Object.fromEntries(verdicts.map((verdict, i) => [verdict, site.verdicts[i]])) as Record<
        Verdict,
        number
      >,
      lastTrap,
      breakpoint: this.hasBreakpoint(gva),
    };
  }
}

/** Numbers and texts each among themselves. */
function rankOf({ site, texts }: Row, column: SiteColumn): number | string {
  switch (column) {
    case 'address':
      return site.gva;
    case 'hits':
      return site.hits + site.patch.count;
    case 'lastTrap':
      return site.lastTrap;
    case 'cls':
      return exitClasses[site.cls].label;
    case 'symbol':
      return texts?.symbol ?? '';
    case 'text':
      return texts?.text ?? '';
    default:
      return site.verdicts[verdicts.indexOf(column)];
  }
}

/** Of the site or of the address that a question names; -1 for none. */
function rowOf(rows: readonly Row[], { key, address }: SiteQuery): number {
  if (key !== undefined) return rows.findIndex((row) => row.key === key);
  if (address === undefined) return -1;
  return rows.findIndex(({ site }) => site.gva === address >>> 0);
}
