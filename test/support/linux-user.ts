/**
 * Runs statically linked Linux programs for ARM (EABI) on this project's processor, in user mode without a kernel: an SVC becomes a system
 * call served here. Flat memory, MMU off, one thread, files in memory only. As much of Linux as deterministic filters and calculations need;
 * what is missing answers ENOSYS and is remembered.
 */
import { CodeBreakpoints } from '../../src/arm/breakpoints.js';
import { Cp15, SCTLR_U } from '../../src/arm/cp15.js';
import { Stop, type Engine } from '../../src/arm/engine.js';
import { Disposition, Exception, type DispositionKind, type PendingException } from '../../src/arm/exceptions.js';
import { FPEXC_EN } from '../../src/arm/fpscr.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { cortexA15, isV7, type CpuModel } from '../../src/cpu/models.js';
import { Processor } from '../../src/cpu/processor.js';
import { ReferenceEngine } from '../../src/cpu/reference-engine.js';
import { featureMask, type Feature } from '../../src/isa/features.js';
import { InterpreterEngine } from '../../src/jit/engine.js';
import { PhysicalBus } from '../../src/mem/bus.js';
import { FetchUnit } from '../../src/mem/fetch.js';
import { MachineMemory } from '../../src/mem/memory.js';
import { Mmu } from '../../src/mem/mmu.js';
import { FetchOverlay } from '../../src/mem/overlay.js';
import { SystemCalls } from './linux-user-calls.js';
import { TIER1 } from './tier1.js';

/** Guest memory: from address 0. */
export const MEMORY_BYTES = 64 << 20;
const STACK_TOP = MEMORY_BYTES - 0x1_0000;
const STACK_BYTES = 1 << 20;
/** Where mmap2 gives from, upwards. */
const MAPPINGS = MEMORY_BYTES >> 1;

export interface LinuxProgram {
  readonly image: Uint8Array;
  readonly argv: readonly string[];
  readonly stdin?: Uint8Array;
  /** Files that it may open, by the name that it uses. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
}

export interface LinuxOutcome {
  /** Exit status, or what ended it otherwise. */
  readonly status: number | string;
  readonly stdout: Uint8Array;
  readonly stderr: string;
  readonly instructions: number;
  /** Numbers of system calls that are not served. */
  readonly missing: readonly number[];
}

interface LinuxOptions {
  readonly model?: CpuModel;
  readonly engine?: Engine['name'];
  /** Instructions after which a program is taken not to end. */
  readonly limit?: number;
}

/** HWCAP: half, thumb, fast multiply, VFP, EDSP and TLS, which all models have; then what each has beyond. */
const HWCAP = 0x0000_80d6;
const HWCAPS: readonly (readonly [feature: Feature, bits: number])[] = [
  ['advanced-simd', 1 << 12],
  ['vfpv3', 1 << 13],
  ['vfpv4', 1 << 16],
  ['divide', 3 << 17],
  ['d32', 1 << 19],
  ['lpae', 1 << 20],
];

function hwcap({ features }: CpuModel): number {
  return HWCAPS.reduce((all, [feature, bits]) => ((features & featureMask([feature])) === 0 ? all : all | bits), HWCAP);
}

class LinuxUser {
  readonly #memory = new MachineMemory([MEMORY_BYTES]);
  readonly #processor: Processor;
  readonly #engine: Engine;
  readonly #ram: Uint8Array;
  readonly #view: DataView;
  readonly #calls: SystemCalls;
  readonly #hwcap: number;
  readonly #v7: boolean;
  #ended: number | string | undefined;

  constructor({ model = cortexA15, engine = 'interpreter' }: LinuxOptions, program: LinuxProgram) {
    const memory = this.#memory;
    const bus = new PhysicalBus(memory);
    const ram = memory.allocate('ram', MEMORY_BYTES);
    this.#ram = memory.bytes(ram);
    this.#view = new DataView(this.#ram.buffer, this.#ram.byteOffset, MEMORY_BYTES);
    bus.mapRam(0, MEMORY_BYTES, ram.offset);
    const mmu = new Mmu(memory, bus);
    const overlay = new FetchOverlay();
    const fetch = new FetchUnit(memory, mmu, bus, overlay);
    const breakpoints = new CodeBreakpoints();
    const processor = new Processor({ memory, bus, mmu, fetch, model });
    this.#processor = processor;
    this.#hwcap = hwcap(model);
    this.#v7 = isV7(model);
    this.#engine =
      engine === 'reference'
        ? new ReferenceEngine(processor, breakpoints)
        : new InterpreterEngine({ memory, port: processor, fetch, breakpoints }, TIER1);
    bus.onCodeWrite = (pa, length) => this.#engine.invalidateCode(pa, length);
    processor.trapHandler = { take: (exception) => this.#take(exception) };
    const { entry, end } = this.#load(program.image);
    this.#calls = new SystemCalls(this.#ram, program, { brk: end, mappings: MAPPINGS, limit: STACK_TOP - STACK_BYTES });
    const { state } = processor;
    state[Cp15.CPACR] |= 0x00f0_0000;
    // unaligned accesses of ARMv6, which later ones always have
    state[Cp15.SCTLR] |= SCTLR_U;
    state[Word.FPEXC] = FPEXC_EN;
    processor.setCpsr(Mode.usr | ((entry & 1) !== 0 ? Psr.T : 0));
    state[Word.PC] = entry & ~1;
    state[13] = this.#stack(program, entry);
    processor.commit();
  }

  #load(image: Uint8Array): { entry: number; end: number } {
    const elf = new DataView(image.buffer, image.byteOffset, image.length);
    const headers = elf.getUint32(28, true);
    let end = 0;
    for (let i = 0; i < elf.getUint16(44, true); i++) {
      const at = headers + 32 * i;
      if (elf.getUint32(at, true) !== 1) continue;
      const [offset, va, , fileSize, memorySize] = [4, 8, 12, 16, 20].map((field) => elf.getUint32(at + field, true));
      this.#ram.set(image.subarray(offset, offset + fileSize), va);
      if (offset === 0) this.#headers = va + headers;
      end = Math.max(end, va + memorySize);
    }
    return { entry: elf.getUint32(24, true), end: (end + 0xfff) & ~0xfff };
  }
  #headers = 0;

  /** The initial stack (System V ABI): argc, argv, envp, the auxiliary vector. Returns the stack pointer. */
  #stack({ argv, image }: LinuxProgram, entry: number): number {
    let at = STACK_TOP;
    const text = (value: string): number => {
      const bytes = new TextEncoder().encode(`${value}\0`);
      at -= bytes.length;
      this.#ram.set(bytes, at);
      return at;
    };
    const args = argv.map(text);
    const platform = text(this.#v7 ? 'v7l' : 'v6l');
    const chance = (at = (at - 16) & ~15);
    for (let i = 0; i < 16; i++) this.#ram[chance + i] = 17 * i;
    const elf = new DataView(image.buffer, image.byteOffset, image.length);
    const auxiliary = [
      ...[3, this.#headers, 4, 32, 5, elf.getUint16(44, true), 6, 4096, 7, 0, 8, 0, 9, entry],
      ...[
        11,
        1000,
        12,
        1000,
        13,
        1000,
        14,
        1000,
        15,
        platform,
        16,
        this.#hwcap,
        17,
        100,
        23,
        0,
        25,
        chance,
        26,
        0,
        0,
        0,
      ],
    ];
    const words = [args.length, ...args, 0, 0, ...auxiliary];
    const sp = (at - 4 * words.length) & ~7;
    words.forEach((word, i) => this.#view.setUint32(sp + 4 * i, word, true));
    return sp;
  }

  #take(exception: PendingException): DispositionKind {
    const { state } = this.#processor;
    if (exception.kind !== Exception.SupervisorCall) {
      const what = ['reset', 'SIGILL', 'SVC', 'SIGSEGV (fetch)', 'SIGSEGV'][exception.kind] ?? 'exception';
      this.#end(
        `${what} at ${exception.pc.toString(16)}, ${exception.word.toString(16)}, address ${exception.address.toString(16)}`,
      );
      return Disposition.Resume;
    }
    state[Word.PC] = exception.pc + exception.length;
    const number = state[7] >>> 0;
    if (number === 0xf_0005) {
      state[Cp15.TPIDRURO] = state[0];
      state[0] = 0;
    } else {
      const args = [0, 1, 2, 3, 4, 5].map((n) => state[n] >>> 0);
      state[0] = this.#calls.call(number, args);
      if (this.#calls.exited !== undefined) this.#end(this.#calls.exited);
    }
    return Disposition.Resume;
  }

  #end(status: number | string): void {
    this.#ended = status;
    this.#processor.requestStop();
  }

  run(limit: number): LinuxOutcome {
    const { state } = this.#processor;
    let instructions = 0;
    while (this.#ended === undefined) {
      const budget = Math.min(limit - instructions, 1 << 28);
      const stop = budget <= 0 ? Stop.Budget : this.#engine.run(budget, false);
      instructions += budget <= 0 ? 0 : budget - state[Word.COUNT];
      if (budget <= 0) this.#end('too many instructions');
      else if (stop !== Stop.Host && stop !== Stop.Attention && stop !== Stop.Budget) this.#end(`stop ${stop}`);
    }
    const { stdout, stderr, missing } = this.#calls;
    return {
      status: this.#ended,
      stdout: stdout(),
      stderr: new TextDecoder().decode(stderr()),
      instructions,
      missing: [...missing],
    };
  }
}

/** Runs a program to its end. */
export function runLinux(program: LinuxProgram, options: LinuxOptions = {}): LinuxOutcome {
  return new LinuxUser(options, program).run(options.limit ?? 4_000_000_000);
}
