/** What the panel "Callback Sites" asks and is told. */
import type { Verdict, VerdictCounts } from '../model.js';

/** An instruction that the VMM replaced. */
export interface SiteInfo {
  /** Tells it from every other: two sites may have one address, in two address spaces. */
  readonly key: number;
  readonly address: number;
  readonly isa: 'A32' | 'T16' | 'T32';
  readonly symbol?: string;
  /** The original instruction. */
  readonly text: string;
  /** Hexadecimal digits of the original and of the planted word. */
  readonly original: string;
  readonly planted: string;
  /** `trap`; `counted`: a branch that runs natively; `inlined`: arbitrated without an exception. */
  readonly kind: 'trap' | 'counted' | 'inlined';
  readonly cls: string;
  /** Traps, inline arbitrations and counted executions. */
  readonly hits: number;
  readonly verdicts: VerdictCounts;
  /** Sequence number of its last trap's record; 0 if it left none. */
  readonly lastTrap: number;
  /** A breakpoint of the user's lies there, wherever it was set. */
  readonly breakpoint: boolean;
}

export type SiteColumn = 'address' | 'symbol' | 'text' | 'cls' | 'hits' | Verdict | 'lastTrap';

export interface SiteQuery {
  readonly order: SiteColumn;
  readonly descending: boolean;
  /** Words that must all occur in what a row shows; case does not matter. */
  readonly text: string;
  readonly cls?: string;
  /** Rows from `first` on, at most `count`. */
  readonly first: number;
  readonly count: number;
  /** Leave the rows where they are, whatever their numbers have become. */
  readonly hold?: boolean;
  /** A site of which the row is wanted. */
  readonly key?: number;
  /** An address of which the row is wanted, if `key` is absent. */
  readonly address?: number;
}

export interface SitePage {
  readonly rows: readonly SiteInfo[];
  /** Rows that match, and sites that there are. */
  readonly matching: number;
  readonly total: number;
  /** Row and key of the site that was asked for; -1 if it is not among them. */
  readonly row: number;
  readonly key: number;
  /** Sites whose text is still to be made, where that decides on rows and their order: ask again. */
  readonly pending: number;
}

/** Where control went from a site. */
export interface SiteTarget {
  readonly address: number;
  readonly symbol?: string;
  readonly count: number;
}

/** One site, with what is too much for a row. */
export interface SiteDetail {
  readonly site: SiteInfo;
  readonly plantedText: string;
  /** The guest's registers at the last time: `r0` … `r12`, `sp`, `lr`, `pc`, `cpsr`. Empty before. */
  readonly context: readonly { readonly name: string; readonly value: number }[];
  /** Of branches whose target their word does not say: where they went while that was arbitrated, the first few; and how often elsewhere. */
  readonly targets: readonly SiteTarget[];
  readonly otherTargets: number;
  /** The scanned block that it lies in. */
  readonly block: { readonly address: number; readonly instructions: number };
}

/** The words of a listing as the guest has them, and as instruction fetch sees them. */
export interface SiteComparison {
  readonly title: string;
  readonly original: string;
  readonly patched: string;
  /** 1-based line of the address that was asked for. */
  readonly line: number;
}
