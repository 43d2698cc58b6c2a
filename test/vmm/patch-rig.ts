/** A patcher over a machine's RAM, without a guest: what it plants, analyses and takes back. */
import { EVERY_FEATURE } from '../../src/isa/features.js';
import { Patcher, type Level } from '../../src/vmm/patcher.js';
import { type InPlacePlant, OverlayPlant } from '../../src/vmm/planting.js';
import { GUEST_KERNEL } from '../../src/vmm/shadow.js';
import { Rig, RAM } from '../mem/rig.js';
import { assemble } from '../support/assemble.js';

export const CODE = RAM + 0x10_0000;
/** Where the guest believes its code to be. */
export const GVA = 0xc000_0000;
export const gva = (pa: number): number => GVA + (pa - CODE);

/** Its guest has `CODE` at `GVA`. */
export class PatchRig extends Rig {
  readonly patcher: Patcher;
  nextPage = (va: number): number => CODE + (va - GVA);

  constructor(level: Level = 0, Plant: typeof OverlayPlant | typeof InPlacePlant = OverlayPlant, allBranches = false) {
    super();
    this.patcher = new Patcher({
      plant: new Plant(this.bus, this.overlay),
      memory: this.memory,
      level,
      allBranches,
      nextPage: (va) => this.nextPage(va),
      features: EVERY_FEATURE,
      trapped: () => {},
      arbitrate: () => {},
    });
    this.bus.onCodeWrite = (pa, length) => this.patcher.codeChanged(pa, length);
  }

  /** Assembles at `CODE`, as code that was fetched before. */
  place(source: string, thumb = false, at = CODE): this {
    this.bus.markCode(at);
    this.bus.writeBlock(at, assemble(source, { thumb }));
    return this;
  }

  admit(pa: number, thumb = 0, context = GUEST_KERNEL): void {
    this.patcher.admit(gva(pa), pa, thumb, context);
  }

  /** Offsets of the patches from `CODE`, ascending. */
  patches(): number[] {
    return [...this.overlay.all()].map(({ pa }) => pa - CODE).sort((a, b) => a - b);
  }
}
