/**
 * The registers of processor and devices for people: values, fields, and what is not as it was at the last stop. Nothing is kept while nobody looks.
 */
import { debugErrors } from '../errors.js';
import { catalogueOf, type CatalogueSource, type ListedGroup } from '../registers/catalogue.js';
import { infoOf, withField, type ListedRegister } from '../registers/listed.js';
import type { RegisterInfo, RegisterGroup, RegisterName } from '../../protocol/views/registers.js';

/** Stops that nobody looked at and that are kept nevertheless: steps may follow each other faster than a view that is open asks. */
const KEPT_UNSEEN = 8;

export class RegistersView {
  private made: readonly ListedGroup[] | undefined;
  private byId: ReadonlyMap<string, ListedRegister> | undefined;
  /** Values at the last stop, by id; none were kept if nobody looked at it or at those just before it. */
  private before: ReadonlyMap<string, bigint> | undefined;
  /** Stops since somebody looked. */
  private unseen = Infinity;

  constructor(
    private readonly source: CatalogueSource,
    /** The value that a person typed. */
    private readonly valueOf: (text: string) => bigint,
    /** A register was written. */
    private readonly written: (id: string) => void,
  ) {}

  /** The guest is about to run: what it stands at now is the last stop from then on. */
  aboutToRun(): void {
    this.before =
      this.unseen <= KEPT_UNSEEN ? new Map(this.all().flatMap((register) => this.entryOf(register))) : undefined;
    this.unseen++;
  }

  groups(): readonly RegisterGroup[] {
    this.unseen = 0;
    return this.catalogue.map(({ id, name, section, description, registers }) => ({
      id,
      name,
      section,
      description,
      registers: registers.length,
      changed: registers.reduce((count, register) => count + (this.hasChanged(register) ? 1 : 0), 0),
    }));
  }

  /** The registers of a group. @throws UserError 253 */
  registers(group: string): readonly RegisterInfo[] {
    this.unseen = 0;
    const found = this.catalogue.find(({ id }) => id === group);
    if (found === undefined) throw debugErrors.noSuchRegister(group);
    return found.registers.map((register) => infoOf(register, 'none', this.before?.get(register.id)));
  }

  /** One register with its fields. @throws UserError 253 */
  register(id: string): RegisterInfo {
    this.unseen = 0;
    return infoOf(this.find(id), 'all', this.before?.get(id));
  }

  names(): readonly RegisterName[] {
    return this.catalogue.flatMap(({ id: group, registers }) =>
      registers.map((register) => ({
        id: register.id,
        name: register.name,
        title: register.title,
        group,
        ...(register.part !== undefined && { part: register.part }),
        fields: register
          .fields(0n)
          .map((field) => field.name)
          .join(' '),
      })),
    );
  }

  /** Sets a register, or a field of one, to what a person typed; returns it as it is then. @throws UserError 200–211, 230, 233, 253 */
  set(id: string, field: string | undefined, text: string): RegisterInfo {
    const register = this.find(id);
    if (register.write === undefined) throw debugErrors.readOnly(register.name);
    const value = this.valueOf(text);
    const own = field === undefined ? undefined : register.fields(register.read() ?? 0n).find((f) => f.name === field);
    if (field !== undefined && own === undefined) throw debugErrors.noSuchRegister(`${id}.${field}`);
    const bits = own?.bits ?? register.bits;
    // negative numbers are taken as C takes them
    if (value >= 1n << BigInt(bits) || value < -(1n << BigInt(bits - 1))) {
      throw debugErrors.notInRange(field === undefined ? register.name : `${register.name}.${field}`, text, bits);
    }
    const raw = BigInt.asUintN(bits, value);
    register.write(own === undefined ? raw : withField(register, own, raw));
    this.written(id);
    return infoOf(register, 'all', this.before?.get(id));
  }

  private get catalogue(): readonly ListedGroup[] {
    this.made ??= catalogueOf(this.source);
    return this.made;
  }

  private find(id: string): ListedRegister {
    this.byId ??= new Map(this.all().map((register) => [register.id, register]));
    const register = this.byId.get(id);
    if (register === undefined) throw debugErrors.noSuchRegister(id);
    return register;
  }

  private all(): readonly ListedRegister[] {
    return this.catalogue.flatMap(({ registers }) => registers);
  }

  private entryOf(register: ListedRegister): readonly (readonly [string, bigint])[] {
    const value = register.read();
    return value === undefined ? [] : [[register.id, value]];
  }

  private hasChanged(register: ListedRegister): boolean {
    const before = this.before?.get(register.id);
    return before !== undefined && register.read() !== before;
  }
}
