/**
 * The map of analysed memory as the panel "Blocks" draws it: for each page of guest memory how much of it is what to the VMM. Keeps what it counted of a
 * page until something is noted there.
 */
import { PAGE } from '../../mem/layout.js';
import { memoryUses } from '../../vmm/analysed-memory.js';
import type { Hypervisor } from '../../vmm/hypervisor.js';
import type { MemoryMapQuery, MemoryMapAnswer, MemoryPages } from '../../protocol/views/blocks.js';

/** Pages that one answer counts anew at most: a few milliseconds' worth. */
const PAGES_AT_ONCE = 64;
const USES = memoryUses.length;

interface Counted {
  readonly gpa: number;
  readonly stamp: string;
  readonly code: number;
  readonly uses: Uint16Array;
}

export class MemoryMapView {
  /** By physical page number. */
  private counted = new Map<number, Counted>();
  private version = 0;

  constructor(private readonly hypervisor: Hypervisor) {}

  ask({ known, page }: MemoryMapQuery): MemoryMapAnswer {
    const more = this.refresh();
    return {
      version: this.version,
      more,
      ...(known !== this.version && { pages: this.pages() }),
      ...(page !== undefined && { detail: this.detail(page) }),
    };
  }

  /** Counts what has changed. Returns whether some of it is left. */
  private refresh(): boolean {
    const { memory } = this.hypervisor.patcher;
    const numbers = memory.pages();
    let left = PAGES_AT_ONCE;
    let more = false;
    let changed = false;
    for (const number of numbers) {
      const stamp = memory.version(number * PAGE);
      if (this.counted.get(number)?.stamp === stamp) continue;
      if (left-- <= 0) {
        more = true;
        break;
      }
      this.counted.set(number, this.count(number * PAGE, stamp));
      changed = true;
    }
    if (this.counted.size > numbers.length) {
      const there = new Set(numbers);
      this.counted = new Map([...this.counted].filter(([number]) => there.has(number)));
      changed = true;
    }
    if (changed) this.version++;
    return more;
  }

  private count(pa: number, stamp: string): Counted {
    const { memory, map } = this.hypervisor.patcher;
    const uses = new Uint16Array(USES);
    for (const use of memory.page(pa)) uses[use]++;
    const block = [0, 1].map((thumb) => map.blocksIn(pa, thumb).at(0)).find((candidate) => candidate !== undefined);
    const code = block === undefined ? -1 : (block.gva & -PAGE) >>> 0;
    return { gpa: this.hypervisor.guestPhysical(pa), stamp, code, uses };
  }

  private pages(): MemoryPages {
    const pages = [...this.counted.values()].filter(({ gpa }) => gpa >= 0).sort((a, b) => a.gpa - b.gpa);
    const uses = new Uint16Array(pages.length * USES);
    pages.forEach((page, i) => {
      uses.set(page.uses, i * USES);
    });
    return {
      addresses: Float64Array.from(pages, ({ gpa }) => gpa),
      code: Float64Array.from(pages, ({ code }) => code),
      uses,
    };
  }

  private detail(gpa: number): Uint8Array {
    const pa = this.hypervisor.physical(gpa);
    return pa < 0 ? new Uint8Array(PAGE / 2) : this.hypervisor.patcher.memory.page(pa);
  }
}
