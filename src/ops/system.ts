/**
 * Operations of the system group: program status registers, mode changes, exception entry state on the stack, exceptions by design. All go
 * through the processor port.
 *
 * @unpredictable Reading or writing SPSR, SRS, RFE and LDM^ where the mode has no SPSR (RFE: at PL0): the run's policy, see
 * `SystemPort.unpredictable`.
 */
import { Exception } from '../arm/exceptions.js';
import { bankOf, Mode, Psr } from '../arm/modes.js';
import type { SystemPort } from '../arm/system-port.js';
import type { Operation } from './operation.js';
import { system } from './operation.js';

/** MRS does not show the execution state: IT, J and T read as zero (B9.3.8). */
const MRS_BITS = 0xf8ff03df | 0;

/** Byte lanes of CPSR with A, I, F and M: the others, which CPS writes as they are (B9.3.2), stay untouched. */
const LANES_OF_CPS = 0b0011;

/** The current mode, which has an SPSR. */
function modeWithSpsr(p: SystemPort): number {
  const mode = p.mode();
  return bankOf(mode) <= 0 ? p.unpredictable() : mode;
}

/** Whether software at PL1 without the Security and Virtualization Extensions may name this mode. */
function isModeHere(mode: number): boolean {
  return bankOf(mode) >= 0 && mode !== Mode.mon && mode !== Mode.hyp;
}

/** The semihosting call numbers of ARM and Thumb state. */
const SEMIHOSTING_ARM = 0x123456;
const SEMIHOSTING_THUMB = 0xab;

export const operations: readonly Operation[] = [
  system('MRS_CPSR', ['d'], (p, o) => {
    p.writeR(o.d, p.readCpsr() & MRS_BITS);
  }),
  system('MRS_SPSR', ['d'], (p, o) => {
    p.writeR(o.d, p.readSpsr(modeWithSpsr(p)));
  }),
  system('MSR_CPSR_reg', ['n', 'mask'], (p, o) => {
    p.CPSRWriteByInstr(p.readR(o.n), o.mask, false);
  }),
  system('MSR_CPSR_imm', ['imm32', 'mask'], (p, o) => {
    p.CPSRWriteByInstr(o.imm32, o.mask, false);
  }),
  system('MSR_SPSR_reg', ['n', 'mask'], (p, o) => {
    modeWithSpsr(p);
    p.SPSRWriteByInstr(p.readR(o.n), o.mask);
  }),
  system('MSR_SPSR_imm', ['imm32', 'mask'], (p, o) => {
    modeWithSpsr(p);
    p.SPSRWriteByInstr(o.imm32, o.mask);
  }),

  // Without effect at PL0.
  system('CPS', ['enable', 'disable', 'changemode', 'affectA', 'affectI', 'affectF', 'mode'], (p, o) => {
    if (!p.CurrentModeIsNotUser()) return;
    const affected = (o.affectA ? Psr.A : 0) | (o.affectI ? Psr.I : 0) | (o.affectF ? Psr.F : 0);
    let cpsr = p.readCpsr();
    if (o.enable) cpsr &= ~affected;
    if (o.disable) cpsr |= affected;
    if (o.changemode) cpsr = (cpsr & ~Psr.M) | o.mode;
    p.CPSRWriteByInstr(cpsr, LANES_OF_CPS, false);
  }),

  system('SETEND', ['set_bigend'], (p, o) => {
    p.setEndianness(o.set_bigend !== 0);
  }),

  system('SRS', ['mode', 'wback', 'increment', 'wordhigher'], (p, o) => {
    const spsr = p.readSpsr(modeWithSpsr(p));
    if (!isModeHere(o.mode)) p.unpredictable();
    const base = p.readBanked(13, o.mode);
    const address = (o.increment ? base : base - 8) + (o.wordhigher ? 4 : 0);
    p.store(address >>> 0, 4, p.readR(14), true, false);
    p.store((address + 4) >>> 0, 4, spsr, true, false);
    if (o.wback) p.writeBanked(13, o.mode, (o.increment ? base + 8 : base - 8) | 0);
  }),

  system('RFE', ['n', 'wback', 'increment', 'wordhigher'], (p, o) => {
    if (!p.CurrentModeIsNotUser()) p.unpredictable();
    const base = p.readR(o.n);
    const address = (o.increment ? base : base - 8) + (o.wordhigher ? 4 : 0);
    const target = p.load(address >>> 0, 4, true, false);
    const cpsr = p.load((address + 4) >>> 0, 4, true, false);
    if (o.wback) p.writeR(o.n, (o.increment ? base + 8 : base - 8) | 0);
    p.CPSRWriteByInstr(cpsr, 0xf, true);
    p.BranchWritePC(target);
  }),

  system('SVC', ['imm32'], (p, o) => {
    if (o.imm32 === (p.thumb() ? SEMIHOSTING_THUMB : SEMIHOSTING_ARM) && p.semihosting()) return;
    p.CallSupervisor();
  }),
  system('HVC', ['imm32'], (p, o) => {
    if (!p.CurrentModeIsNotUser()) p.undefinedInstruction();
    p.raise(Exception.HypervisorCall, o.imm32);
  }),
  system('SMC', ['imm32'], (p, o) => {
    if (!p.CurrentModeIsNotUser()) p.undefinedInstruction();
    p.raise(Exception.SecureMonitorCall, o.imm32);
  }),
  system('BKPT', ['imm32'], (p) => {
    p.BKPTInstrDebugEvent();
  }),
];
