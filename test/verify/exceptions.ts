/**
 * Exception entry and return against QEMU's gdb stub and its log: each kind of exception in every mode, state and vector configuration;
 * each way to return, to every mode and state. Both sides are set to the same state and execute one instruction; registers, CPSR, SPSR and
 * the fault registers must agree.
 */
import { SCTLR_EE, SCTLR_TE, SCTLR_V } from '../../src/arm/cp15.js';
import { Mode, Psr, type ModeName } from '../../src/arm/modes.js';
import { isV7, type CpuModel } from '../../src/cpu/models.js';
import { seededRandom, type RandomSource } from '../../src/isa/random.js';
import { callPsci } from '../../src/machine/psci.js';
import { CpuRig } from '../support/cpu-rig.js';
import { QemuGdb, type QemuMachine } from '../support/qemu-gdb.js';
import { RAM_SIZE } from '../mem/rig.js';
import {
  CALLS,
  CONFIGURATIONS,
  INTERRUPTS,
  RETURNS,
  SYNCHRONOUS,
  UNANSWERED,
  VECTORS,
  type ExceptionKindCase,
  type ReturnWay,
  type VectorConfiguration,
} from './exception-cases.js';

const RAM = 0x4000_0000;
/** From the start of RAM: the code of a case, the code that sets and asks, and a stack. */
const CODE = 0x10_0000;
const SCRATCH = 0x11_0000;
const STACK = 0x20_0000;
/** Nothing answers there, on either side. */
const NOWHERE = 0xf000_0000;

const { A, I, F, E, T } = Psr;
const MODES: readonly ModeName[] = ['usr', 'fiq', 'irq', 'svc', 'abt', 'und', 'sys'];
const WITH_SPSR: readonly ModeName[] = ['fiq', 'irq', 'svc', 'abt', 'und'];

/** How interrupts are raised and lowered on a machine: A32 code, and the registers that it wants. */
interface InterruptSource {
  readonly raise: readonly number[];
  readonly lower: readonly number[];
  readonly registers: (line: 'irq' | 'fiq') => Readonly<Record<number, number>>;
}

const GICD = 0x0800_0000;
const GICC = 0x0801_0000;
const VIC = 0x1014_0000;
/** The BCM2835's interrupt controller and its auxiliary peripherals. */
const BCM_INTERRUPTS = 0x2000_b200;
const BCM_AUXILIARY = 0x2021_5000;

/** What QEMU has around the processor, and what of that judges. */
interface Surroundings {
  readonly ram: number;
  readonly kinds: readonly ExceptionKindCase[];
  readonly returns: boolean;
  /** QEMU gives the ARM1176 a VBAR with the Security Extensions only. */
  readonly security?: true;
  readonly interrupts?: InterruptSource;
}

const SURROUNDINGS: Readonly<Record<QemuMachine, Surroundings>> = {
  virt: {
    ram: RAM,
    kinds: [...SYNCHRONOUS, ...INTERRUPTS, ...CALLS],
    returns: true,
    // SGI 1 of group 0, whose line FIQEn (bit 3 of GICC_CTLR) chooses: STR of r1 to GICD_CTLR, r7 and r2 to GICC_CTLR and GICC_PMR, r3 to GICD_SGIR
    interrupts: {
      raise: [0xe584_1000, 0xe585_7000, 0xe585_2004, 0xe586_3000],
      // LDR of the acknowledgement, and STR of it to the end of interrupt
      lower: [0xe595_000c, 0xe585_0010],
      registers: (line) => {
        return { 1: 1, 2: 0xff, 3: 0x0200_0001, 4: GICD, 5: GICC, 6: GICD + 0xf00, 7: line === 'fiq' ? 9 : 1 };
      },
    },
  },
  // no controller of interrupts, and no firmware
  none: { ram: RAM, kinds: [...SYNCHRONOUS, ...UNANSWERED], returns: true },
  // as SMC is there, it is left to the machine without
  secure: { ram: RAM, kinds: SYNCHRONOUS.filter(({ name }) => name !== 'SMC'), returns: true, security: true },
  // its bus does not abort
  versatilepb: {
    ram: 0,
    kinds: INTERRUPTS,
    returns: false,
    // Interrupt 1 by software: STR of r2 to VICINTSELECT, r1 to VICINTENABLE and VICSOFTINT
    interrupts: {
      raise: [0xe584_200c, 0xe584_1010, 0xe584_1018],
      // STR of it to VICSOFTINTCLEAR
      lower: [0xe584_101c],
      registers: (line) => ({ 1: 2, 2: line === 'fiq' ? 2 : 0, 4: VIC }),
    },
  },
  raspi1ap: {
    ram: 0,
    kinds: INTERRUPTS,
    returns: false,
    security: true,
    // The mini UART's (29), which has room: STR of r1 to the enabled ones, r2 to FIQ control, and r3 to AUX_MU_IER
    interrupts: {
      raise: [0xe584_1010, 0xe584_200c, 0xe585_3044],
      // STR of zero to AUX_MU_IER and FIQ control, and of the interrupt to the disabled ones
      lower: [0xe585_6044, 0xe584_600c, 0xe584_101c],
      registers: (line) => {
        const [enabled, fiq] = line === 'fiq' ? [0, 0x80 | 29] : [1 << 29, 0];
        return { 1: enabled, 2: fiq, 3: 2, 4: BCM_INTERRUPTS, 5: BCM_AUXILIARY, 6: 0 };
      },
    },
  },
};

/** The machines of QEMU that judge a model together: its board `virt` takes the later ones only. */
export function machinesOf(model: CpuModel): readonly QemuMachine[] {
  if (!isV7(model)) return ['secure', 'none', 'raspi1ap'];
  return /a15|a7$/.test(model.name) ? ['virt', 'none'] : ['none', 'versatilepb'];
}

/** Thumb-2 came with ARMv7 among the models, and with it IT blocks and SCTLR.TE. */
const hasThumb2 = isV7;

/** The words of a kind on a model, or undefined. */
function codeOf(kind: ExceptionKindCase, thumb: boolean, model: CpuModel): readonly number[] | undefined {
  if (!thumb) return kind.arm;
  if (hasThumb2(model) || kind.thumb === undefined || kind.thumb.length < 2) return kind.thumb;
  return kind.thumb16;
}

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
/** MCR SCTLR from r0, and zero (r2) to the fault registers; VBAR from r1. */
const SET = [0xee01_0f10, 0xee05_2f10, 0xee06_2f10, 0xee05_2f30, 0xee06_2f50];
const SET_VBAR = 0xee0c_1f10;
/** MSR SPSR_fsxc, r0. */
const SET_SPSR = [0xe16f_f000];
/** Both sides, set and compared. */
export class ExceptionPair {
  readonly #rig: CpuRig;
  readonly #qemu: QemuGdb;
  readonly #random: RandomSource;

  readonly #surroundings: Surroundings;

  private constructor(
    readonly model: CpuModel,
    readonly machine: QemuMachine,
    qemu: QemuGdb,
    seed: number,
  ) {
    const rig = new CpuRig({ model });
    this.#surroundings = SURROUNDINGS[machine];
    if (this.#surroundings.ram !== RAM) rig.bus.mapRam(this.#surroundings.ram, RAM_SIZE, rig.ram.offset);
    const power = { powerOff() {}, systemReset() {}, coreOff() {} };
    if (machine === 'virt')
      rig.cpu.firmware = {
        hypervisorCall: () => {
          callPsci(rig.cpu, power);
          return true;
        },
        secureMonitorCall: () => false,
        semihosting: () => false,
      };
    this.#rig = rig;
    this.#qemu = qemu;
    this.#random = seededRandom(seed);
  }

  static async start(model: CpuModel, seed: number, machine: QemuMachine = 'virt'): Promise<ExceptionPair> {
    return new ExceptionPair(model, machine, await QemuGdb.start(model.name, machine), seed);
  }

  /** What this machine judges of this model. */
  get kinds(): readonly ExceptionKindCase[] {
    return this.#surroundings.kinds;
  }

  get judgesReturns(): boolean {
    return this.#surroundings.returns;
  }

  get configurations(): readonly VectorConfiguration[] {
    return CONFIGURATIONS.filter(
      ({ sctlr, vbar }) => (hasThumb2(this.model) || (sctlr & SCTLR_TE) === 0) && (this.#hasVbar || vbar === 0),
    );
  }

  get #hasVbar(): boolean {
    return isV7(this.model) || this.#surroundings.security === true;
  }

  #at(offset: number): number {
    return this.#surroundings.ram + offset;
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
    await this.#code(this.#at(SCRATCH), words(code));
    const cpsr = (mode ?? rig.cpsr & Psr.M) | A | I | F;
    rig.psr(cpsr).start(this.#at(SCRATCH), false);
    await qemu.setCpsr(cpsr);
    await qemu.setR(15, this.#at(SCRATCH));
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
    await this.#run(this.#hasVbar ? [...SET, SET_VBAR] : SET, { 0: base | sctlr, 1: vbar, 2: 0 }, Mode.svc);
  }

  /** Random R0 to R12, with R13 and R14 of each mode. */
  async #registers(mode: ModeName): Promise<void> {
    const psr = Mode[mode] | A | I | F;
    this.#rig.psr(psr);
    await this.#qemu.setCpsr(psr);
    for (let n = 0; n < 15; n++) {
      const value = n === 1 ? NOWHERE : n === 13 ? this.#at(STACK) : this.#random();
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
    const [from, to] = [hasSpsr ? 0 : 1, this.#hasVbar ? ASKED.length : ASKED.length - 1];
    await this.#run(ASK.slice(from, to), {});
    const asked = await this.#qemu.registers();
    for (let n = from; n < to; n++)
      if (rig.r(n) !== asked[n]) return `${ASKED[n]} is ${hex(rig.r(n))}, QEMU has ${hex(asked[n])}`;
    return undefined;
  }

  /** Both sides out of USR mode by SVC: the stub does not change mode there. */
  async #leaveUser(): Promise<void> {
    await this.#code(this.#at(SCRATCH), words([0xef00_0000]));
    await this.#start(this.#at(SCRATCH), Mode.usr);
    this.#rig.step();
    await this.#qemu.step();
  }

  /** One exception. @returns what differs */
  async entry(
    kind: ExceptionKindCase,
    thumb: boolean,
    mode: ModeName,
    configuration: VectorConfiguration,
  ): Promise<string | undefined> {
    const qemu = this.#qemu;
    const rig = this.#rig;
    const { line, call } = kind;
    const code = codeOf(kind, thumb, this.model);
    if (code === undefined) return undefined;
    const vbar = configuration.vbar === 0 ? 0 : this.#at(configuration.vbar);
    await this.#configure(configuration.sctlr, vbar);
    const source = this.#surroundings.interrupts;
    // ours has no controller: its line is set, and the program runs on QEMU's side alone
    if (line !== undefined) await this.#onQemu(source!.raise, source!.registers(line));
    await this.#registers(mode);
    if (call !== undefined)
      for (const [n, value] of call.entries()) {
        rig.setR(n, value);
        await qemu.setR(n, value);
      }
    const at = kind.fetch ? NOWHERE : this.#at(CODE);
    if (!kind.fetch) await this.#code(at, thumb ? halfwords(code) : words(code));
    let flags = this.#random() & 0xf80f_0000;
    // half of those that may stand in an IT block do: EQ, and Z is set
    if (thumb && kind.inIT !== false && hasThumb2(this.model) && (this.#random() & 1) === 0)
      flags = flags | Psr.Z | 0x0400_0400 | ((this.#random() & 1) << 11);
    const masks = this.#random() & (line === 'irq' ? A : A | I);
    await this.#start(at, (Mode[mode] | flags | masks | (line === 'fiq' ? 0 : F) | (thumb ? T : 0)) >>> 0);
    qemu.exceptions();
    if (line !== undefined) {
      rig.cpu[`${line}Line`] = true;
      rig.cpu.deliverInterrupts();
      rig.cpu[`${line}Line`] = false;
    } else rig.step();
    await qemu.step();
    const logged = qemu.exceptions();
    const expected = mode === 'usr' ? kind.logged : (kind.privileged ?? kind.logged);
    let different: string | undefined;
    if (logged.length === 0 || !expected.test(logged[0])) different = `QEMU took ${logged.join(', ') || 'nothing'}`;
    different ??= await this.#compare();
    if (line !== undefined) await this.#onQemu(source!.lower, source!.registers(line));
    return different;
  }

  async #onQemu(code: readonly number[], registers: Readonly<Record<number, number>>): Promise<void> {
    const qemu = this.#qemu;
    await qemu.write(this.#at(SCRATCH), words(code));
    await qemu.setCpsr(Mode.svc | A | I | F);
    await qemu.setR(15, this.#at(SCRATCH));
    for (const [n, value] of Object.entries(registers)) await qemu.setR(Number(n), value);
    for (let i = 0; i < code.length; i++) await qemu.step();
  }

  /** One return. @returns what differs */
  async return(way: ReturnWay, thumb: boolean, mode: ModeName, to: number, place: number): Promise<string | undefined> {
    const address = this.#at(place);
    const code = thumb ? way.thumb : way.arm === undefined ? undefined : [way.arm];
    if (code === undefined) return undefined;
    await this.#configure(0, this.#hasVbar ? this.#at(VECTORS) : 0);
    await this.#registers(mode);
    await this.#run(SET_SPSR, { 0: to }, Mode[mode]);
    const lr = address + way.beyond;
    this.#rig.setR(14, lr);
    await this.#qemu.setR(14, lr);
    await this.#code(this.#at(STACK), words(way.from === 'rfe' ? [address, to] : [address, 0]));
    await this.#code(this.#at(CODE), thumb ? halfwords(code) : words(code));
    await this.#start(this.#at(CODE), Mode[mode] | A | I | F | (thumb ? T : 0));
    this.#qemu.exceptions();
    this.#rig.step();
    await this.#qemu.step();
    const logged = this.#qemu.exceptions().filter((name) => !name.includes('exception return'));
    if (logged.length > 0) return `QEMU took ${logged.join(', ')}`;
    return this.#compare();
  }
}

/** Every kind that the machine judges in every mode, state and configuration, or every `stride`-th of them. */
export async function verifyEntries(pair: ExceptionPair, stride: number, counts: ExceptionCounts): Promise<void> {
  let index = 0;
  for (const kind of pair.kinds)
    for (const thumb of [false, true])
      for (const mode of MODES)
        for (const configuration of pair.configurations) {
          if (codeOf(kind, thumb, pair.model) === undefined || index++ % stride !== 0) continue;
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
  const thumb2 = hasThumb2(pair.model);
  let index = 0;
  for (const way of RETURNS)
    for (const thumb of thumb2 ? [false, true] : [false])
      for (const mode of WITH_SPSR)
        for (const target of MODES)
          for (const state of thumb2 ? (['ARM', 'Thumb', 'IT'] as const) : (['ARM', 'Thumb'] as const))
            for (const big of [0, E]) {
              if ((thumb ? way.thumb : way.arm) === undefined || index++ % stride !== 0) continue;
              let to = Mode[target] | big | (random() & 0xf80f_0000) | (random() & (A | I)) | F;
              if (state !== 'ARM') to |= T;
              // EQ, three instructions to come
              if (state === 'IT') to |= 0x0400_0400 | ((random() & 7) << 13);
              const place = CODE + 0x1000 + (state === 'ARM' ? 4 * (random() & 15) : 2 * (random() & 31));
              const different = await pair.return(way, thumb, mode, to >>> 0, place);
              counts.returns++;
              if (different !== undefined)
                counts.problems.push(
                  `${way.name} (${thumb ? 'Thumb' : 'ARM'}) from ${mode} to ${hex(to)} at ${hex(place)}: ${different}`,
                );
            }
}
