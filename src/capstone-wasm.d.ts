/**
 * The part of capstone-wasm that Trapline calls. The package ships declarations, but its `exports` hide them from the compiler.
 */
declare module 'capstone-wasm' {
  export interface Insn {
    readonly id: number;
    readonly address: number | bigint;
    /** In bytes. */
    readonly size: number;
    readonly bytes: Uint8Array;
    readonly mnemonic: string;
    readonly opStr: string;
  }
  /** `CS_ARCH_ARM`, `CS_MODE_THUMB`, … by capstone's own names. */
  export const Const: Readonly<Record<string, number>>;
  /** Instantiates the module once; must have settled before the first `new Capstone`. */
  export function loadCapstone(args?: Record<string, unknown>): Promise<void>;
  export class Capstone {
    constructor(arch: number, mode: number);
    setOption(option: number, value: unknown): number;
    /** @throws on a word that it cannot decode. */
    disasm(data: number[] | Uint8Array, options?: { address?: number | bigint; count?: number }): Insn[];
    close(): void;
  }
}
