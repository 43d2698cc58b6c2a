/**
 * What a word means, as data that crosses from the worker to whoever shows it: bits under the manual's names, assembler text, and sentences about what
 * the processor and the virtual machine monitor make of it. Shapes only; who computes them, and how they are shown, is known elsewhere.
 */

export type WordIsa = 'A32' | 'T16' | 'T32';

/** A word to be explained. */
export interface WordRequest {
  readonly isa: WordIsa;
  /** u32; of a T32 word the first halfword is in the high half. */
  readonly word: number;
  /** Name of a processor model; absent: what any of them has. */
  readonly cpu?: string;
}

/** Code to be explained: one instruction, or those of a source line. */
export type WordPlace = { readonly address: number } | { readonly path: string; readonly line: number };

/** A run of bits that belong together, as in the manual's diagram. */
export interface WordBits {
  /** Number of its lowest bit, and how many there are. */
  readonly lo: number;
  readonly width: number;
  /** Their values, the most significant first. */
  readonly digits: string;
  /** `fixed`: by the encoding; `should`: should be what `expected` says; `field`: has a name. */
  readonly kind: 'fixed' | 'should' | 'field';
  /** Of a field. One that the diagram has in several places is in several runs. */
  readonly name?: string;
  /** What the whole field says, such as `pc`, `EQ`, `{r4, lr}` or a number. */
  readonly meaning?: string;
  /** Of should-be bits. */
  readonly expected?: string;
}

/**
 * Popek and Goldberg's terms. `traps`: takes an exception at every privilege level, so that it is neither privileged nor in need of being replaced.
 * `unknown`: nothing is allocated there, and unknown means trap.
 */
export type Sensitivity = 'privileged' | 'sensitive' | 'innocuous' | 'traps' | 'unknown';

export interface DecodedWord extends WordRequest {
  /** The word in hexadecimal: four digits for T16, eight otherwise. */
  readonly digits: string;
  /** Where it stands, if it was asked for by address. */
  readonly address?: number;
  /** Assembler text. */
  readonly text: string;
  /** The manual's heading, encoding label, section and syntax; absent for a word that is not allocated. */
  readonly manual?: {
    readonly heading: string;
    readonly encoding: string;
    readonly section: string;
    readonly syntax: string;
  };
  /** From the most significant bit to the least, without gaps. */
  readonly bits: readonly WordBits[];
  /** Operands under the names of the manual's pseudocode. */
  readonly operands: readonly { readonly name: string; readonly value: string }[];
  /** What it does, each in a few words. */
  readonly facts: readonly string[];
  readonly sensitivity: Sensitivity;
  /** Why, in sentences. */
  readonly why: string;
  /** Why the manual calls this word UNPREDICTABLE, and what is done about it here; empty if it does not. */
  readonly unpredictable: readonly string[];
  /** What the scanner makes of it in privileged guest code. */
  readonly scanner: {
    /** Id and label of an exit class; absent if the word stays as it is. */
    readonly cls?: string;
    readonly label?: string;
    readonly endsBlock: boolean;
    readonly says: string;
  };
  /** What the arbiter does with it, by the monitor's optimisation level. */
  readonly arbiter: readonly { readonly level: number; readonly says: string }[];
  /** What the chosen processor lacks to know the word. */
  readonly missing?: string;
}
