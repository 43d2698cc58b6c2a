/** What the panel "Callback Sites" asks and is told. */
import type { Verdict, VerdictCounts } from '../model.js';

/** An instruction that the VMM replaced. */
export interface SiteInfo {
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
}

export interface SitePage {
  readonly rows: readonly SiteInfo[];
  /** Rows that match, and sites that there are. */
  readonly matching: number;
  readonly total: number;
}
