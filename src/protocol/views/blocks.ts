/** What the panel "Blocks" asks and is told: a graph of scanned code, its counts, the map of memory, places that match a text. */

/** How control gets from one block to another: `indirect` to a target that was seen, of a branch that does not name it. */
export type BlockEdgeKind = 'runs on' | 'taken' | 'not taken' | 'called' | 'returned to' | 'indirect';

/** Where a graph ends: code that was not reached yet, code outside of what was asked for, a target that nobody knows. */
export type BlockStubKind = 'unscanned' | 'elsewhere' | 'unknown';

export interface BlockSite {
  /** As in {@link SiteInfo}. */
  readonly key: number;
  readonly kind: 'trap' | 'counted' | 'inlined';
}

export interface BlockLine {
  readonly address: number;
  readonly text: string;
  /** `innocuous`, `branch`, or an exit class. */
  readonly cls: string;
  readonly site?: BlockSite;
}

/** Code with one entry and one end: a scanned block, or the part of one that a branch leads into. */
export interface BlockNode {
  /** The same as long as the code is. Positive. */
  readonly id: number;
  readonly address: number;
  readonly isa: 'ARM' | 'Thumb';
  readonly symbol?: string;
  readonly lines: readonly BlockLine[];
  /** Functions that its last instruction calls. */
  readonly calls: readonly BlockReference[];
  /** Branches and calls from code outside of the graph, the first few. */
  readonly from: readonly BlockReference[];
}

export interface BlockReference {
  readonly address: number;
  readonly symbol?: string;
}

export interface BlockStub {
  /** Negative. */
  readonly id: number;
  readonly kind: BlockStubKind;
  /** Absent where the target is not known. */
  readonly address?: number;
  readonly symbol?: string;
}

export interface BlockEdge {
  readonly from: number;
  readonly to: number;
  readonly kind: BlockEdgeKind;
}

export interface BlockGraph {
  /** The first is the one in the middle. */
  readonly nodes: readonly BlockNode[];
  readonly stubs: readonly BlockStub[];
  readonly edges: readonly BlockEdge[];
  /** There is more than was asked for. */
  readonly cut: boolean;
}

export interface BlocksQuery {
  /** An address of the code to show; absent: around the PC, and where it goes. */
  readonly address?: number;
  /** What belongs together: up to where a function ends, or the functions that it calls as well. */
  readonly scope: 'function' | 'calls';
  /** Blocks at most. */
  readonly most: number;
  /** The version that the client has; 0 for none. */
  readonly known: number;
  /** Executions of these blocks are counted from now on, for as long as somebody asks. */
  readonly counting: boolean;
  /** The graph may be out of date: only what is counted in it is wanted. */
  readonly stay?: boolean;
}

export interface BlocksAnswer {
  readonly version: number;
  /** Absent if that of version `known` still holds. */
  readonly graph?: BlockGraph;
  /** Not all of it is there yet: ask again. */
  readonly more: boolean;
  /** Why there is no code in the middle. */
  readonly none?: 'unmapped' | 'unscanned';
  /** Address in the middle of the graph. */
  readonly center: number;
  readonly pc: number;
  readonly pcSymbol?: string;
  /** The block that holds the PC, or the stub that it has come to; 0 if it is not in the graph. */
  readonly pcNode: number;
  /** False where the guest stands before an instruction that it has not executed yet: what is not executed is not scanned. */
  readonly pcScanned: boolean;
  /** The guest's user code runs, which is not scanned. */
  readonly user: boolean;
  /** By index of a node: executions while counting, or -1 where they are not known. */
  readonly counts: readonly number[];
  /** By index of an edge: the same. */
  readonly taken: readonly number[];
  /** Instruction count at which counting began; 0 where the launch has all of the run counted; absent while nothing is counted. */
  readonly since?: number;
  /** Nodes that are counted only since they came into the graph. */
  readonly later?: number;
}

/** What a halfword of memory is to the VMM, in the order of the numbers of a {@link MemoryMapAnswer}. */
export const MEMORY_USES = ['unanalysed', 'user', 'data', 'innocuous', 'site'] as const;
export type MemoryUse = (typeof MEMORY_USES)[number];

/** Bytes of a page of the memory map. */
export const MEMORY_PAGE = 0x1000;

export interface MemoryMapQuery {
  /** The version that the client has; 0 for none. */
  readonly known: number;
  /** Guest-physical address of a page that is wanted in detail. */
  readonly page?: number;
}

export interface MemoryMapAnswer {
  readonly version: number;
  /** Absent if those of version `known` still hold. */
  readonly pages?: MemoryPages;
  /** Not all of it is up to date yet: ask again. */
  readonly more: boolean;
  /** By halfword of the page that was asked for: an index into {@link MEMORY_USES}. */
  readonly detail?: Uint8Array;
}

/** The pages of which anything is known, ascending. */
export interface MemoryPages {
  /** Guest-physical addresses. */
  readonly addresses: Float64Array;
  /** Guest virtual addresses under which their code was scanned; -1 for pages without. */
  readonly code: Float64Array;
  /** Halfwords by use, as many numbers for each page as there are {@link MEMORY_USES}. */
  readonly uses: Uint16Array;
}

export interface FindCodeQuery {
  /** Words that must all occur in an instruction's text. */
  readonly text: string;
  /** Where the last answer ended; 0 to begin. */
  readonly from: number;
  readonly most: number;
}

export interface FindCodeAnswer {
  readonly found: readonly FoundCode[];
  /** Where to go on; absent when all was looked at. */
  readonly next?: number;
}

export interface FoundCode extends BlockReference {
  readonly text: string;
}
