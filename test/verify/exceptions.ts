/**
 * Exception entry and return against QEMU's gdb stub and its log: each kind of exception in every mode, state and vector configuration;
 * each way to return, to every mode and state. Both sides are set to the same state and execute one instruction; registers, CPSR, SPSR and
 * the fault registers must agree.
 */
import { SCTLR_EE, SCTLR_TE, SCTLR_V } from '../../src/arm/cp15.js';
import { Mode, Psr, type ModeName } from '../../src/arm/modes.js';
import type { CpuModel } from '../../src/cpu/models.js';
import { seededRandom, type RandomSource } from '../../src/isa/random.js';
import { CpuRig } from '../support/cpu-rig.js';
import { QemuGdb } from '../support/qemu-gdb.js';

const RAM = 0x4000_0000;
/** The code of a case, the code that sets and asks, a vector table, and a stack: all in RAM on both sides. */
const CODE = RAM + 0x10_0000;
const SCRATCH = RAM + 0x11_0000;
const VECTORS = RAM + 0x12_0020;
const STACK = RAM + 0x20_0000;
/** Nothing answers there, on either side. */
const NOWHERE = 0x0a10_0000;

const { A, I, F, E, T } = Psr;
const MODES: readonly ModeName[] = ['usr', 'fiq', 'irq', 'svc', 'abt', 'und', 'sys'];
const WITH_SPSR: readonly ModeName[] = ['fiq', 'irq', 'svc', 'abt', 'und'];

/** Sources of interrupts are asked for through the GIC of the board: the distributor and the CPU interface. */
const GICD = 0x0800_0000;
const GICC = 0x0801_0000;

export interface ExceptionKindCase {
  readonly name: string;
  readonly arm?: readonly number[];
  readonly thumb?: readonly number[];
  /** What `-d int` calls it. */
  readonly logged: RegExp;
  /** The line that is up; there is no code then. */
  readonly line?: 'irq';
  /** UNPREDICTABLE within an IT block but as the last instruction. */
  readonly inIT?: false;
  /** PC is where nothing is. */
  readonly fetch?: true;
}

export const ENTRIES: readonly ExceptionKindCase[] = [
  { name: 'SVC', arm: [0xef00_0012], thumb: [0xdf12], logged: /^2 \[SVC\]$/ },
  { name: 'UDF', arm: [0xe7f0_00f0], thumb: [0xde00], logged: /^1 \[Undefined/ },
  { name: 'UDF.W', thumb: [0xf7f0, 0xa000], logged: /^1 \[Undefined/ },
  { name: 'SMC', arm: [0xe160_0070], thumb: [0xf7f0, 0x8000], inIT: false, logged: /^1 \[Undefined/ },
  { name: 'unallocated', arm: [0xf7ff_ffff], thumb: [0xffff, 0xffff], logged: /^1 \[Undefined/ },
  { name: 'BKPT', arm: [0xe120_0070], thumb: [0xbe00], logged: /^7 \[Breakpoint\]$/ },
  { name: 'prefetch abort', fetch: true, arm: [], thumb: [], logged: /^3 \[Prefetch Abort\]$/ },
  { name: 'data abort, load', arm: [0xe591_0000], thumb: [0x6808], logged: /^4 \[Data Abort\]$/ },
  {
    name: 'data abort, store with writeback',
    arm: [0xe5a1_0004],
    thumb: [0xf841, 0x0f04],
    logged: /^4 \[Data Abort\]$/,
  },
  { name: 'data abort, load multiple', arm: [0xe8b1_003c], thumb: [0xe8b1, 0x003c], logged: /^4 \[Data Abort\]$/ },
  { name: 'IRQ', line: 'irq', arm: [0xe1a0_0000], thumb: [0xbf00], logged: /^5 \[IRQ\]$/ },
];

/** SCTLR's V, TE and EE, with VBAR at zero and in RAM. */
export const CONFIGURATIONS: readonly { readonly sctlr: number; readonly vbar: number; readonly name: string }[] = [
  0,
  SCTLR_V,
  SCTLR_TE,
  SCTLR_EE,
  SCTLR_V | SCTLR_TE,
  SCTLR_V | SCTLR_EE,
  SCTLR_TE | SCTLR_EE,
  SCTLR_V | SCTLR_TE | SCTLR_EE,
].flatMap((sctlr) =>
  [0, VECTORS].map((vbar) => ({
    sctlr,
    vbar,
    name: `V=${sctlr & SCTLR_V ? 1 : 0} TE=${sctlr & SCTLR_TE ? 1 : 0} EE=${sctlr & SCTLR_EE ? 1 : 0} VBAR=${vbar.toString(16)}`,
  })),
);

export interface ReturnWay {
  readonly name: string;
  readonly arm?: number;
  readonly thumb?: readonly number[];
  /** PC and CPSR come from memory at SP; otherwise PC from LR, or (`list`) from memory at SP, and CPSR from SPSR. */
  readonly from: 'lr' | 'list' | 'rfe';
  /** LR is so much beyond the address. */
  readonly beyond: number;
}

export const RETURNS: readonly ReturnWay[] = [
  { name: 'MOVS PC, LR', arm: 0xe1b0_f00e, from: 'lr', beyond: 0 },
  { name: 'SUBS PC, LR, #4', arm: 0xe25e_f004, thumb: [0xf3de, 0x8f04], from: 'lr', beyond: 4 },
  { name: 'SUBS PC, LR, #0', arm: 0xe25e_f000, thumb: [0xf3de, 0x8f00], from: 'lr', beyond: 0 },
  { name: 'LDM SP!, {PC}^', arm: 0xe8fd_8000, from: 'list', beyond: 0 },
  { name: 'RFEIA SP!', arm: 0xf8bd_0a00, thumb: [0xe9bd, 0xc000], from: 'rfe', beyond: 0 },
  { name: 'RFEIA SP', arm: 0xf89d_0a00, thumb: [0xe99d, 0xc000], from: 'rfe', beyond: 0 },
];

export interface ExceptionCounts {
  entries: number;
  returns: number;
  readonly problems: string[];
}

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

function words(list: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(list).buffer);
}
function halfwords(list: readonly number[]): Uint8Array {
  return new Uint8Array(Uint16Array.from(list).buffer);
}

/** MRS r0, SPSR (where there is one); MRC of DFSR, DFAR, IFSR, IFAR, SCTLR, VBAR to r1 to r6. */
const ASK = [0xe14f_0000, 0xee15_1f10, 0xee16_2f10, 0xee15_3f30, 0xee16_4f50, 0xee11_5f10, 0xee1c_6f10];
const ASKED = ['SPSR', 'DFSR', 'DFAR', 'IFSR', 'IFAR', 'SCTLR', 'VBAR'];
/** MCR SCTLR from r0, VBAR from r1, and zero (r2) to the fault registers. */
const SET = [0xee01_0f10, 0xee0c_1f10, 0xee05_2f10, 0xee06_2f10, 0xee05_2f30, 0xee06_2f50];
/** MSR SPSR_fsxc, r0. */
const SET_SPSR = [0xe16f_f000];
/** Group 0 and CPU interface on, all priorities, and SGI 1 to this processor: STR of r1, r1, r2 and r3 to r4, r5, r5 + 4 and r6. */
const RAISE = [0xe584_1000, 0xe585_1000, 0xe585_2004, 0xe586_3000];
/** The same undone: LDR of the acknowledgement, and STR of it to the end of interrupt. */
const LOWER = [0xe595_000c, 0xe585_0010];

/** Both sides, set and compared. */
export class ExceptionPair {
  readonly #rig: CpuRig;
  readonly #qemu: QemuGdb;
  readonly #random: RandomSource;

  private constructor(model: CpuModel, qemu: QemuGdb, seed: number) {
    this.#rig = new CpuRig({ model });
    this.#qemu = qemu;
    this.#random = seededRandom(seed);
  }

  static async start(model: CpuModel, seed: number): Promise<ExceptionPair> {
    return new ExceptionPair(model, await QemuGdb.start(model.name), seed);
  }

  close(): void {
    this.#qemu.close();
  }

  async #code(at: number, bytes: Uint8Array): Promise<void> {
    this.#rig.bus.writeBlock(at, bytes);
    await this.#qemu.write(at, bytes);
  }

  /** Runs A32 code in the current mode (or `mode`), with registers set before. */
  async #run(code: readonly number[], registers: Readonly<Record<number, number>>, mode?: number): Promise<void> {
    const qemu = this.#qemu;
    const rig = this.#rig;
    await this.#code(SCRATCH, words(code));
    const cpsr = (mode ?? rig.cpsr & Psr.M) | A | I | F;
    rig.psr(cpsr).start(SCRATCH, false);
    await qemu.setCpsr(cpsr);
    await qemu.setR(15, SCRATCH);
    for (const [n, value] of Object.entries(registers)) {
      rig.setR(Number(n), value);
      await qemu.setR(Number(n), value);
    }
    for (let i = 0; i < code.length; i++) rig.step();
    for (let i = 0; i < code.length; i++) await qemu.step();
  }

  /** Vector configuration and clean fault registers. */
  async #configure(sctlr: number, vbar: number): Promise<void> {
    this.#rig.psr(Mode.svc);
    const base = this.#rig.cp15('SCTLR') & ~(SCTLR_V | SCTLR_TE | SCTLR_EE);
    await this.#run(SET, { 0: base | sctlr, 1: vbar, 2: 0 }, Mode.svc);
  }

  /** Random R0 to R12, with R13 and R14 of each mode. */
  async #registers(mode: ModeName): Promise<void> {
    const psr = Mode[mode] | A | I | F;
    this.#rig.psr(psr);
    await this.#qemu.setCpsr(psr);
    for (let n = 0; n < 15; n++) {
      const value = n === 1 ? NOWHERE : n === 13 ? STACK : this.#random();
      this.#rig.setR(n, value);
      await this.#qemu.setR(n, value);
    }
  }

  async #start(at: number, psr: number): Promise<void> {
    this.#rig.psr(psr).start(at, (psr & T) !== 0);
    // PC first: its lowest bit would be T
    await this.#qemu.setR(15, at);
    await this.#qemu.setCpsr(psr);
  }

  /** What differs between both sides, or undefined; leaves fault registers and SPSR in R0 to R6. */
  async #compare(): Promise<string | undefined> {
    const theirs = await this.#qemu.registers();
    const rig = this.#rig;
    for (let n = 0; n < 17; n++) {
      const ours = n === 15 ? rig.pc : n === 16 ? rig.cpsr : rig.r(n);
      if (ours !== theirs[n]) return `${n === 16 ? 'CPSR' : `R${n}`} is ${hex(ours)}, QEMU has ${hex(theirs[n])}`;
    }
    const mode = rig.cpsr & Psr.M;
    const privileged = mode !== Mode.usr;
    const hasSpsr = privileged && mode !== Mode.sys;
    if (!privileged) {
      await this.#leaveUser();
      return undefined;
    }
    await this.#run(hasSpsr ? ASK : ASK.slice(1), {});
    const asked = await this.#qemu.registers();
    for (let n = hasSpsr ? 0 : 1; n < ASKED.length; n++)
      if (rig.r(n) !== asked[n]) return `${ASKED[n]} is ${hex(rig.r(n))}, QEMU has ${hex(asked[n])}`;
    return undefined;
  }

  /** Both sides out of USR mode by SVC: the stub does not change mode there. */
  async #leaveUser(): Promise<void> {
    await this.#code(SCRATCH, words([0xef00_0000]));
    await this.#start(SCRATCH, Mode.usr);
    this.#rig.step();
    await this.#qemu.step();
  }

  /** One exception. @returns what differs */
  async entry(
    kind: ExceptionKindCase,
    thumb: boolean,
    mode: ModeName,
    configuration: { sctlr: number; vbar: number },
  ): Promise<string | undefined> {
    const qemu = this.#qemu;
    const rig = this.#rig;
    const code = thumb ? kind.thumb : kind.arm;
    if (code === undefined) return undefined;
    await this.#configure(configuration.sctlr, configuration.vbar);
    if (kind.line !== undefined)
      // ours has no GIC: its line is set, and the program runs on QEMU's side alone
      await this.#onQemu(RAISE, { 1: 1, 2: 0xff, 3: 0x0200_0001, 4: GICD, 5: GICC, 6: GICD + 0xf00 });
    await this.#registers(mode);
    const at = kind.fetch ? NOWHERE : CODE;
    if (!kind.fetch) await this.#code(CODE, thumb ? halfwords(code) : words(code));
    let flags = this.#random() & 0xf80f_0000;
    // half of those that may stand in an IT block do: EQ, and Z is set
    if (thumb && kind.inIT !== false && (this.#random() & 1) === 0)
      flags = flags | Psr.Z | 0x0400_0400 | ((this.#random() & 1) << 11);
    const masks = this.#random() & (kind.line === undefined ? A | I : A);
    await this.#start(at, (Mode[mode] | flags | masks | F | (thumb ? T : 0)) >>> 0);
    qemu.exceptions();
    if (kind.line !== undefined) {
      rig.cpu.irqLine = true;
      rig.cpu.deliverInterrupts();
      rig.cpu.irqLine = false;
    } else rig.step();
    await qemu.step();
    const logged = qemu.exceptions();
    let different: string | undefined;
    if (logged.length === 0 || !kind.logged.test(logged[0])) different = `QEMU took ${logged.join(', ') || 'nothing'}`;
    if (kind.line !== undefined) {
      different ??= await this.#compare();
      await this.#onQemu(LOWER, { 5: GICC });
      return different;
    }
    return different ?? (await this.#compare());
  }

  async #onQemu(code: readonly number[], registers: Readonly<Record<number, number>>): Promise<void> {
    const qemu = this.#qemu;
    await qemu.write(SCRATCH, words(code));
    await qemu.setCpsr(Mode.svc | A | I | F);
    await qemu.setR(15, SCRATCH);
    for (const [n, value] of Object.entries(registers)) await qemu.setR(Number(n), value);
    for (let i = 0; i < code.length; i++) await qemu.step();
  }

  /** One return. @returns what differs */
  async return(
    way: ReturnWay,
    thumb: boolean,
    mode: ModeName,
    to: number,
    address: number,
  ): Promise<string | undefined> {
    const code = thumb ? way.thumb : way.arm === undefined ? undefined : [way.arm];
    if (code === undefined) return undefined;
    await this.#configure(0, VECTORS);
    await this.#registers(mode);
    await this.#run(SET_SPSR, { 0: to }, Mode[mode]);
    const lr = address + way.beyond;
    this.#rig.setR(14, lr);
    await this.#qemu.setR(14, lr);
    await this.#code(STACK, words(way.from === 'rfe' ? [address, to] : [address, 0]));
    await this.#code(CODE, thumb ? halfwords(code) : words(code));
    await this.#start(CODE, Mode[mode] | A | I | F | (thumb ? T : 0));
    this.#qemu.exceptions();
    this.#rig.step();
    await this.#qemu.step();
    const logged = this.#qemu.exceptions().filter((name) => !name.includes('exception return'));
    if (logged.length > 0) return `QEMU took ${logged.join(', ')}`;
    return this.#compare();
  }
}

/** Every kind in every mode, state and configuration, or every `stride`-th of them. */
export async function verifyEntries(pair: ExceptionPair, stride: number, counts: ExceptionCounts): Promise<void> {
  let index = 0;
  for (const kind of ENTRIES)
    for (const thumb of [false, true])
      for (const mode of MODES)
        for (const configuration of CONFIGURATIONS) {
          if ((thumb ? kind.thumb : kind.arm) === undefined || index++ % stride !== 0) continue;
          const different = await pair.entry(kind, thumb, mode, configuration);
          counts.entries++;
          if (different !== undefined)
            counts.problems.push(
              `${kind.name} in ${mode}, ${thumb ? 'Thumb' : 'ARM'}, ${configuration.name}: ${different}`,
            );
        }
}

/** Every way to return, from every mode that has an SPSR, to every mode, state and endianness, or every `stride`-th of them. */
export async function verifyReturns(
  pair: ExceptionPair,
  stride: number,
  seed: number,
  counts: ExceptionCounts,
): Promise<void> {
  const random = seededRandom(seed);
  let index = 0;
  for (const way of RETURNS)
    for (const thumb of [false, true])
      for (const mode of WITH_SPSR)
        for (const target of MODES)
          for (const state of ['ARM', 'Thumb', 'IT'] as const)
            for (const big of [0, E]) {
              if ((thumb ? way.thumb : way.arm) === undefined || index++ % stride !== 0) continue;
              let to = Mode[target] | big | (random() & 0xf80f_0000) | (random() & (A | I)) | F;
              if (state !== 'ARM') to |= T;
              // EQ, three instructions to come
              if (state === 'IT') to |= 0x0400_0400 | ((random() & 7) << 13);
              const address = CODE + 0x1000 + (state === 'ARM' ? 4 * (random() & 15) : 2 * (random() & 31));
              const different = await pair.return(way, thumb, mode, to >>> 0, address);
              counts.returns++;
              if (different !== undefined)
                counts.problems.push(
                  `${way.name} (${thumb ? 'Thumb' : 'ARM'}) from ${mode} to ${hex(to)} at ${hex(address)}: ${different}`,
                );
            }
}
