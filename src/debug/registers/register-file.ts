/**
 * The registers of one processor by name: general, banked, status, system and extension registers and their fields, to be read and set. Names
 * are the manual's, in any case: `r0`, `sp`, `r13_irq`, `lr_svc`, `r8_fiq`, `cpsr.I`, `spsr_abt`, `SCTLR`, `DACR.D0`, `d8`, `FPSCR.FZ`.
 */
import { bankOf, Mode, Psr, type ModeName } from '../../arm/modes.js';
import { Word } from '../../arm/state.js';
import { Cp15, TTBCR_EAE } from '../../arm/cp15.js';
import { systemRegisterFields, type FieldContext } from '../../isa/sysreg/fields.js';
import { systemRegisters, type SystemRegister } from '../../isa/sysreg.js';
import type { Guest } from '../../machine/guest.js';
import { debugErrors, expressionErrors } from '../errors.js';
import { hexadecimal } from '../expressions/format.js';
import { extract, insert, type BitField } from '../../util/bit-fields.js';
import { psrFields } from './fields.js';

/** The guest's processor, or a real one under a VMM. */
export type Processor = Guest['cpu'];

/** A register's value and its width in bits. */
export interface RegisterValue {
  readonly value: bigint;
  readonly bits: number;
}

interface Register {
  readonly name: string;
  readonly bits: number;
  read(): bigint;
  /** Absent where the register cannot be written. */
  readonly write?: (value: bigint) => void;
  /** The fields of its present value. */
  fields(value: bigint): readonly BitField[];
}

const NO_FIELDS: readonly BitField[] = [];
/** Modes of a processor without Security and Virtualization Extensions. */
export const MODES = ['usr', 'fiq', 'irq', 'svc', 'abt', 'und', 'sys'] as const satisfies readonly ModeName[];
/** Modes with banked registers of their own. */
export const BANKED_MODES = ['usr', 'fiq', 'irq', 'svc', 'abt', 'und'] as const satisfies readonly ModeName[];
const ALIASES: Readonly<Record<string, number>> = { sp: 13, lr: 14, pc: 15, ip: 12, fp: 11 };

const systemRegisterByName = new Map<string, SystemRegister>();
for (const row of systemRegisters) {
  if (row.kind === 'absent' || row.kind === 'operation') continue;
  for (const name of [row.name, ...row.aliases]) systemRegisterByName.set(name.toLowerCase(), row);
}

/** Numbers of the system registers of floating point in VMRS. */
const FLOAT_REGISTERS: ReadonlyMap<string, number> = new Map([
  ['fpsid', 0],
  ['fpscr', 1],
  ['mvfr1', 6],
  ['mvfr0', 7],
  ['fpexc', 8],
]);

const u32 = (value: number) => BigInt(value >>> 0);

export class RegisterFile {
  private readonly registers = new Map<string, Register | undefined>();

  /** @param changed to be called after a register was set */
  constructor(
    private readonly cpu: Processor,
    private readonly changed: () => void,
  ) {}

  /** Whether the processor has a system register. */
  has(row: SystemRegister): boolean {
    return this.cpu.systemRegisters.has(row);
  }

  /** Reads a register, or a field as `cpsr.I`; undefined where there is none of that name. @throws UserError 204, 211 */
  read(name: string): RegisterValue | undefined {
    const found = this.find(name);
    if (found === undefined) return undefined;
    const { register, field } = found;
    const value = register.read();
    if (field === undefined) return { value, bits: register.bits };
    return { value: extract(value, field), bits: field.bits };
  }

  /** Sets a register or a field. Returns false where there is none of that name. @throws UserError 204, 230, 233, 234 */
  write(name: string, value: bigint): boolean {
    const found = this.find(name);
    if (found === undefined) return false;
    const { register, field } = found;
    if (register.write === undefined) throw debugErrors.readOnly(register.name);
    const bits = field?.bits ?? register.bits;
    // negative numbers are taken as C takes them
    if (value >= 1n << BigInt(bits) || value < -(1n << BigInt(bits - 1))) {
      throw debugErrors.notInRange(name, value.toString(), bits);
    }
    const raw = BigInt.asUintN(bits, value);
    if (field === undefined) {
      register.write(raw);
    } else {
      register.write(insert(register.read(), field, raw));
    }
    this.changed();
    return true;
  }

  /** True if a register of that name can be set. */
  writable(name: string): boolean {
    return this.find(name)?.register.write !== undefined;
  }

  /** The fields that a register has with its present value. */
  fieldsOf(name: string): readonly BitField[] {
    const register = this.register(name);
    return register === undefined ? NO_FIELDS : register.fields(register.read());
  }

  private find(name: string): { readonly register: Register; readonly field?: BitField } | undefined {
    const dot = name.indexOf('.');
    const register = this.register(dot < 0 ? name : name.slice(0, dot));
    if (register === undefined) return undefined;
    if (dot < 0) return { register };
    const fields = register.fields(register.read());
    const wanted = name.slice(dot + 1);
    const field =
      fields.find((f) => f.name === wanted) ?? fields.find((f) => f.name.toLowerCase() === wanted.toLowerCase());
    if (field === undefined) {
      const known = fields.length === 0 ? 'none' : fields.map((f) => f.name).join(', ');
      throw expressionErrors.unknownField(register.name, wanted, known);
    }
    return { register, field };
  }

  private register(name: string): Register | undefined {
    const key = name.toLowerCase();
    if (!this.registers.has(key)) this.registers.set(key, this.make(key));
    return this.registers.get(key);
  }

  private make(name: string): Register | undefined {
    const { cpu } = this;
    const general = generalNumber(name);
    if (general === 15) return this.pc();
    if (general !== undefined) {
      return this.plain(
        name,
        () => cpu.readR(general),
        (value) => {
          cpu.writeR(general, value);
        },
      );
    }
    if (name === 'cpsr')
      return this.status(
        'CPSR',
        () => cpu.readCpsr(),
        (value) => {
          this.setCpsr(value);
        },
      );
    if (name === 'spsr') return this.spsr('SPSR', () => this.currentSpsr());
    const banked = /^(r\d+|sp|lr|spsr)_([a-z]+)$/.exec(name);
    if (banked !== null) return this.banked(name, banked[1], banked[2]);
    const extension = /^([sdq])(\d\d?)$/.exec(name);
    if (extension !== null) return this.extension(name, extension[1], Number(extension[2]));
    const float = FLOAT_REGISTERS.get(name);
    if (float !== undefined) return this.float(name.toUpperCase(), float);
    const row = systemRegisterByName.get(name);
    return row && this.system(row, name.toUpperCase());
  }

  private plain(name: string, read: () => number, write?: (value: number) => void): Register {
    return {
      name,
      bits: 32,
      read: () => u32(read()),
      write:
        write &&
        ((value) => {
          write(Number(value) | 0);
        }),
      fields: () => NO_FIELDS,
    };
  }

  /** The address of the next instruction. Setting it wakes a sleeping processor and leaves an IT block. */
  private pc(): Register {
    const { cpu } = this;
    return this.plain(
      'pc',
      () => cpu.state[Word.PC],
      (value) => {
        cpu.state[Word.PC] = value & (cpu.thumb() ? ~1 : ~3);
        cpu.state[Word.ITSTATE] = 0;
        cpu.wake();
      },
    );
  }

  private status(name: string, read: () => number, write: (value: number) => void): Register {
    return { ...this.plain(name, read, write), fields: () => psrFields };
  }

  private setCpsr(value: number): void {
    const mode = value & Psr.M;
    if (!MODES.some((name) => Mode[name] === mode)) throw debugErrors.notAMode(hexadecimal(BigInt(mode), 8));
    this.cpu.setCpsr(value);
  }

  private spsr(name: string, mode: () => number): Register {
    return this.status(
      name,
      () => this.cpu.readSpsr(mode()),
      (value) => {
        this.cpu.writeSpsr(mode(), value);
      },
    );
  }

  private currentSpsr(): number {
    const mode = this.cpu.mode();
    if (bankOf(mode) <= 0) throw expressionErrors.notReadableNow('SPSR', 'User and System mode have none');
    return mode;
  }

  private banked(name: string, register: string, mode: string): Register | undefined {
    if (!(MODES as readonly string[]).includes(mode)) return undefined;
    const number = Mode[mode as (typeof MODES)[number]];
    if (register === 'spsr') return bankOf(number) > 0 ? this.spsr(name.toUpperCase(), () => number) : undefined;
    const n = generalNumber(register);
    if (n === undefined || n < 8 || n > 14) return undefined;
    return this.plain(
      name,
      () => this.cpu.readBanked(n, number),
      (value) => {
        this.cpu.writeBanked(n, number, value);
      },
    );
  }

  /** S0 to S31, D0 to D31, Q0 to Q15, one over the other. */
  private extension(name: string, kind: string, number: number): Register | undefined {
    const words = kind === 's' ? 1 : kind === 'd' ? 2 : 4;
    if (number >= (kind === 'q' ? 16 : 32)) return undefined;
    const { vectors } = this.cpu.memory;
    const first = number * words;
    return {
      name,
      bits: 32 * words,
      read: () => {
        let value = 0n;
        for (let i = words - 1; i >= 0; i--) value = (value << 32n) | u32(vectors[first + i]);
        return value;
      },
      write: (value) => {
        for (let i = 0; i < words; i++) vectors[first + i] = Number(BigInt.asIntN(32, value >> BigInt(32 * i)));
      },
      fields: () => NO_FIELDS,
    };
  }

  private float(name: string, number: number): Register {
    const { floatRegisters: file } = this.cpu;
    const writable = number === FLOAT_REGISTERS.get('fpscr') || number === FLOAT_REGISTERS.get('fpexc');
    return {
      ...this.plain(
        name,
        () => file.peek(number),
        writable
          ? (value) => {
              file.poke(number, value);
            }
          : undefined,
      ),
      fields: (value) => systemRegisterFields(name, value, this.fieldContext),
    };
  }

  private system(row: SystemRegister, name: string): Register {
    const { systemRegisters: file } = this.cpu;
    const out = { low: 0, high: 0 };
    const writable = row.kind !== 'constant' && (row.PL1 === 'RW' || row.PL1 === 'WO');
    return {
      name,
      bits: row.width,
      read: () => {
        file.peek(row, out);
        return (row.width === 64 ? u32(out.high) << 32n : 0n) | u32(out.low);
      },
      write: writable
        ? (value) => {
            if (!file.poke(row, Number(BigInt.asUintN(32, value)), Number(value >> 32n)))
              throw debugErrors.readOnly(name);
          }
        : undefined,
      fields: (value) => systemRegisterFields(row.name, value, this.fieldContext),
    };
  }

  private get fieldContext(): FieldContext {
    const { model, state } = this.cpu;
    return { cpu: model.name, long: (state[Cp15.TTBCR] & TTBCR_EAE) !== 0 };
  }
}

function generalNumber(name: string): number | undefined {
  if (Object.hasOwn(ALIASES, name)) return ALIASES[name];
  const number = /^r(\d|1[0-5])$/.exec(name);
  return number === null ? undefined : Number(number[1]);
}
