/**
 * The processor as system operations see it: registers by number, modes, program status, system registers, exceptions, memory with
 * explicit rights. `cpu` implements it over the real state; the VMM implements the parts that differ for a virtual CPU.
 * All words are i32 unless said otherwise; addresses are taken modulo 2^32.
 */
import type { ExceptionKind } from './exceptions.js';

export interface SystemPort {
  /** R[n] of the current mode; n = 15 gives the instruction's address + 8 or + 4. */
  readR(n: number): number;
  /** R[n] = value, n < 15. */
  writeR(n: number, value: number): void;
  /** Register `n` of another mode's bank (Rmode[n, mode]); `mode` is a mode number. */
  readBanked(n: number, mode: number): number;
  writeBanked(n: number, mode: number, value: number): void;
  /** SPSR of mode `mode`. */
  readSpsr(mode: number): number;
  writeSpsr(mode: number, value: number): void;
  /** The whole CPSR, IT and T bits included. */
  readCpsr(): number;
  /** CPSRWriteByInstr (B1.3.3): byte lanes in `mask` (4 bits), privilege rules applied. `isReturn` also writes the execution state bits. */
  CPSRWriteByInstr(value: number, mask: number, isReturn: boolean): void;
  /** SPSRWriteByInstr (B1.3.3). */
  SPSRWriteByInstr(value: number, mask: number): void;
  /** Mode number, CPSR.M. */
  mode(): number;
  /** CurrentModeIsNotUser(): true at PL1. */
  CurrentModeIsNotUser(): boolean;
  /** CPSR.T. */
  thumb(): boolean;
  /** Address of the current instruction and of the one behind it in memory, u32. */
  instructionAddress(): number;
  nextInstruction(): number;
  /** BranchTo: PC = target, in whatever state CPSR.T says by now. */
  branchTo(target: number): void;
  /** BXWritePC and BranchWritePC (A2.3.1). */
  BXWritePC(target: number): void;
  BranchWritePC(target: number): void;
  setITSTATE(value: number): void;
  /** SETEND. */
  setEndianness(big: boolean): void;

  /**
   * Takes an exception by design or because the instruction is not allowed here. Never returns normally: it abandons the operation.
   * `immediate` is the comment field of SVC/HVC/SMC/BKPT.
   */
  raise(kind: ExceptionKind, immediate?: number): never;
  /**
   * Takes the exception of SVC, and returns: the last thing that the operation does.
   * PERF: a JavaScript exception costs more than all else that a guest's one does (`svc-round-trip` of vmm.bench).
   */
  CallSupervisor(): void;
  /** UNDEFINED instruction at this point. */
  undefinedInstruction(): never;
  /** UNPREDICTABLE at this point, for a sensitive form: the run's policy applies (by default Undefined). */
  unpredictable(): never;
  /** BKPTInstrDebugEvent: a prefetch abort with a debug event status. */
  BKPTInstrDebugEvent(): never;

  /** Data accesses with the current rights, or those of PL0. Sizes in bytes; results zero-extended. Abandon the operation on a fault. */
  load(address: number, size: 1 | 2 | 4, aligned: boolean, unprivileged: boolean): number;
  store(address: number, size: 1 | 2 | 4, value: number, aligned: boolean, unprivileged: boolean): void;

  /** Exclusive monitor (A3.4). `size` in bytes, 1 to 8. */
  SetExclusiveMonitors(address: number, size: number): void;
  /** ExclusiveMonitorsPass: true if a store may be performed, behind which the monitor is to be cleared, either way. May fault. */
  ExclusiveMonitorsPass(address: number, size: number): boolean;
  ClearExclusiveLocal(): void;

  /** MRC, MCR, MRRC, MCRR, CDP, LDC, STC reach coprocessors through these. They raise Undefined where access is not allowed. */
  readCoprocessor(coproc: number, opc1: number, crn: number, crm: number, opc2: number): number;
  writeCoprocessor(coproc: number, opc1: number, crn: number, crm: number, opc2: number, value: number): void;
  /** 64-bit access; `high` and `low` words are i32. */
  readCoprocessor64(coproc: number, opc1: number, crm: number): { low: number; high: number };
  writeCoprocessor64(coproc: number, opc1: number, crm: number, low: number, high: number): void;

  /** VMRS and VMSR of the other registers than FPSCR, by the number in their encoding. They raise Undefined where access is not allowed. */
  readFloatRegister(reg: number): number;
  writeFloatRegister(reg: number, value: number): void;

  /** Waits. `WaitForInterrupt` returns when the CPU has been told to stop after this instruction. */
  WaitForInterrupt(): void;
  WaitForEvent(): void;
  SendEvent(): void;
  /** Semihosting, if the machine offers it for this immediate: true if it was handled. */
  semihosting(): boolean;
}
