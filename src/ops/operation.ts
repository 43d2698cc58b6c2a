/**
 * What an operation is: its operands by name, and its body. Plain operations run on every engine through the builder; system operations
 * touch modes, exceptions, coprocessors or monitors and are executed by the reference through the processor port, whatever engine runs.
 */
import type { SystemPort } from '../arm/system-port.js';
import type { Builder, Imm, Reg, VReg } from './builder.js';

/** Names of a plain operation's operands. At most four registers and two immediates; statics are small integers fixed per handler. */
export interface Shape<R extends string, I extends string, S extends string, V extends string = never> {
  readonly regs: readonly R[];
  /** Registers of the extension register file. */
  readonly vregs?: readonly V[];
  readonly imms: readonly I[];
  readonly statics: readonly S[];
}

/** The operands as the body sees them. */
export type Bound<R extends string, I extends string, S extends string, V extends string = never> = {
  readonly [K in R]: Reg;
} & { readonly [K in V]: VReg } & { readonly [K in I]: Imm } & { readonly [K in S]: number };

export interface PlainOperation {
  readonly kind: 'plain';
  readonly name: string;
  /** General registers first, then extension registers. */
  readonly regs: readonly string[];
  /** How many of `regs` are general registers. */
  readonly generalRegs: number;
  readonly imms: readonly string[];
  readonly statics: readonly string[];
  readonly body: (b: Builder, o: Readonly<Record<string, number>>) => void;
}

/** Operands are the numbers themselves. The body sets PC itself only when it branches; otherwise the caller advances PC and ITSTATE. */
export interface SystemOperation {
  readonly kind: 'system';
  readonly name: string;
  readonly operands: readonly string[];
  readonly body: (p: SystemPort, o: Readonly<Record<string, number>>) => void;
}

export type Operation = PlainOperation | SystemOperation;

/** Declares a plain operation. `name` is what rows refer to. */
export function plain<
  const R extends string,
  const I extends string,
  const S extends string,
  const V extends string = never,
>(name: string, shape: Shape<R, I, S, V>, body: (b: Builder, o: Bound<R, I, S, V>) => void): PlainOperation {
  const { regs, vregs = [], imms, statics } = shape;
  return {
    kind: 'plain',
    name,
    regs: [...regs, ...vregs],
    generalRegs: regs.length,
    imms,
    statics,
    body: body as unknown as PlainOperation['body'],
  };
}

/** Declares a system operation. */
export function system<const O extends string>(
  name: string,
  operands: readonly O[],
  body: (p: SystemPort, o: { readonly [K in O]: number }) => void,
): SystemOperation {
  return { kind: 'system', name, operands, body: body as unknown as SystemOperation['body'] };
}
