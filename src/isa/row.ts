/**
 * The shape of the instruction table: one row per encoding, its bits written left to right as in the manual's diagram, its facts as
 * orthogonal bits. Rows are data; nothing here knows a consumer (interpreter, scanner, panel) or holds state.
 */

/** Instruction sets. T16 and T32 are both "Thumb" to the processor; the table keeps them apart because their words differ in length. */
export type Isa = 'A32' | 'T16' | 'T32';

/** Facts of the architecture about an encoding, as bits that combine freely. */
export const Fact = {
  /** Behaves differently, or exposes or changes privileged state, when executed at PL0 without trapping (silently, or UNPREDICTABLY). */
  sensitive: 1 << 0,
  /** Takes an exception when executed at PL0 where PL1 would execute it (Popek and Goldberg's sense). */
  privileged: 1 << 1,
  /** May change the flow of control other than by an exception. */
  branch: 1 << 2,
  /** Writes a return address to LR. */
  link: 1 << 3,
  /** The branch target comes from a register or from memory. */
  indirect: 1 << 4,
  /** May change the instruction set state. */
  interworking: 1 << 5,
  /** Restores CPSR from an SPSR or from memory (`<op>S pc`, LDM^ with pc, RFE). */
  exceptionReturn: 1 << 6,
  /** Generates an exception by design (SVC, HVC, SMC, BKPT, UDF). */
  exceptionCall: 1 << 7,
  /** Reads the PC as an operand. */
  readsPc: 1 << 8,
  /** Reads or writes a system register (PSR, CP14, CP15). */
  systemRegister: 1 << 9,
  /** Reads data memory. */
  load: 1 << 10,
  /** Writes data memory. */
  store: 1 << 11,
  /** Part of the exclusive-access protocol. */
  exclusive: 1 << 12,
  /** A hint (NOP-compatible space). */
  hint: 1 << 13,
  /** The word is permanently or here UNDEFINED; the row exists so that it is recognised and named. */
  undefined: 1 << 14,
  /** Nothing of the above beyond computing on general registers and flags. Must be stated: a row without facts is refused. */
  plain: 1 << 15,
} as const;
export type FactName = keyof typeof Fact;

/** Raw bit fields of a word under the manual's names (`Rd`, `imm12`, `P`, …), each unsigned. */
export type Fields = Readonly<Record<string, number>>;

/** Operands in the manual's pseudocode names (`d`, `n`, `imm32`, `setflags`, …), each a number. Immediates are i32. */
export type Operands = Readonly<Record<string, number>>;

/** Turns raw fields into operands: the manual's "encoding-specific operations". Shared by all encodings that agree on it. */
export type ArgumentSet = (f: Fields) => Operands;

/**
 * Which architecture version or extension a row came with; a processor model without it does not have the row (see features.ts). `base` is
 * ARMv6K, which all models have, and the default where nothing is stated, but for T32: there ARMv6T2 is, on top of what is stated.
 */
export type Extension =
  | 'base'
  | 'branch-halves'
  | 'v6T2'
  | 'v7'
  | 'multiprocessing'
  | 'divide'
  | 'security'
  | 'virtualization'
  | 'thumbee'
  | 'jazelle'
  | 'vfpv2'
  | 'vfpv3'
  | 'vfpv4'
  | 'half-precision'
  | 'advanced-simd'
  | 'advanced-simd-v2';

/**
 * A guard or an UNPREDICTABLE condition over raw fields, with the sentence that the docs print.
 * `when` is evaluated on a word that already matched the row's bits.
 */
export interface FieldCondition {
  readonly when: (f: Fields) => boolean;
  readonly says: string;
}

export interface Row {
  readonly isa: Isa;
  /** The manual's heading, e.g. `ADD (immediate)`. Unique together with isa and encoding. */
  readonly name: string;
  /** The manual's encoding label, e.g. `A1`, `T2`; variants that we split off append a word: `A1 pc`. */
  readonly encoding: string;
  /**
   * Bits from the most significant: `0`, `1`, `(0)`, `(1)` (should be), or a field `name:width`. Spaces are free. Fields that occur with
   * the same name twice are concatenated in order. Example: `cond:4 0010100 S:1 Rn:4 Rd:4 imm12:12`. In A32 a field `cond:4` excludes 1111.
   */
  readonly pattern: string;
  /** Where the manual has it, e.g. `DDI 0406C A8.8.5`. */
  readonly section: string;
  readonly facts: number;
  /** Name of the operation in `ops` (checked there), or null for a row that is recognised and Undefined. */
  readonly operation: string | null;
  readonly args: ArgumentSet;
  readonly extension?: Extension;
  /** The row applies only where this holds (a word that fails it goes on to less specific rows). */
  readonly guard?: FieldCondition;
  /** Conditions under which the manual calls the word UNPREDICTABLE. */
  readonly unpredictable?: readonly FieldCondition[];
  /** Names (`name encoding`) of rows of the same isa that this row deliberately overlaps and precedes. Undeclared overlap is refused. */
  readonly over?: readonly string[];
  /** Assembler syntax, UAL, e.g. `ADD{S}<c> <Rd>, <Rn>, #<const>`. */
  readonly syntax: string;
}

/** A row with its pattern parsed: what decoders and fuzzers work on. */
export interface CompiledRow extends Row {
  readonly id: number;
  /** Width of the word in bits: 16 or 32. A T32 word has its first halfword in the high half. */
  readonly width: 16 | 32;
  /** Fixed bits: a word matches when `(word & mask) === value` (i32), cond is not 1111 where `conditional`, and `guard` holds. */
  readonly mask: number;
  readonly value: number;
  /** Should-be bits: `(word & shouldMask) !== shouldValue` is UNPREDICTABLE. */
  readonly shouldMask: number;
  readonly shouldValue: number;
  /** True for an A32 row with a `cond` field. */
  readonly conditional: boolean;
  /** Features that a processor must have to have this row, as a mask of features.ts. */
  readonly needs: number;
  readonly fields: readonly FieldSlice[];
}

/** One contiguous run of bits of a field; a field in several runs has several slices, most significant first. */
export interface FieldSlice {
  readonly name: string;
  readonly lo: number;
  readonly width: number;
}
