/**
 * Where control may go from the end of a block: the edges of the control flow graph of analysed code. Derived from the block's last
 * instruction when somebody asks; the VMM itself admits code when it is reached, and needs no edges.
 */
import { conditionOf, directTarget } from '../isa/flow.js';
import { Fact } from '../isa/row.js';
import type { Block } from './sites.js';

/**
 * - `runs on`: into the next page, into code that was analysed before, or past an exception that the guest's handler returns from
 * - `taken` and `not taken`: of a branch
 * - `called`: the target of a branch with link, and `returned to`: what stands behind it
 */
export type EdgeKind = 'runs on' | 'taken' | 'not taken' | 'called' | 'returned to';

export interface Edge {
  readonly kind: EdgeKind;
  /** Guest virtual address, u32; undefined where it comes from a register or from memory. */
  readonly gva: number | undefined;
  /** Instruction set state there; undefined where that comes with the address. */
  readonly thumb: number | undefined;
}

const ALWAYS = 14;

/** @param inIT whether the last instruction stands in an IT block, as far as anybody knows: then it may be skipped. */
export function successors(block: Block, inIT = false): readonly Edge[] {
  const { end, gva, thumb, length } = block;
  const behind = (gva + length) >>> 0;
  if (end === undefined) return [{ kind: 'runs on', gva: behind, thumb }];
  const { isa, word, row, offset } = end;
  const facts = row?.facts ?? 0;
  const address = (gva + offset) >>> 0;
  if ((facts & Fact.branch) === 0) {
    // An exception is its handler's matter; what it returns to is mostly what stands behind.
    const returns = (facts & Fact.exceptionReturn) !== 0;
    return returns ? [{ kind: 'taken', gva: undefined, thumb: undefined }] : [{ kind: 'runs on', gva: behind, thumb }];
  }
  const direct = directTarget({ isa, word, row, address });
  const link = (facts & Fact.link) !== 0;
  const edges: Edge[] = [
    {
      kind: link ? 'called' : 'taken',
      gva: direct?.address,
      thumb: direct === undefined ? undefined : direct.thumb ? 1 : 0,
    },
  ];
  if (link) edges.push({ kind: 'returned to', gva: behind, thumb });
  else if (inIT || row?.operation === 'CBZ' || conditionOf({ isa, word, row }) !== ALWAYS)
    edges.push({ kind: 'not taken', gva: behind, thumb });
  return edges;
}
