/**
 * A hypervised guest: assembles the machine that the VMM runs on (RAM and a processor), the virtual machine that the guest sees (a board of
 * virtual devices and a virtual CPU over guest-physical memory), and what stands between them: patcher, arbiter, shadow tables. The loader of the
 * VMM, and the guest's face towards debugger and session.
 *
 *   physical memory                         guest-physical memory, on `virt`, and on `raspi1`
 *   PHYSICAL_BASE  flash 0                  0x0000_0000                –
 *                  flash 1                  0x0400_0000                –
 *                  RAM                      0x4000_0000                0x0000_0000
 *                  shadow tables            –                          –
 *                  device window            pages of devices
 */
import { Mode } from '../arm/modes.js';
import { Cp15, SCTLR_M, SCTLR_XP } from '../arm/cp15.js';
import { Word } from '../arm/state.js';
import { boardErrors } from '../machine/errors.js';
import { allocateBoard, boardMemories, GuestBoard, planGuest } from '../machine/guest-board.js';
import type { Board } from '../machine/board.js';
import type { GuestHooks, GuestOptions } from '../machine/guest-options.js';
import type { Guest } from '../machine/guest.js';
import type { GuestStop, RunOptions } from '../machine/run.js';
import type { LoadPlan } from '../machine/images.js';
import { Machine, type Processor } from '../machine/machine.js';
import { PhysicalBus } from '../mem/bus.js';
import { Access } from '../mem/ports.js';
import { Arbiter, expectedVerdict } from './arbiter.js';
import { MemoryConfigurator, type KnownSpace } from './memory.js';
import { classIndex, type ExitClassId } from './classes.js';
import { DeviceWindow } from './device-window.js';
import { GuestTime } from './guest-time.js';
import { Metrics } from './metrics.js';
import { levels, Patcher, type Level } from './patcher.js';
import { Placement } from './placement.js';
import { InPlacePlant, OverlayPlant, type Planting } from './planting.js';
import { TrapRecords, verdicts } from './records.js';
import { siteForm } from './short-forms.js';
import { GUEST_KERNEL, SECTION, shadowBytes, ShadowTables, type ShadowSize } from './shadow.js';
import type { Site } from './sites.js';
import { closeUserRegisters, World } from './world.js';

/** Where the machine's RAM begins. No byte of a guest lies physically where it lies guest-physically. */
const PHYSICAL_BASE = 0x0800_0000;
/** Room for the shadow tables of 32 address spaces, and of 2 GiB of scattered pages. Where it is short the ones used least recently are dropped. */
const SHADOW_SIZE: ShadowSize = { levelOne: 64, levelTwo: 2048 };

/** Whatever a short descriptor can name lies below. */
const PHYSICAL_END = 0x1_0000_0000;
/** The level from which accesses to devices are counted, and are no traps. */
const WINDOW_LEVEL = 2;
const DEVICE = classIndex('device');
const EMULATE = verdicts.indexOf('emulate');

export interface HypervisorOptions extends GuestOptions {
  /** Optimisation level, one of `levels`. */
  readonly level: number;
  /** Where planted words stand. */
  readonly patches: Planting;
  /** Direct branches trap as well: see patcher.ts. */
  readonly allBranches?: boolean;
  /** Room for shadow tables. */
  readonly shadow?: ShadowSize;
}

export interface HypervisorHooks extends GuestHooks {
  /** A trap was recorded; `cls` is an index into exitClasses. */
  trap(cls: number): void;
  /** Host time in ms, to sample what exits cost. */
  readonly hostNow?: () => number;
  /** Costs of exits and of analysis are sampled from the start. */
  readonly timed?: boolean;
}

/** @throws UserError 123 */
export function checkLevel(level: number): Level {
  const known = levels.find((l) => l === level);
  if (known === undefined) throw boardErrors.unknownLevel(level, levels.join(', '));
  return known;
}

export class Hypervisor implements Guest {
  readonly mode = 'hypervised';
  readonly machine: Machine;
  /** The virtual CPU: what the guest believes its processor to be. */
  readonly cpu: Processor;
  /** Guest-physical memory and devices. */
  readonly bus: PhysicalBus;
  readonly board: Board;
  readonly plan: LoadPlan;
  readonly patcher: Patcher;
  readonly shadow: ShadowTables;
  readonly records = new TrapRecords();
  readonly metrics: Metrics;
  readonly time = new GuestTime();
  readonly #around: GuestBoard;
  readonly #arbiter: Arbiter;
  readonly #memory: MemoryConfigurator;
  #watchesDevices = false;
  readonly #world: World;

  constructor(options: HypervisorOptions, hooks: HypervisorHooks) {
    const level = checkLevel(options.level);
    this.plan = planGuest(options);
    const tables = options.shadow ?? SHADOW_SIZE;
    const shadowSize = shadowBytes(tables);
    const machine = new Machine({ ...options, memories: [...boardMemories(options), shadowSize] });
    this.machine = machine;
    this.metrics = new Metrics(hooks.hostNow, hooks.timed === true, () => machine.engine.flushCounters());

    const memories = allocateBoard(machine, options);
    const shadowMemory = machine.memory.allocate('shadow tables', shadowSize);
    const shift = this.#shift;
    for (const m of machine.memory.guests)
      machine.bus.mapRam(m.offset + shift, Math.ceil(m.length / 4096) * 4096, m.offset);
    this.bus = new PhysicalBus(machine.memory);
    const placement = new Placement(this.bus, memories, shift);
    this.shadow = new ShadowTables(machine.memory.i32, shadowMemory.offset, shadowMemory.offset + shift, tables);

    this.#around = new GuestBoard(machine, this.bus, memories, options, hooks, this.plan);
    this.board = this.#around.board;
    // PERF: ahead of the processor, whose reset would have another bank of the TLB come into use for nothing (the first boot of `uboot.bench`).
    machine.mmu.useContexts(true);
    const real = machine.attach();
    // The state block of this processor is the virtual CPU of the thesis.
    this.cpu = machine.virtualProcessor(this.bus, this.board);
    machine.sleepWith(this.cpu);
    real.followDebugEvents(this.cpu);
    this.#around.interrupts(this.cpu);
    this.#around.interrupts(real);
    this.#around.installFirmware(this.cpu);

    // By the TLB that the fetch goes by, not by the guest's tables: they may say something else meanwhile.
    const nextPage = (gva: number): number => {
      const outcome = real.mmu.access(gva, Access.fetch, false, GUEST_KERNEL);
      return outcome.fault === 0 ? outcome.pa : -1;
    };
    const Plant = options.patches === 'in-place' ? InPlacePlant : OverlayPlant;
    this.patcher = new Patcher({
      plant: new Plant(machine.bus, machine.overlay),
      memory: machine.memory,
      level,
      allBranches: options.allBranches,
      nextPage,
      features: this.cpu.features,
      arbitrate: (site) => this.#arbiter.inline(site),
      trapped: (site) => this.#arbiter.trapped(site),
      shortForm: (row, word, length) => siteForm(machine.engine, real, this.cpu, this.#memory, row, word, length),
      executed: (site, times) => {
        const verdict = expectedVerdict(site);
        site.executed(verdict, times);
        this.metrics.count(site.cls, verdict, times);
      },
      scanBegins: () => this.metrics.beginAnalysis(),
      scanEnds: () => this.metrics.endAnalysis(),
    });
    this.#world = new World(real.state, this.cpu.state);
    this.#memory = new MemoryConfigurator(real, this.cpu, placement, this.shadow, this.#deviceWindow(shift));
    this.#arbiter = new Arbiter({
      real,
      virtual: this.cpu,
      world: this.#world,
      memory: this.#memory,
      patcher: this.patcher,
      records: this.records,
      metrics: this.metrics,
      time: this.time,
      instructions: () => machine.clock.instructions(),
      slept: () => machine.clock.slept(),
      onTrap: (cls) => hooks.trap(cls),
    });
    this.#connect(placement);
    this.#boot();
  }

  #connect(placement: Placement): void {
    const { machine, patcher, cpu } = this;
    const real = machine.processor;
    const arbiter = this.#arbiter;
    const memory = this.#memory;
    real.trapHandler = arbiter;
    real.admission = patcher;
    const watch = this.#around.exceptionWatch(cpu);
    cpu.trapHandler = {
      take: (e) => {
        arbiter.guestException = e.kind;
        return watch.take(e);
      },
    };
    cpu.mmu.listener = memory;
    machine.clock.onSleep = (from, to) => {
      this.time.sleep(from, to);
    };

    // Code that changes, whoever writes it: the guest natively, the virtual CPU and DMA through the guest's bus.
    const { bus } = machine;
    const engineForgets = bus.onCodeWrite;
    bus.onCodeWrite = (pa, length) => {
      engineForgets(pa, length);
      patcher.codeChanged(pa, length);
    };
    this.bus.onCodeWrite = (gpa, length) => {
      const pa = placement.physical(gpa);
      if (pa < 0) return;
      bus.onCodeWrite(pa, length);
      // A flash that changes its mode has forgotten its marks. Nothing analysed there is left, so the next fetch marks the page in both places.
      if (!placement.permanent(gpa)) bus.unmarkCode(pa);
    };
    const mark = bus.onCodeMarked;
    bus.onCodeMarked = (host) => {
      mark(host);
      const gpa = placement.guestPhysical(host + this.#shift);
      if (gpa >= 0) this.bus.markCode(gpa);
    };
    // A flash that leaves or enters read-array mode: what was mapped directly may be so no longer.
    const mapChanged = this.bus.onMapChange;
    this.bus.onMapChange = (gpa, length) => {
      mapChanged(gpa, length);
      memory.mapChanged();
    };
  }

  /** Behind all memory of the machine. A guest whose memory leaves no room there has none: its device accesses are arbitrated one by one. */
  #deviceWindow(shift: number): DeviceWindow {
    const { machine, metrics } = this;
    const end = Math.max(...machine.memory.guests.map(({ offset, length }) => offset + length)) + shift;
    const base = Math.ceil(end / SECTION) * SECTION;
    const window = new DeviceWindow(base, {
      bus: this.bus,
      instructions: () => machine.clock.instructions(),
      beforeAccess: () => this.#world.enter(),
      beginTrap: () => this.#arbiter.beginDeviceAccess(),
      endTrap: (value) => this.#arbiter.endDeviceAccess(value),
      onExit: () => metrics.count(DEVICE, EMULATE),
      monitored: () => machine.processor.state[Word.EXCLUSIVE] !== 0,
      refuse: () => {
        machine.bus.failed = true;
      },
      leave: () => this.#memory.windowLeft(),
    });
    if (base + window.size <= PHYSICAL_END) machine.bus.mapDevice(base, window);
    return window;
  }

  /** Real CPU: MMU on over the shadow tables, User mode for good. Virtual CPU: the guest's first instruction. */
  #boot(): void {
    const real = this.machine.processor;
    const { state } = real;
    // Shadow tables are ARMv7's, and ARMv6's own.
    state[Cp15.SCTLR] |= SCTLR_M | SCTLR_XP;
    state[Cp15.TTBCR] = 0;
    closeUserRegisters(state);
    real.setCpsr(Mode.usr);
    this.#chooseDevices();
    this.#around.start(this.cpu);
    this.commit();
  }

  run(options: RunOptions): GuestStop {
    const stop = this.machine.run(options, () => this.#around.canBeWoken());
    this.#world.enter();
    return stop;
  }

  commit(): void {
    const real = this.machine.processor;
    this.cpu.commit();
    this.cpu.state[Word.ATTENTION] = 0;
    this.#memory.enter(this.#world.leave());
    real.statusChanged();
  }

  reset(): void {
    this.machine.restart();
    this.metrics.restart();
    this.records.restart();
    this.time.restart();
    this.patcher.dropAll();
    this.board.reset();
    this.machine.processor.reset();
    this.cpu.reset();
    this.#boot();
  }

  addBreakpoint(gva: number): void {
    this.machine.breakpoints.add(gva);
  }

  deleteBreakpoint(gva: number): void {
    this.machine.breakpoints.delete(gva);
  }

  /** Keeps many more records, and times exits now and then where there is a host clock: for somebody who looks at the run as a whole. */
  keepHistory(on: boolean): void {
    this.records.keepLong(on);
    this.time.keepLong(on);
    this.metrics.sample(on);
  }

  /** Bytes that the VMM holds for this guest, by what they are for. */
  memoryHeld(): { readonly shadowTables: number; readonly analysis: number; readonly records: number } {
    return {
      shadowTables: this.shadow.bytes,
      analysis: this.patcher.map.bytes + this.patcher.memory.bytes,
      records: this.records.bytes + this.time.bytes,
    };
  }

  /** The level may change at any time between runs. */
  setLevel(level: number): void {
    this.patcher.setLevel(checkLevel(level));
    this.#chooseDevices();
  }

  /** Classes of which every exit traps and leaves a record, at every level. Like the level, this may change between runs. */
  watch(classes: ReadonlySet<ExitClassId>): void {
    this.patcher.watch(classes);
    if (classes.has('device') === this.#watchesDevices) return;
    this.#watchesDevices = !this.#watchesDevices;
    this.#chooseDevices();
  }

  #chooseDevices(): void {
    this.#memory.arbitrateDevices(this.patcher.level < WINDOW_LEVEL || this.#watchesDevices);
  }

  /** Physical address of the guest's kernel code at a guest virtual address, as the guest's tables are now; -1 where there is none. */
  codePlace(gva: number): number {
    const outcome = this.cpu.mmu.translate(gva >>> 0, 2, true);
    if (outcome.fault !== 0) return -1;
    const host = this.bus.directPage(outcome.pa, false);
    return host < 0 ? -1 : host + (gva & 0xfff) + this.#shift;
  }

  /** Guest-physical address of a physical one of the machine, -1 where the guest has nothing: the VMM's own. And the inverse. */
  guestPhysical(pa: number): number {
    return this.#memory.guestPhysical(pa);
  }

  physical(gpa: number): number {
    return this.#memory.physical(gpa);
  }

  /** The guest's address spaces for which there are shadow tables. */
  spaces(): KnownSpace[] {
    return this.#memory.spaces();
  }

  /** The callback site at a guest virtual address of the kernel, if it is one. */
  siteAt(gva: number, thumb: number): Site | undefined {
    const pa = this.codePlace(gva);
    const site = pa < 0 ? undefined : this.patcher.map.siteAt(pa, thumb);
    // Executions that the engine has counted in its slots belong to the site by the time somebody looks at it.
    if (site !== undefined) this.machine.engine.flushCounters();
    return site;
  }

  /** Physical address of guest memory less its byte address in the one memory. */
  get #shift(): number {
    return PHYSICAL_BASE - this.machine.memory.guests[0].offset;
  }
}

/** Builds a hypervised guest at its first instruction. @throws UserError 100–124, MemoryMapError */
export function createHypervisor(options: HypervisorOptions, hooks: HypervisorHooks): Hypervisor {
  return new Hypervisor(options, hooks);
}
