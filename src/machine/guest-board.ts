/**
 * What a guest has around its processor, bare or hypervised alike: the board on its bus, the images, the firmware, the console. Both kinds of
 * guest are built from this, so that they differ in nothing else.
 */
import { Disposition, Exception, type PendingException, type TrapHandler } from '../arm/exceptions.js';
import { Word } from '../arm/state.js';
import { Psr } from '../arm/modes.js';
import { missingFeature } from '../cpu/missing.js';
import type { Firmware, Processor } from '../cpu/processor.js';
import { featureMask } from '../isa/features.js';
import type { PhysicalBus } from '../mem/bus.js';
import type { GuestMemory } from '../mem/memory.js';
import { boardErrors } from './errors.js';
import { ExceptionWatch, isaOf } from './exception-watch.js';
import { boards, type GuestHooks, type GuestOptions } from './guest-options.js';
import { checkRamSize, planImages, type LoadPlan } from './images.js';
import { cpuModel, type Machine } from './machine.js';
import { callPsci } from './psci.js';
import { Semihosting } from './semihosting.js';
import { VirtBoard } from './virt-board.js';
import { FLASH_SIZE, RAM_LEAST, RAM_MOST, virtMap } from './virt-map.js';
import { virtDeviceTree } from './virt-tree.js';

/** Why a word is Undefined, where that is because the processor model lacks something. */
function missingWord({ model }: Processor, e: PendingException): string | undefined {
  return e.length === 0 ? undefined : missingFeature(model, isaOf(e), e.word);
}

/** Bytes of the guest memories of a board, in the order in which {@link GuestBoard} allocates them. */
export function boardMemories(options: GuestOptions): number[] {
  return [FLASH_SIZE, FLASH_SIZE, options.memory];
}

/** Checks what can be wrong with a board's settings, and plans the images. @throws UserError 100–124 */
export function planGuest(options: GuestOptions): LoadPlan {
  if (!(boards as readonly string[]).includes(options.board)) {
    throw boardErrors.unknownBoard(options.board, boards.join(', '));
  }
  checkRamSize(options.memory, RAM_LEAST, RAM_MOST);
  const memory = { ramBase: virtMap.ram.base, ramSize: options.memory, flashSize: FLASH_SIZE };
  const { cpu } = options;
  const { features } = cpuModel(cpu);
  // PSCI is called by HVC, which came with the Virtualization Extensions.
  const psci = (features & featureMask(['virtualization'])) !== 0;
  const timer = (features & featureMask(['generic-timer'])) !== 0;
  return planImages(memory, options.images, ({ bootargs, initrd }) =>
    virtDeviceTree({ ramSize: options.memory, cpu, psci, timer, bootargs, initrd }),
  );
}

/** The guest memories of a board. */
export interface BoardMemories {
  readonly flash0: GuestMemory;
  readonly flash1: GuestMemory;
  readonly ram: GuestMemory;
}

/** Takes a board's memories from the machine's. */
export function allocateBoard(machine: Machine, options: GuestOptions): BoardMemories {
  return {
    flash0: machine.memory.allocate('flash0', FLASH_SIZE),
    flash1: machine.memory.allocate('flash1', FLASH_SIZE),
    ram: machine.memory.allocate('ram', options.memory),
  };
}

export class GuestBoard {
  readonly board: VirtBoard;
  /** Interrupt inputs: of one processor when bare, of the virtual and the real one when hypervised. */
  readonly #irq: Processor[] = [];
  readonly #semihosting: Semihosting;
  readonly #watches: ExceptionWatch[] = [];

  constructor(
    private readonly machine: Machine,
    bus: PhysicalBus,
    memories: BoardMemories,
    private readonly options: GuestOptions,
    private readonly hooks: GuestHooks,
    readonly plan: LoadPlan,
  ) {
    const console = { write: (byte: number) => hooks.console(byte) };
    this.board = new VirtBoard({
      bus,
      buffer: machine.memory.buffer,
      ...memories,
      clock: machine.clock,
      irq: {
        set: (level) => {
          for (const cpu of this.#irq) cpu.irqLine = level;
        },
      },
      fiq: {
        set: (level) => {
          for (const cpu of this.#irq) cpu.fiqLine = level;
        },
      },
      console,
      log: hooks,
      epoch: options.epoch,
    });
    this.#semihosting = new Semihosting({
      ...console,
      read: () => this.board.takeTyped(),
      exit: (code) => machine.end({ kind: 'exit', code, how: 'semihosting' }),
      now: () => machine.clock.now(),
      epoch: options.epoch,
      commandLine: options.images.append ?? '',
      ram: { base: virtMap.ram.base, length: options.memory },
    });
  }

  /** Connects the board's interrupt lines to a processor. */
  interrupts(cpu: Processor): void {
    this.#irq.push(cpu);
  }

  /** Gives the guest's processor the board's firmware, and the run's policy. */
  installFirmware(cpu: Processor): void {
    const { machine, options, hooks } = this;
    if (options.unpredictable === 'stop') cpu.onUnpredictable = (pc) => hooks.unpredictable?.(pc);
    const power = {
      powerOff: () => machine.end({ kind: 'exit', code: 0, how: 'power-off' }),
      systemReset: () => machine.end({ kind: 'reset' }),
      coreOff: () =>
        machine.end({
          kind: 'dead',
          why: 'The guest switched its only core off (PSCI CPU_OFF); nothing can switch it on.',
        }),
    };
    const firmware: Firmware = {
      hypervisorCall: () => {
        callPsci(cpu, power);
        return true;
      },
      secureMonitorCall: () => false,
      semihosting: () => {
        if (!this.options.semihosting) return false;
        this.#semihosting.call(cpu);
        return true;
      },
    };
    cpu.firmware = firmware;
  }

  /** What the guest's processor shows to whoever watches its exceptions. */
  exceptionWatch(cpu: Processor): TrapHandler {
    const watch = new ExceptionWatch(cpu);
    this.#watches.push(watch);
    return {
      take: (e: PendingException) => {
        const why = watch.take(e);
        if (why !== undefined) this.machine.end({ kind: 'dead', why });
        this.hooks.guestException(e.kind, e.pc, e.kind === Exception.Undefined ? missingWord(cpu, e) : undefined);
        return Disposition.Vector;
      },
    };
  }

  /** Puts the images in place and the guest's processor at its first instruction. Everything else must be in its reset state. */
  start(cpu: Processor): void {
    this.board.load(this.plan);
    for (const watch of this.#watches) watch.reset();
    const { start } = this.plan;
    const { state } = cpu;
    state[0] = start.r0;
    state[1] = start.r1;
    state[2] = start.r2;
    cpu.setCpsr(start.cpsr | (start.thumb ? Psr.T : 0));
    state[Word.PC] = start.pc;
    cpu.commit();
  }

  canBeWoken(): boolean {
    return this.board.canBeWoken();
  }
}
