/**
 * GICv2 CPU interface (IHI 0048B chapter 4.4) of a GIC with two groups and without Security Extensions: masks, preempts, acknowledges and
 * completes what the distributor forwards, and drives the processor's IRQ and FIQ.
 */
import type { AccessSize, Device, DeviceLog, IrqLine } from '../mem/device.js';
import { OTHER_GROUP, SPURIOUS, type Gicv2Distributor } from './gicv2-distributor.js';
import { cpuInterfaceRegisters } from './gicv2-registers.js';
import { readLanes, unknownRead, unknownWrite } from './registers.js';

const GICC_CTLR = 0x000;
const CTLR_EnableGrp0 = 1 << 0;
const CTLR_EnableGrp1 = 1 << 1;
const CTLR_AckCtl = 1 << 2;
const CTLR_FIQEn = 1 << 3;
const CTLR_CBPR = 1 << 4;
const CTLR_EOImode = 1 << 9;
/** The bypass bits 8:5 are RAZ/WI: there is no legacy interrupt to bypass to. */
const CTLR_WRITABLE = CTLR_EnableGrp0 | CTLR_EnableGrp1 | CTLR_AckCtl | CTLR_FIQEn | CTLR_CBPR | CTLR_EOImode;
const GICC_PMR = 0x004;
const GICC_BPR = 0x008;
const GICC_IAR = 0x00c;
const GICC_EOIR = 0x010;
const GICC_RPR = 0x014;
const GICC_HPPIR = 0x018;
const GICC_ABPR = 0x01c;
const GICC_AIAR = 0x020;
const GICC_AEOIR = 0x024;
const GICC_AHPPIR = 0x028;
const GICC_APR0 = 0x0d0;
const GICC_APR3 = 0x0dc;
const GICC_NSAPR0 = 0x0e0;
const GICC_NSAPR3 = 0x0ec;
const GICC_IIDR = 0x0fc;
const GICC_DIR = 0x1000;

/** Architecture version 2, implementer Arm. */
const IIDR = 0x2043b;
/** GICC_RPR with no interrupt active; lower than any priority that passes GICC_PMR. */
const IDLE = 0xff;
const ID_MASK = 0x3ff;
/** Least binary point of group 1: its group priority is one bit shorter at the same value (3.3.3). */
const ABPR_MIN = 1;

interface CpuInterfaceState {
  registers: readonly number[];
  active: Uint32Array;
}

/**
 * @unpredictable GICC_EOIR of an interrupt that is not the last acknowledged: priority drops by one level of its group, if any is active.
 * @unpredictable GICC_EOIR of a group 1 interrupt with AckCtl 0: completed all the same.
 * @unpredictable GICC_DIR with EOImode 0: ignored.
 */
export class Gicv2CpuInterface implements Device {
  readonly size = 0x2000;
  readonly registers = cpuInterfaceRegisters;

  private ctlr = 0;
  private pmr = 0;
  private bpr = 0;
  private abpr = ABPR_MIN;
  /** Active priorities: GICC_APR0-3 (group 0), then GICC_NSAPR0-3 (group 1); bit n of a group stands for group priority 2n. */
  private readonly active = new Uint32Array(8);

  constructor(
    readonly name: string,
    private readonly distributor: Gicv2Distributor,
    private readonly irq: IrqLine,
    private readonly fiq: IrqLine,
    private readonly log: DeviceLog,
  ) {
    distributor.onChange = () => this.update();
  }

  read(offset: number, size: AccessSize): number {
    return readLanes(this.readRegister(offset & ~3), offset, size);
  }

  private readRegister(offset: number): number {
    if (offset >= GICC_APR0 && offset <= GICC_APR3) return this.active[(offset - GICC_APR0) >> 2];
    if (offset >= GICC_NSAPR0 && offset <= GICC_NSAPR3) return this.active[4 + ((offset - GICC_NSAPR0) >> 2)];
    switch (offset) {
      case GICC_CTLR:
        return this.ctlr;
      case GICC_PMR:
        return this.pmr;
      case GICC_BPR:
        return this.bpr;
      case GICC_IAR:
        return this.acknowledge(0);
      case GICC_RPR:
        return this.runningPriority();
      case GICC_HPPIR:
        return this.describe(this.seenFrom(0));
      case GICC_ABPR:
        return this.abpr;
      case GICC_AIAR:
        return this.acknowledge(1);
      case GICC_AHPPIR:
        return this.describe(this.seenFrom(1));
      case GICC_IIDR:
        return IIDR;
      default:
        return unknownRead(this.log, this.name, offset);
    }
  }

  /** Of the acknowledge registers, what they would give; nothing is acknowledged. */
  peek(offset: number): number {
    if (offset === GICC_IAR || offset === GICC_AIAR) return this.describe(this.offered(offset === GICC_AIAR ? 1 : 0));
    return this.readRegister(offset) >>> 0;
  }

  write(offset: number, _size: AccessSize, value: number): void {
    this.writeRegister(offset, value);
    this.update();
  }

  private writeRegister(offset: number, value: number): void {
    if (offset >= GICC_APR0 && offset <= GICC_APR3 && (offset & 3) === 0) {
      this.active[(offset - GICC_APR0) >> 2] = value;
      return;
    }
    if (offset >= GICC_NSAPR0 && offset <= GICC_NSAPR3 && (offset & 3) === 0) {
      this.active[4 + ((offset - GICC_NSAPR0) >> 2)] = value;
      return;
    }
    switch (offset) {
      case GICC_CTLR:
        this.ctlr = value & CTLR_WRITABLE;
        break;
      case GICC_PMR:
        this.pmr = value & 0xff;
        break;
      case GICC_BPR:
        this.bpr = value & 7;
        break;
      case GICC_EOIR:
        this.complete(value & ID_MASK);
        break;
      case GICC_ABPR:
        this.abpr = Math.max(value & 7, ABPR_MIN);
        break;
      case GICC_AEOIR: {
        const id = value & ID_MASK;
        if (id < this.distributor.interrupts && this.distributor.groupOf(id) === 1) this.complete(id);
        break;
      }
      case GICC_DIR:
        if (this.ctlr & CTLR_EOImode) this.distributor.deactivate(value & ID_MASK);
        else this.log.guestError(this.name, 'GICC_DIR written while GICC_CTLR.EOImode is 0');
        break;
      default:
        unknownWrite(this.log, this.name, offset, value);
    }
  }

  /** GICC_RPR: the highest active group priority, {@link IDLE} if none is. */
  runningPriority(): number {
    for (let word = 0; word < 4; word++) {
      const both = this.active[word] | this.active[4 + word];
      if (both !== 0) return (word * 32 + 31 - Math.clz32(both & -both)) * 2;
    }
    return IDLE;
  }

  /** The part of a priority that decides on preemption: the bits above the binary point of its group (3.3.3). */
  private groupPriority(priority: number, group: number): number {
    const point = group === 1 && !(this.ctlr & CTLR_CBPR) ? this.abpr - 1 : this.bpr;
    return priority & (0xfe << point);
  }

  /** The highest pending interrupt that GICC_PMR lets through, else {@link SPURIOUS}. */
  private unmaskedPending(): number {
    const id = this.distributor.highestPending();
    return id !== SPURIOUS && this.distributor.priorityOf(id) < this.pmr ? id : SPURIOUS;
  }

  /** True if `id` preempts what is running and its group is enabled here. */
  private isSignalled(id: number): boolean {
    const group = this.distributor.groupOf(id);
    if (!(this.ctlr & (group === 0 ? CTLR_EnableGrp0 : CTLR_EnableGrp1))) return false;
    const running = this.runningPriority();
    if (running === IDLE) return true;
    return this.groupPriority(this.distributor.priorityOf(id), group) < this.groupPriority(running, group);
  }

  /**
   * What IAR and HPPIR (`alias` 0) or AIAR and AHPPIR (`alias` 1) see: the highest pending interrupt, or the reason why it is not theirs:
   * group 1 shows in the unaliased registers with AckCtl only, group 0 never in the aliased ones.
   */
  private seenFrom(alias: number): number {
    const id = this.unmaskedPending();
    if (id === SPURIOUS) return id;
    const group = this.distributor.groupOf(id);
    if (alias === 1) return group === 1 ? id : SPURIOUS;
    return group === 0 || this.ctlr & CTLR_AckCtl ? id : OTHER_GROUP;
  }

  /** HPPIR's value for `id`, with the sending processor of an SGI in bits 12:10. */
  private describe(id: number): number {
    return id < OTHER_GROUP ? id | (this.distributor.sourceOf(id) << 10) : id;
  }

  /** What an acknowledgement would give now: of what the processor is signalled, what is to be seen from there. */
  private offered(alias: number): number {
    const pending = this.unmaskedPending();
    return pending === SPURIOUS || !this.isSignalled(pending) ? SPURIOUS : this.seenFrom(alias);
  }

  /** The interrupt for which the processor's IRQ or FIQ is driven, else -1. */
  signalled(as: 'IRQ' | 'FIQ'): number {
    const id = this.unmaskedPending();
    return id !== SPURIOUS && this.isSignalled(id) && this.signalOf(id) === as ? id : -1;
  }

  /** How interrupt `id` is signalled. */
  signalOf(id: number): 'IRQ' | 'FIQ' {
    return (this.ctlr & CTLR_FIQEn) !== 0 && this.distributor.groupOf(id) === 0 ? 'FIQ' : 'IRQ';
  }

  /** Takes the highest pending interrupt: it becomes active, and its group priority the running one. Returns the value of IAR or AIAR. */
  private acknowledge(alias: number): number {
    const id = this.offered(alias);
    if (id >= OTHER_GROUP) return id;
    const group = this.distributor.groupOf(id);
    const level = this.groupPriority(this.distributor.priorityOf(id), group) >> 1;
    this.active[group * 4 + (level >> 5)] |= 1 << (level & 31);
    const source = this.distributor.acknowledge(id);
    this.update();
    return id | (source << 10);
  }

  /** Priority drop, and with EOImode 0 deactivation as well. Spurious IDs, and completion with nothing active, are ignored. */
  private complete(id: number): void {
    if (id >= this.distributor.interrupts || this.active.every((word) => word === 0)) return;
    const first = this.distributor.groupOf(id) * 4;
    for (let word = first; word < first + 4; word++) {
      if (this.active[word] === 0) continue;
      this.active[word] &= this.active[word] - 1;
      break;
    }
    if (!(this.ctlr & CTLR_EOImode)) this.distributor.deactivate(id);
  }

  /** Drives IRQ and FIQ. */
  private update(): void {
    const id = this.unmaskedPending();
    const signalled = id !== SPURIOUS && this.isSignalled(id);
    const asFiq = signalled && this.signalOf(id) === 'FIQ';
    this.fiq.set(asFiq);
    this.irq.set(signalled && !asFiq);
  }

  reset(): void {
    this.ctlr = this.pmr = this.bpr = 0;
    this.abpr = ABPR_MIN;
    this.active.fill(0);
    this.update();
  }

  save(): CpuInterfaceState {
    return { registers: [this.ctlr, this.pmr, this.bpr, this.abpr], active: this.active.slice() };
  }

  restore(state: unknown): void {
    const { registers, active } = state as CpuInterfaceState;
    [this.ctlr, this.pmr, this.bpr, this.abpr] = registers;
    this.active.set(active);
    this.update();
  }
}
