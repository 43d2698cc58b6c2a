/**
 * GICv2 distributor (IHI 0048B chapter 4.3) of a uniprocessor without Security Extensions: which interrupts are pending, enabled, active, of
 * what group and priority. What the processor is told of them is the CPU interface's part (gicv2-cpu-interface.ts).
 *
 * Per-interrupt bits lie in words of 32 interrupts, as the registers have them: interrupt `id` is bit `id & 31` of word `id >> 5`.
 */
import type { AccessSize, Device, DeviceLog, IrqLine } from '../mem/device.js';
import type { DeviceRegister } from '../mem/device-registers.js';
import { assert } from '../util/assert.js';
import { distributorRegisters } from './gicv2-registers.js';
import type { InterruptEvent } from './interrupt-controller.js';
import { laneMask, readLanes, unknownRead, unknownWrite } from './registers.js';

const GICD_CTLR = 0x000;
const GICD_TYPER = 0x004;
const GICD_IIDR = 0x008;
const GICD_IGROUPR = 0x080;
const GICD_ISENABLER = 0x100;
const GICD_ICENABLER = 0x180;
const GICD_ISPENDR = 0x200;
const GICD_ICPENDR = 0x280;
const GICD_ISACTIVER = 0x300;
const GICD_ICACTIVER = 0x380;
const GICD_IPRIORITYR = 0x400;
const GICD_ITARGETSR = 0x800;
const GICD_ICFGR = 0xc00;
const GICD_NSACR = 0xe00;
const GICD_SGIR = 0xf00;
const GICD_CPENDSGIR = 0xf10;
const GICD_SPENDSGIR = 0xf20;
const GICD_ICPIDR4 = 0xfd0;

const CTLR_EnableGrp = 3;
/** Implementer Arm (JEP106 0x43b), the rest 0, as QEMU's model reports itself. */
const IIDR = 0x43b;
/** ICPIDR4-7, ICPIDR0-3, ICCIDR0-3, a byte in each word. */
const ID = [0x04, 0, 0, 0, 0x90, 0xb4, 0x2b, 0, 0x0d, 0xf0, 0x05, 0xb1];

const SGIS = 16;
const SGI_MASK = 0xffff;

/** IDs that GICC_IAR and GICC_HPPIR give instead of an interrupt's (IHI 0048B 3.2.5). */
export const SPURIOUS = 1023;
export const OTHER_GROUP = 1022;

interface DistributorState {
  ctlr: number;
  arrays: (Uint32Array | Uint8Array)[];
}

/**
 * @impdef Eight bits of priority; SGIs permanently enabled; PPI configuration programmable; all eight SGI source bits kept; accesses narrower
 * than a word reach their lanes of every register.
 */
export class Gicv2Distributor implements Device {
  readonly size = 0x1000;
  /** Called after any change that may alter what the processor should be told. The CPU interface sets it. */
  onChange: () => void = () => {};
  /** Told what happens to lines, while somebody wants to know. */
  observer: ((event: InterruptEvent, id: number) => void) | undefined;
  private described: readonly DeviceRegister[] | undefined;

  private ctlr = 0;
  private readonly group: Uint32Array;
  private readonly enabled: Uint32Array;
  /** Pending state that is latched: by an edge, or by GICD_ISPENDR. */
  private readonly latched: Uint32Array;
  private readonly active: Uint32Array;
  private readonly edge: Uint32Array;
  /** Input levels, as the sources drive them, and inputs that are held high by hand. No register resets them. */
  private readonly driven: Uint32Array;
  private readonly held: Uint32Array;
  private readonly priority: Uint8Array;
  /** For each SGI, the processors that it is pending from, a bit each. */
  private readonly sgiSources = new Uint8Array(SGIS);

  /** For each interrupt: rises of its input (or software's requests), and acknowledgements, since reset. For panels. */
  readonly raised: Uint32Array;
  readonly acknowledged: Uint32Array;

  /** @param interrupts number of interrupt IDs: 32 to 992 in steps of 32, SGIs and PPIs included; a line is PPI 16-31 or SPI 32 and up */
  constructor(
    readonly name: string,
    readonly interrupts: number,
    private readonly log: DeviceLog,
  ) {
    assert(
      interrupts % 32 === 0 && interrupts >= 32 && interrupts <= 992,
      `a GIC cannot have ${interrupts} interrupts`,
    );
    const words = (): Uint32Array => new Uint32Array(interrupts / 32);
    this.group = words();
    this.enabled = words();
    this.latched = words();
    this.active = words();
    this.edge = words();
    this.driven = words();
    this.held = words();
    this.priority = new Uint8Array(interrupts);
    this.raised = new Uint32Array(interrupts);
    this.acknowledged = new Uint32Array(interrupts);
    this.setDefaults();
  }

  /** Described when somebody looks: there are some hundred, with a field for each interrupt. */
  get registers(): readonly DeviceRegister[] {
    return (this.described ??= distributorRegisters(this.interrupts));
  }

  // --- inputs ---

  /** The input of interrupt `id` (a PPI or SPI). */
  input(id: number): IrqLine {
    assert(id >= SGIS && id < this.interrupts, `interrupt ${id} has no input line`);
    return { set: (level) => this.drive(this.driven, id, level) };
  }

  /** Holds the input of interrupt `id` high beside its source, or lets go of it; an SGI, which has none, becomes pending from this processor, or not. */
  hold(id: number, high: boolean): void {
    if (id >= SGIS) this.drive(this.held, id, high);
    else {
      this.setSgiSources(id, high ? this.sgiSources[id] | 1 : 0);
      this.onChange();
    }
  }

  isHeld(id: number): boolean {
    return ((this.held[id >> 5] >>> (id & 31)) & 1) !== 0;
  }

  /** One of those that drive the input of `id` sets its level. */
  private drive(from: Uint32Array, id: number, level: boolean): void {
    const word = id >> 5;
    const bit = 1 << (id & 31);
    if (((from[word] & bit) !== 0) === level) return;
    const before = this.levelOf(id);
    from[word] ^= bit;
    if (this.levelOf(id) === before) return;
    if (level) {
      this.rise(id);
      if (this.edge[word] & bit) this.latched[word] |= bit;
    } else this.observer?.('lower', id);
    this.onChange();
  }

  private rise(id: number): void {
    this.raised[id]++;
    this.observer?.('raise', id);
  }

  // --- the CPU interface's view ---

  /** The enabled, pending and not active interrupt of highest priority in a group that GICD_CTLR forwards, lowest ID first; else {@link SPURIOUS}. */
  highestPending(): number {
    let best = SPURIOUS;
    let bestPriority = 0x100;
    for (let word = 0; word < this.enabled.length; word++) {
      const forwarded = (this.ctlr & 1 ? ~this.group[word] : 0) | (this.ctlr & 2 ? this.group[word] : 0);
      let candidates = this.pendingWord(word) & this.enabled[word] & ~this.active[word] & forwarded;
      while (candidates !== 0) {
        const n = 31 - Math.clz32(candidates & -candidates);
        candidates &= candidates - 1;
        const id = word * 32 + n;
        if (this.priority[id] < bestPriority) {
          best = id;
          bestPriority = this.priority[id];
        }
      }
    }
    return best;
  }

  /** Priority of interrupt `id`: 0 (highest) to 255. */
  priorityOf(id: number): number {
    return this.priority[id];
  }

  /** Group of interrupt `id`: 0 or 1. */
  groupOf(id: number): number {
    return (this.group[id >> 5] >>> (id & 31)) & 1;
  }

  isActive(id: number): boolean {
    return ((this.active[id >> 5] >>> (id & 31)) & 1) !== 0;
  }

  isEnabled(id: number): boolean {
    return ((this.enabled[id >> 5] >>> (id & 31)) & 1) !== 0;
  }

  isPending(id: number): boolean {
    return ((this.pendingWord(id >> 5) >>> (id & 31)) & 1) !== 0;
  }

  isEdgeTriggered(id: number): boolean {
    return ((this.edge[id >> 5] >>> (id & 31)) & 1) !== 0;
  }

  /** Level of the input of interrupt `id`. */
  levelOf(id: number): boolean {
    return (((this.driven[id >> 5] | this.held[id >> 5]) >>> (id & 31)) & 1) !== 0;
  }

  /** The lowest number of a processor that SGI `id` is pending from; 0 for other interrupts. */
  sourceOf(id: number): number {
    if (id >= SGIS) return 0;
    const sources = this.sgiSources[id];
    return 31 - Math.clz32(sources & -sources);
  }

  /**
   * Pending interrupt `id` becomes active (a level-sensitive one stays pending as well while its input is high). Returns the number of the
   * processor that sent it, for an SGI; else 0.
   */
  acknowledge(id: number): number {
    this.active[id >> 5] |= 1 << (id & 31);
    this.acknowledged[id]++;
    this.observer?.('acknowledge', id);
    if (id >= SGIS) {
      this.latched[id >> 5] &= ~(1 << (id & 31));
      return 0;
    }
    const source = this.sourceOf(id);
    this.setSgiSources(id, this.sgiSources[id] & ~(1 << source));
    return source;
  }

  /** Interrupt `id` is no longer active. IDs that do not exist are ignored. */
  deactivate(id: number): void {
    if (id < this.interrupts) this.endActive(id >> 5, 1 << (id & 31));
  }

  private endActive(word: number, bits: number): void {
    for (let ending = this.active[word] & bits; ending !== 0; ending &= ending - 1) {
      this.observer?.('end', word * 32 + 31 - Math.clz32(ending & -ending));
    }
    this.active[word] &= ~bits;
  }

  // --- registers ---

  peek(offset: number): number {
    return this.readRegister(offset) >>> 0;
  }

  read(offset: number, size: AccessSize): number {
    return readLanes(this.readRegister(offset & ~3) >>> 0, offset, size);
  }

  private readRegister(offset: number): number {
    const index = (offset & 0x7f) >> 2;
    if (this.isBeyondLast(offset, index)) return 0;
    switch (offset & ~0x7f) {
      case GICD_CTLR:
        switch (offset) {
          case GICD_CTLR:
            return this.ctlr;
          case GICD_TYPER: // CPUNumber 0, no Security Extensions
            return this.interrupts / 32 - 1;
          case GICD_IIDR:
            return IIDR;
          default:
            return unknownRead(this.log, this.name, offset);
        }
      case GICD_IGROUPR:
        return this.group[index];
      case GICD_ISENABLER:
      case GICD_ICENABLER:
        return this.enabled[index];
      case GICD_ISPENDR:
      case GICD_ICPENDR:
        return this.pendingWord(index);
      case GICD_ISACTIVER:
      case GICD_ICACTIVER:
        return this.active[index];
    }
    if (offset >= GICD_IPRIORITYR && offset < GICD_ITARGETSR)
      return this.bytes(this.priority, offset - GICD_IPRIORITYR);
    if (offset < GICD_ICFGR) return 0; // GICD_ITARGETSR: RAZ/WI on a uniprocessor
    if (offset < GICD_NSACR) return this.configuration((offset - GICD_ICFGR) >> 2);
    if (offset < GICD_SGIR) return 0; // GICD_NSACR: RAZ/WI without Security Extensions
    if (offset >= GICD_CPENDSGIR && offset < GICD_SPENDSGIR + SGIS) return this.bytes(this.sgiSources, offset & 0xf);
    if (offset >= GICD_ICPIDR4) return ID[(offset - GICD_ICPIDR4) >> 2];
    return unknownRead(this.log, this.name, offset);
  }

  write(offset: number, size: AccessSize, value: number): void {
    this.writeRegister(offset & ~3, (value << ((offset & 3) * 8)) >>> 0, laneMask(offset, size));
    this.onChange();
  }

  /** Writes the bits of `value` that `lanes` has. */
  private writeRegister(offset: number, value: number, lanes: number): void {
    const index = (offset & 0x7f) >> 2;
    const bits = value & lanes;
    if (this.isBeyondLast(offset, index)) return;
    switch (offset & ~0x7f) {
      case GICD_CTLR:
        if (offset === GICD_CTLR) this.ctlr = ((this.ctlr & ~lanes) | bits) & CTLR_EnableGrp;
        else unknownWrite(this.log, this.name, offset, value);
        return;
      case GICD_IGROUPR:
        this.group[index] = (this.group[index] & ~lanes) | bits;
        return;
      case GICD_ISENABLER:
        this.enabled[index] |= bits;
        return;
      case GICD_ICENABLER:
        this.enabled[index] &= ~(index === 0 ? bits & ~SGI_MASK : bits);
        return;
      case GICD_ISPENDR:
        this.latch(index, index === 0 ? bits & ~SGI_MASK : bits);
        return;
      case GICD_ICPENDR:
        this.latched[index] &= ~(index === 0 ? bits & ~SGI_MASK : bits);
        return;
      case GICD_ISACTIVER:
        this.active[index] |= bits;
        return;
      case GICD_ICACTIVER:
        this.endActive(index, bits);
        return;
    }
    if (offset >= GICD_IPRIORITYR && offset < GICD_ITARGETSR) {
      for (let i = 0; i < 4; i++) {
        if ((lanes >>> (8 * i)) & 1) this.priority[offset - GICD_IPRIORITYR + i] = value >>> (8 * i);
      }
    } else if (offset < GICD_ICFGR) return;
    else if (offset < GICD_NSACR) this.configure((offset - GICD_ICFGR) >> 2, value, lanes);
    else if (offset < GICD_SGIR) return;
    else if (offset === GICD_SGIR) this.generateSgi(value);
    else if (offset >= GICD_CPENDSGIR && offset < GICD_SPENDSGIR + SGIS) {
      for (let i = 0; i < 4; i++) {
        const id = (offset & 0xf) + i;
        const byte = (bits >>> (8 * i)) & 0xff;
        const before = this.sgiSources[id];
        this.setSgiSources(id, offset >= GICD_SPENDSGIR ? before | byte : before & ~byte);
      }
    } else unknownWrite(this.log, this.name, offset, value);
  }

  /** Word `index` of the registers with a bit for each interrupt lies behind the last interrupt: RAZ/WI. */
  private isBeyondLast(offset: number, index: number): boolean {
    return offset >= GICD_IGROUPR && offset < GICD_IPRIORITYR && index >= this.enabled.length;
  }

  private bytes(bytes: Uint8Array, at: number): number {
    if (at >= bytes.length) return 0;
    return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
  }

  /** Pending state of 32 interrupts: latched, or level-sensitive with the input high. */
  private pendingWord(word: number): number {
    return this.latched[word] | ((this.driven[word] | this.held[word]) & ~this.edge[word]);
  }

  private latch(word: number, bits: number): void {
    for (let rising = bits & ~this.latched[word]; rising !== 0; rising &= rising - 1) {
      this.rise(word * 32 + 31 - Math.clz32(rising & -rising));
    }
    this.latched[word] |= bits;
  }

  /** An SGI is pending while it is pending from any processor. */
  private setSgiSources(id: number, sources: number): void {
    if (sources & ~this.sgiSources[id]) this.rise(id);
    this.sgiSources[id] = sources;
    if (sources) this.latched[0] |= 1 << id;
    else this.latched[0] &= ~(1 << id);
  }

  /** GICD_SGIR: TargetListFilter, CPUTargetList, SGIINTID; the one processor is number 0. */
  private generateSgi(value: number): void {
    const filter = (value >>> 24) & 3;
    const toSelf = filter === 2 || (filter === 0 && ((value >>> 16) & 1) !== 0);
    const id = value & 0xf;
    if (toSelf) this.setSgiSources(id, this.sgiSources[id] | 1);
  }

  /** GICD_ICFGR<index>: two bits for each of 16 interrupts, of which the upper says edge-triggered. */
  private configuration(index: number): number {
    if (index >> 1 >= this.edge.length) return 0;
    const half = (this.edge[index >> 1] >>> ((index & 1) * 16)) & 0xffff;
    let value = 0;
    for (let n = 0; n < 16; n++) value |= ((half >>> n) & 1) << (2 * n + 1);
    return value;
  }

  private configure(index: number, value: number, lanes: number): void {
    if (index === 0 || index >> 1 >= this.edge.length) return;
    const merged = (this.configuration(index) & ~lanes) | (value & lanes);
    let half = 0;
    for (let n = 0; n < 16; n++) half |= ((merged >>> (2 * n + 1)) & 1) << n;
    const shift = (index & 1) * 16;
    this.edge[index >> 1] = (this.edge[index >> 1] & ~(0xffff << shift)) | (half << shift);
  }

  /** All state but GICD_CTLR. */
  private arrays(): (Uint32Array | Uint8Array)[] {
    const { group, enabled, latched, active, edge, driven, held, priority, sgiSources, raised, acknowledged } = this;
    return [group, enabled, latched, active, edge, driven, held, priority, sgiSources, raised, acknowledged];
  }

  private setDefaults(): void {
    this.ctlr = 0;
    for (const array of this.arrays()) if (array !== this.driven) array.fill(0);
    this.enabled[0] = SGI_MASK;
    this.edge[0] = SGI_MASK;
  }

  /** Power-on state; the input levels are the sources' own, and no hand is on any. */
  reset(): void {
    this.setDefaults();
    this.onChange();
  }

  save(): DistributorState {
    return { ctlr: this.ctlr, arrays: this.arrays().map((array) => array.slice()) };
  }

  restore(state: unknown): void {
    const { ctlr, arrays } = state as DistributorState;
    this.ctlr = ctlr;
    this.arrays().forEach((array, i) => array.set(arrays[i]));
    this.onChange();
  }
}
