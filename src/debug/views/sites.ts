/** The callback sites as a table: a row for each, narrowed and in the order that is asked for, cut to what is seen. Counts nothing itself. */
import { exitClasses } from '../../vmm/classes.js';
import type { Hypervisor } from '../../vmm/hypervisor.js';
import { verdicts, type Verdict } from '../../vmm/records.js';
import type { Site } from '../../vmm/sites.js';
import { PatchKind } from '../../arm/engine.js';
import { wordText } from '../code.js';
import { instructionText } from '../disassembler.js';
import type { SymbolTable } from '../symbols.js';

/** How a site is planted: as a trap, as a branch that runs and is counted, or as a call of the arbiter without an exception. */
export type SiteKind = keyof typeof PatchKind;

export interface SiteInfo {
  /** Guest virtual address under which it was scanned. */
  readonly address: number;
  readonly isa: 'A32' | 'T16' | 'T32';
  readonly symbol?: string;
  /** The original instruction, disassembled. */
  readonly text: string;
  /** Hexadecimal digits of the original and of the planted word. */
  readonly original: string;
  readonly planted: string;
  readonly kind: SiteKind;
  readonly cls: string;
  /** Traps, inline arbitrations and counted executions. */
  readonly hits: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Sequence number of its last trap's record; 0 if it left none. */
  readonly lastTrap: number;
}

export type SiteColumn =
  'address' | 'symbol' | 'text' | 'cls' | 'hits' | 'allow' | 'emulate' | 'inject' | 'deny' | 'lastTrap';

export interface SiteQuery {
  readonly order: SiteColumn;
  readonly descending: boolean;
  /** Words that must all occur in what a row shows. */
  readonly text: string;
  readonly cls?: string;
  /** Rows from `first` on, at most `count`. */
  readonly first: number;
  readonly count: number;
}

export interface SitePage {
  readonly rows: readonly SiteInfo[];
  /** Rows that match, and sites that there are. */
  readonly matching: number;
  readonly total: number;
}

const KINDS = Object.keys(PatchKind) as SiteKind[];

function verdictsOf({ verdicts: counts }: Site): Record<Verdict, number> {
  return Object.fromEntries(verdicts.map((verdict, i) => [verdict, counts[i]])) as Record<Verdict, number>;
}

function infoOf(site: Site, symbols: SymbolTable): SiteInfo {
  const { patch, gva, isa, cls, hits, lastTrap } = site;
  const symbol = symbols.describe(gva);
  return {
    address: gva,
    isa,
    ...(symbol !== undefined && { symbol }),
    text: instructionText(isa, patch.original, gva),
    original: wordText(isa, patch.original),
    planted: wordText(isa, patch.planted),
    kind: KINDS.find((kind) => PatchKind[kind] === patch.kind) as SiteKind,
    cls: exitClasses[cls].id,
    hits: hits + patch.count,
    verdicts: verdictsOf(site),
    lastTrap,
  };
}

/** What rows are sorted by: numbers and texts each among themselves. */
function keyOf(info: SiteInfo, column: SiteColumn): number | string {
  switch (column) {
    case 'address':
    case 'hits':
    case 'lastTrap':
      return info[column];
    case 'symbol':
      return info.symbol ?? '';
    case 'text':
    case 'cls':
      return info[column];
    default:
      return info.verdicts[column];
  }
}

function matches(info: SiteInfo, words: readonly string[], cls: string | undefined): boolean {
  if (cls !== undefined && info.cls !== cls) return false;
  if (words.length === 0) return true;
  const address = `0x${info.address.toString(16).padStart(8, '0')}`;
  const shown = `${address} ${info.symbol ?? ''} ${info.text} ${info.original} ${info.planted} ${info.cls} ${info.kind}`;
  const haystack = shown.toLowerCase();
  return words.every((word) => haystack.includes(word));
}

export function sitesOf(hypervisor: Hypervisor, symbols: SymbolTable, query: SiteQuery): SitePage {
  const { machine, patcher } = hypervisor;
  machine.engine.flushCounters();
  const { order, descending, text, cls, first, count } = query;
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const all = [...patcher.map.allSites()].map((site) => infoOf(site, symbols));
  const matching = all.filter((info) => matches(info, words, cls));
  const keyed = matching.map((info) => ({ info, key: keyOf(info, order) }));
  const sign = descending ? -1 : 1;
  keyed.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : a.info.address - b.info.address));
  return {
    rows: keyed.slice(first, first + count).map(({ info }) => info),
    matching: matching.length,
    total: all.length,
  };
}
