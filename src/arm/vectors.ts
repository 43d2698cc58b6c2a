/**
 * Where each exception goes: vector offset, mode, and how far its return address lies behind the instruction (DDI 0406C B1.8.1, tables
 * B1-3 and B1-6). For a processor without Security and Virtualization Extensions in use.
 */
import { Cp15, SCTLR_V } from './cp15.js';
import { Exception, type ExceptionKind } from './exceptions.js';
import { Mode } from './modes.js';

const HIGH_VECTORS = 0xffff_0000;

/** ExcVectorBase() (B1.8.1), u32, of every exception but Reset. `state` is the state block. */
export function vectorBase(state: Int32Array): number {
  return (state[Cp15.SCTLR] & SCTLR_V) !== 0 ? HIGH_VECTORS : (state[Cp15.VBAR] & ~31) >>> 0;
}

/** Where Reset goes, u32: VBAR has no part in it. */
export function resetVector(state: Int32Array): number {
  return (state[Cp15.SCTLR] & SCTLR_V) !== 0 ? HIGH_VECTORS : 0;
}

/** Byte offset of the exception's vector from the vector base. */
export function vectorOffset(kind: ExceptionKind): number {
  switch (kind) {
    case Exception.Reset:
      return 0x00;
    case Exception.Undefined:
      return 0x04;
    case Exception.SupervisorCall:
    case Exception.HypervisorCall:
    case Exception.SecureMonitorCall:
      return 0x08;
    case Exception.PrefetchAbort:
      return 0x0c;
    case Exception.DataAbort:
      return 0x10;
    case Exception.IRQ:
      return 0x18;
    case Exception.FIQ:
      return 0x1c;
  }
}

/** The mode in which the exception is handled. */
export function modeOfException(kind: ExceptionKind): number {
  switch (kind) {
    case Exception.Reset:
    case Exception.SupervisorCall:
    case Exception.HypervisorCall:
    case Exception.SecureMonitorCall:
      return Mode.svc;
    case Exception.Undefined:
      return Mode.und;
    case Exception.PrefetchAbort:
    case Exception.DataAbort:
      return Mode.abt;
    case Exception.IRQ:
      return Mode.irq;
    case Exception.FIQ:
      return Mode.fiq;
  }
}

/**
 * LR on entry less the address of the instruction (for interrupts: of the next one to execute). `length` is that of the instruction in
 * bytes and matters for the calls, which return behind it.
 */
export function linkOffset(kind: ExceptionKind, thumb: boolean, length: number): number {
  switch (kind) {
    case Exception.Undefined:
      return thumb ? 2 : 4;
    case Exception.SupervisorCall:
    case Exception.HypervisorCall:
    case Exception.SecureMonitorCall:
      return length;
    case Exception.DataAbort:
      return 8;
    case Exception.Reset:
      return 0;
    default:
      return 4;
  }
}
