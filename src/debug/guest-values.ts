/** Values of a guest by expression: what can be looked at, shown and set by name. Registers, symbols and memory, and the real processor's under `real.` */
import { Mode } from '../arm/modes.js';
import type { Guest } from '../machine/guest.js';
import { debugErrors } from './errors.js';
import { evaluate, placeOf, type Surroundings } from './expressions/evaluator.js';
import { formatValue, hexadecimal } from './expressions/format.js';
import { parseExpression, type Expression } from './expressions/parser.js';
import { bitsOf, sizeOf, typeName, type Type, type Value } from './expressions/types.js';
import type { GuestMemoryView } from './memory.js';
import { MODES, RegisterFile, type RegisterValue } from './registers/register-file.js';
import { registerText, type ScopeSource } from './registers/scopes.js';
import type { SymbolTable } from './symbols.js';
import type { VmmView } from './vmm-view.js';

const REAL = /^real\./i;
/** What the views append to a value: `0x40010000 <_start>`, `0x13 (svc)`, `0x2a = 42`. */
const DECORATION = /\s+(<[^>]*>|\([a-z][^()]*\)|= .*)\s*$/;

export class GuestValues implements Surroundings, ScopeSource {
  readonly registers: RegisterFile;
  readonly real: RegisterFile | undefined;

  /** @param moved to be called when PC was set */
  constructor(
    guest: Guest,
    vmm: VmmView | undefined,
    private readonly memory: GuestMemoryView,
    private readonly symbols: SymbolTable,
    private readonly moved: () => void,
  ) {
    this.registers = new RegisterFile(guest.cpu, () => {
      guest.commit();
    });
    this.real = vmm && new RegisterFile(vmm.real, () => {});
  }

  register(name: string): RegisterValue | undefined {
    return REAL.test(name) ? this.real?.read(name.replace(REAL, '')) : this.registers.read(name);
  }

  symbol(name: string): number | undefined {
    return this.symbols.named(name).at(0)?.address;
  }

  readMemory(address: number, length: number): Uint8Array {
    return this.memory.read(address, length);
  }

  describe(address: number): string | undefined {
    return this.symbols.describe(address);
  }

  readable(address: number): boolean {
    return this.memory.read(address, 1).length === 1;
  }

  /** The value of an expression as an address, u32. @throws UserError 200–211 */
  address(expression: string): number {
    return Number(BigInt.asUintN(32, evaluate(parseExpression(expression), this).value));
  }

  /** The value of what a person typed. @throws UserError 200–211 */
  number(text: string): bigint {
    return this.newValue(text);
  }

  /** The value of an expression for a person. @throws UserError 200–211 */
  show(text: string): { readonly value: string; readonly type: string; readonly memoryReference?: string } {
    const expression = parseExpression(text);
    const value = evaluate(expression, this);
    return {
      value: this.fieldText(expression) ?? this.format(value, expression.format),
      type: typeName(value.type),
      ...this.reference(value),
    };
  }

  /** Sets a register, a field or memory; returns the value as it then shows. @throws UserError 200–211, 230–234 */
  set(target: string, text: string): string {
    const place = placeOf(parseExpression(target), this);
    if (place === undefined) throw debugErrors.notAssignable(target);
    if (place.kind === 'memory') {
      this.store(place.address, place.type, this.newValue(text));
      return this.show(target).value;
    }
    const { name } = place;
    if (REAL.test(name)) throw debugErrors.readOnly(name);
    const mode = /\.m$/i.test(name) ? MODES.find((m) => m === text.trim().toLowerCase()) : undefined;
    this.registers.write(name, mode === undefined ? this.newValue(text) : BigInt(Mode[mode]));
    if (/^(pc|r15)$/i.test(name)) this.moved();
    return registerText(this, name);
  }

  /** The value of what a person typed over a value that was shown. */
  private newValue(text: string): bigint {
    return evaluate(parseExpression(text.replace(DECORATION, '')), this).value;
  }

  private store(address: number, type: Type, value: bigint): void {
    const size = sizeOf(type);
    const raw = BigInt.asUintN(bitsOf(type), value);
    const bytes = Uint8Array.from({ length: size }, (_, i) => Number((raw >> BigInt(8 * i)) & 0xffn));
    // all of it or nothing
    if (this.memory.read(address, size).length < size || this.memory.write(address, bytes) < size) {
      throw debugErrors.notWritable(address);
    }
  }

  /** Fields show as their views do: by what their values mean. */
  private fieldText({ root, format }: Expression): string | undefined {
    if (root.kind !== 'name' || format !== undefined) return undefined;
    const name = root.name.replace('$', '');
    const file = REAL.test(name) ? this.real : this.registers;
    const own = name.replace(REAL, '');
    if (!own.includes('.') || file?.read(own) === undefined) return undefined;
    return registerText(this, own, file);
  }

  private format(value: Value, format?: Parameters<typeof formatValue>[1]): string {
    return formatValue(value, format, (address) => this.describe(address));
  }

  private reference({ type, value }: Value): { readonly memoryReference?: string } {
    if (bitsOf(type) !== 32 || (type.kind === 'integer' && type.signed)) return {};
    return this.readable(Number(value)) ? { memoryReference: hexadecimal(value, 32) } : {};
  }
}
