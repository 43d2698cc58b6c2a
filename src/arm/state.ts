/**
 * The layout of the architectural state: word indices relative to the start of the state block in the one WebAssembly.Memory. Engines,
 * snapshots and the register view derive from it. Knows the architecture, not where the block lies (mem/layout.ts places it).
 *
 *   word   0..15  R0..R14 of the current mode; word 15 is scratch: what an instruction that reads R15 sees (address + 8 or + 4)
 *   word   16     PC: the address of the current instruction while it executes, of the next one at every exit of an engine
 *   word   17..20 NF ZF CF VF   N = NF bit 31 · Z = (ZF === 0) · C = CF (0 or 1) · V = VF bit 31
 *   word   21     QF (0 or 1)
 *   word   22     GE (bits 3:0)
 *   word   23     T (0 ARM, 1 Thumb)
 *   word   24     ITSTATE (bits 7:0)
 *   word   25     PSR rest: J bit 24, E bit 9, A bit 8, I bit 7, F bit 6, M bits 4:0, all as in CPSR
 *   word   26     COUNT: attempts left in this run's budget (i32)
 *   word   27     ATTENTION: bits of {@link Attention}
 *   word   28     TLB_BANK: byte address of the read table of the bank in use (the write table lies directly behind it)
 *   word   29     CONTEXT: the fetch context in use (0 or 1)
 *   word   30..33 exclusive monitor: EXCLUSIVE (0 or size in bytes), EXCLUSIVE_PA, and the value loaded (two words)
 *   word   34     CODE_KEY: what the code page hash compares besides the page address (T, bank, context); mem/ maintains it
 *   word   35     SCO: shifter carry out and other scratch of helpers
 *   word   36     FPEXC, as the register
 *   word   37     FP_ACCESS: bits of {@link FpAccess}
 *   word   38..39 FPINST and FPINST2 (VFPv2)
 *   word   40..   banked registers, see BANK
 *   word   74     LINES: interrupt lines that are up, Psr.I for IRQ and Psr.F for FIQ. They are the board's: no reset lowers them
 *   word   96..   CP15, one word per register (64-bit ones two), see isa/sysreg.ts for names and arm/cp15.ts for indices
 *
 * The vector block, 16-byte aligned in memory. A processor may share it with another one: a VMM's virtual CPU does.
 *
 *   word  384..447 V: the extension registers. S[n] is word V + n; D[n] words V + 2n (low word first); Q[n] words V + 4n
 *   word  448     FPSCR, as the register
 *   word  449     FP_FAST: bits of {@link FpFast}
 */
export const Word = {
  R: 0,
  R15_READ: 15,
  PC: 16,
  NF: 17,
  ZF: 18,
  CF: 19,
  VF: 20,
  QF: 21,
  GE: 22,
  T: 23,
  ITSTATE: 24,
  PSR: 25,
  COUNT: 26,
  ATTENTION: 27,
  TLB_BANK: 28,
  CONTEXT: 29,
  EXCLUSIVE: 30,
  EXCLUSIVE_PA: 31,
  EXCLUSIVE_VALUE: 32,
  CODE_KEY: 34,
  SCO: 35,
  FPEXC: 36,
  FP_ACCESS: 37,
  FPINST: 38,
  BANK: 40,
  LINES: 74,
  CP15: 96,
  V: 384,
  FPSCR: 448,
  FP_FAST: 449,
} as const;

/** Size of the state block in words. */
export const STATE_WORDS = 512;

/** Words of the vector block, from Word.V on: registers, FPSCR, FP_FAST. */
export const VECTOR_WORDS = 66;

/** What CPACR, FPEXC, the privilege level and FPSCR leave of floating point and Advanced SIMD. It follows from those. */
export const FpAccess = {
  /** Floating-point instructions execute, whatever registers they name. */
  VFP: 1 << 0,
  /** Advanced SIMD instructions execute. */
  AdvSIMD: 1 << 1,
  /** Floating-point instructions execute, D16 to D31 excepted while VFP is clear. */
  lowRegisters: 1 << 2,
  /** VFP, and no short vectors: data processing is scalar. */
  scalar: 1 << 3,
  /** scalar, and FpFast.VFP. */
  hostArithmetic: 1 << 4,
} as const;

/** When results of host arithmetic that are finite and not tiny are those of the architecture. It follows from FPSCR. */
export const FpFast = {
  /** FPSCR arithmetic: IXC is set, round to nearest, no flush to zero, no short vectors. */
  VFP: 1 << 0,
  /** StandardFPSCRValue arithmetic: IXC is set. */
  standard: 1 << 1,
} as const;

/** Why an engine must leave its loop at the next instruction boundary, or abandon the instruction. */
export const Attention = {
  /** The instruction took an exception (or a repaired fault): abandon it; PC already is where execution goes on. */
  abandoned: 1 << 0,
  /** Leave after this instruction: an interrupt can be taken, a sleep began, an event is due earlier. */
  leave: 1 << 1,
  /** Leave after this instruction and return {@link Stop.Host} to the caller of `run`. */
  host: 1 << 2,
  /**
   * Go on behind this instruction by what the state block says: a mode, translation or endianness setting changed. What was kept of TLB_BANK, CODE_KEY,
   * FP_ACCESS and the code page is no longer right.
   * PERF: no reason to leave `run`, whose way out and in costs more than an exception's entry (`svc-round-trip` of vmm.bench).
   */
  context: 1 << 3,
} as const;

/** Banked storage, word indices relative to Word.BANK. R13, R14 and SPSR of the *current* mode live in R and in SPSR[mode]. */
export const Bank = {
  /** R8..R12 of every mode but FIQ, while in FIQ mode. */
  R8_usr: 0,
  /** R8..R12 of FIQ mode, while not in it. */
  R8_fiq: 5,
  /** Pairs R13, R14 by bank: usr, fiq, irq, svc, abt, und, mon, hyp. Stale for the current mode. */
  R13: 10,
  /** SPSR by bank in the same order (usr unused). Always current. */
  SPSR: 26,
} as const;
