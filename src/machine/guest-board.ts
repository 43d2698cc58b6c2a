/**
 * What a guest has around its processor, bare or hypervised alike: the board on its bus, the images, the firmware, the console. Both kinds of
 * guest are built from this, so that they differ in nothing else.
 */
import { Disposition, Exception, FaultType, type PendingException, type TrapHandler } from '../arm/exceptions.js';
import { Word } from '../arm/state.js';
import { Psr } from '../arm/modes.js';
import { missingFeature } from '../cpu/missing.js';
import type { Firmware, Processor } from '../cpu/processor.js';
import { thumbLength } from '../isa/decode.js';
import type { PhysicalBus } from '../mem/bus.js';
import { Access } from '../mem/ports.js';
import type { Board, MappedMemory } from './board.js';
import { boardModel } from './boards.js';
import { boardErrors } from './errors.js';
import { ExceptionWatch, isaOf } from './exception-watch.js';
import type { GuestHooks, GuestOptions } from './guest-options.js';
import type { LoadPlan } from './images.js';
import { cpuModel, type Machine } from './machine.js';
import type { PowerControl } from './psci.js';
import { Semihosting } from './semihosting.js';

/** Why a word is Undefined, where that is because the processor model lacks something. */
function missingWord(cpu: Processor, e: PendingException): string | undefined {
  if (e.length === 0) return undefined;
  const isa = isaOf(e);
  if (isa === 'T16' && thumbLength(e.word) === 4) return missingWide(cpu, e);
  return missingFeature(cpu.model, isa, e.word);
}

/** The same of half a branch, as ARMv6 has them: together with what follows it may be an instruction of Thumb-2. */
function missingWide({ model, mmu, bus }: Processor, e: PendingException): string | undefined {
  const next = mmu.translate((e.pc + 2) >>> 0, Access.fetch, true);
  if (next.fault !== FaultType.None || bus.directPage(next.pa, false) < 0) return undefined;
  return missingFeature(model, 'T32', (e.word << 16) | (bus.read(next.pa, 2) & 0xffff));
}

/** Bytes of the guest memories of a board, in the order in which {@link allocateBoard} takes them. @throws UserError 120 */
export function boardMemories(options: GuestOptions): number[] {
  return boardModel(options.board)
    .memories(options)
    .map(({ length }) => length);
}

/** Checks what can be wrong with a board's settings, and plans the images. @throws UserError 100–125 */
export function planGuest(options: GuestOptions): LoadPlan {
  const model = boardModel(options.board);
  const { name } = cpuModel(options.cpu);
  if (!model.cpus.includes(name)) throw boardErrors.wrongCpu(model.name, name, model.cpus.join(', '));
  return model.plan(options);
}

/** Takes a board's memories from the machine's. */
export function allocateBoard(machine: Machine, options: GuestOptions): MappedMemory[] {
  const specs = boardModel(options.board).memories(options);
  return specs.map(({ name, length, base, kind }) => ({ memory: machine.memory.allocate(name, length), base, kind }));
}

export class GuestBoard {
  readonly board: Board;
  /** Interrupt inputs: of one processor when bare, of the virtual and the real one when hypervised. */
  readonly #irq: Processor[] = [];
  readonly #semihosting: Semihosting;
  readonly #watches: ExceptionWatch[] = [];

  constructor(
    private readonly machine: Machine,
    bus: PhysicalBus,
    memories: readonly MappedMemory[],
    private readonly options: GuestOptions,
    private readonly hooks: GuestHooks,
    readonly plan: LoadPlan,
  ) {
    const console = { write: (byte: number) => hooks.console(byte) };
    const model = boardModel(options.board);
    this.board = model.create({
      bus,
      buffer: machine.memory.buffer,
      written: (host, length) => machine.memory.dirty.markRange(host, length),
      memories,
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
      power: this.#power(),
      epoch: options.epoch,
    });
    this.#semihosting = new Semihosting({
      ...console,
      read: () => this.board.takeTyped(),
      exit: (code) => machine.end({ kind: 'exit', code, how: 'semihosting' }),
      now: () => machine.clock.now(),
      epoch: options.epoch,
      commandLine: options.images.append ?? '',
      ram: model.ram(options),
    });
  }

  /** Connects the board's interrupt lines to a processor. */
  interrupts(cpu: Processor): void {
    this.#irq.push(cpu);
  }

  /** Gives the guest's processor the board's firmware, and the run's policy. */
  installFirmware(cpu: Processor): void {
    const { options, hooks } = this;
    if (options.unpredictable === 'stop') cpu.onUnpredictable = (pc) => hooks.unpredictable?.(pc);
    const firmware: Firmware = {
      hypervisorCall: () => this.board.hypervisorCall(cpu),
      secureMonitorCall: () => false,
      semihosting: () => {
        if (!this.options.semihosting) return false;
        this.#semihosting.call(cpu);
        return true;
      },
    };
    cpu.firmware = firmware;
  }

  #power(): PowerControl {
    const { machine } = this;
    return {
      powerOff: () => {
        machine.end({ kind: 'exit', code: 0, how: 'power-off' });
      },
      systemReset: () => {
        machine.end({ kind: 'reset' });
      },
      coreOff: () => {
        const why = 'The guest switched its only core off (PSCI CPU_OFF); nothing can switch it on.';
        machine.end({ kind: 'dead', why });
      },
    };
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
