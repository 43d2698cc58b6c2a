/** Coverage as clients are told: how often lines, functions and conditional instructions were executed. Paths are those of the debug information. */

/** Of things that there are, how many were executed. */
export interface CoverageCount {
  readonly covered: number;
  readonly total: number;
}

export interface FileCoverageSummary {
  readonly path: string;
  /** Lines with code. */
  readonly lines: CoverageCount;
  /** Both outcomes of each conditional instruction. */
  readonly branches: CoverageCount;
  readonly functions: CoverageCount;
}

/** A conditional instruction: how often its condition passed, and how often it failed. */
export interface BranchCoverageInfo {
  readonly address: number;
  readonly text: string;
  readonly passed: number;
  readonly failed: number;
}

export interface LineCoverageInfo {
  /** From 1. */
  readonly line: number;
  /** How often the line was reached: of the places where its statements begin, the most frequent. */
  readonly reached: number;
  readonly branches: readonly BranchCoverageInfo[];
}

export interface FunctionCoverageInfo {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  readonly reached: number;
}

export interface FileCoverageInfo {
  readonly path: string;
  readonly lines: readonly LineCoverageInfo[];
  readonly functions: readonly FunctionCoverageInfo[];
}

/** An instruction of a listing. */
export interface ListingCoverageInfo {
  /** From 1. */
  readonly line: number;
  /** How often it was reached, and how often its condition failed then. */
  readonly reached: number;
  readonly failed: number;
}
