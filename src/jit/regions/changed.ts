/**
 * What may differ between a region's locals and the state block: general registers and flags that were written since the region was entered, or
 * since something else was executed from within it. Emits nothing.
 */
import { type Block, lastOf } from './flow.js';
import { ALWAYS, By, type Instruction } from './instructions.js';

/** Registers and flags, as bits. */
export class Changed {
  constructor(
    public registers = 0,
    public flags = 0,
  ) {}

  /** By an instruction. Behind what is executed elsewhere, all is as the state block has it. */
  by({ by, cond, writes, traits }: Instruction): void {
    if (by === By.reference || ((by === By.handler || by === By.patch) && cond === ALWAYS)) {
      this.clear();
      return;
    }
    this.registers |= writes;
    this.flags |= traits.flagsWritten;
  }

  clear(): void {
    this.registers = 0;
    this.flags = 0;
  }

  copy(): Changed {
    return new Changed(this.registers, this.flags);
  }

  /** @returns whether that is more than there was */
  add({ registers, flags }: Changed): boolean {
    const more = (registers & ~this.registers) | (flags & ~this.flags);
    this.registers |= registers;
    this.flags |= flags;
    return more !== 0;
  }
}

/** At the end of a block, where it goes on in the region. */
function behind(block: Block, before: Changed): Changed {
  const changed = before.copy();
  for (const instruction of block.instructions) changed.by(instruction);
  if (block.call && lastOf(block).ends) changed.clear();
  return changed;
}

/** What may have changed at the start of each block, by their order. */
export function findChanged(blocks: readonly Block[]): readonly Changed[] {
  const starts = blocks.map(() => new Changed());
  for (let more = true; more;) {
    more = false;
    for (const block of blocks) {
      const end = behind(block, starts[block.order]);
      const reaches = (successor: Block): void => {
        if (starts[successor.order].add(end) && successor.order <= block.order) more = true;
      };
      if (block.next !== undefined) reaches(block.next);
      if (block.target !== undefined) reaches(block.target);
      block.cases.forEach(reaches);
    }
  }
  return starts;
}
