/**
 * Every register of a guest, in groups: the processor's by mode and kind, each device's. Made once for a guest: which registers there are never changes.
 */
import type { Board } from '../../machine/board.js';
import type { Device } from '../../mem/device.js';
import type { SystemRegister } from '../../isa/sysreg.js';
import { listedDeviceRegister, type ListedRegister } from './listed.js';
import { BANKED_MODES, type RegisterFile, type RegisterValue } from './register-file.js';
import { isReadable, numberText, systemRegisterGroups, VIRTUAL_AND_REAL } from './scopes.js';
import { hex32 } from '../../util/bits.js';

export interface ListedGroup {
  readonly id: string;
  readonly name: string;
  readonly section: 'processor' | 'devices';
  readonly description: string;
  readonly registers: readonly ListedRegister[];
}

export interface CatalogueSource {
  readonly registers: RegisterFile;
  /** Those of the real processor, under a VMM. */
  readonly real?: RegisterFile;
  readonly board: Board;
  /** `name+offset` of an address in a known image. */
  describe(address: number): string | undefined;
}

/** Devices of one name and a number are one group from so many on. */
const MANY = 5;

const TITLES: Readonly<Record<string, string>> = {
  sp: 'Stack pointer',
  lr: 'Link register',
  pc: 'Address of the next instruction',
  CPSR: 'Current Program Status Register',
  SPSR: 'Saved Program Status Register',
  FPSCR: 'Floating-point Status and Control Register',
  FPEXC: 'Floating-Point Exception Control register',
  FPSID: 'Floating-point System ID Register',
  MVFR0: 'Media and VFP Feature Register 0',
  MVFR1: 'Media and VFP Feature Register 1',
};

const MODE_NAMES: Readonly<Record<(typeof BANKED_MODES)[number], string>> = {
  usr: 'User and System',
  fiq: 'FIQ',
  irq: 'IRQ',
  svc: 'Supervisor',
  abt: 'Abort',
  und: 'Undefined',
};

/** Registers are found by name as the debugger's expressions find them. */
class ProcessorRegisters {
  constructor(
    private readonly source: CatalogueSource,
    private readonly file: RegisterFile,
    private readonly prefix: string,
    private readonly settable: boolean,
  ) {}

  register(name: string, title: string, part?: string): ListedRegister {
    const { file } = this;
    const { bits } = file.read(name) as RegisterValue;
    const address = /^(r\d+|sp|lr|pc)(_|$)/.test(name);
    return {
      id: `${this.prefix}${name}`,
      name,
      title,
      bits,
      access: file.writable(name) ? 'RW' : 'RO',
      ...(part !== undefined && { part }),
      read: () => file.read(name)?.value,
      ...(this.settable && file.writable(name) && { write: (value: bigint) => void file.write(name, value) }),
      fields: () => file.fieldsOf(name),
      note: (value) => {
        if (address && value > 0xffn) return this.source.describe(Number(value));
        return numberText(name, value).replace(/^ \(|\)$/g, '') || undefined;
      },
    };
  }

  general(): ListedRegister[] {
    const names = [...Array.from({ length: 13 }, (_, n) => `r${n}`), 'sp', 'lr', 'pc'];
    return names.map((name) => this.register(name, TITLES[name] ?? 'General register'));
  }

  status(): ListedRegister[] {
    const saved = BANKED_MODES.filter((mode) => mode !== 'usr');
    return [
      this.register('CPSR', TITLES.CPSR),
      ...saved.map((mode) => this.register(`SPSR_${mode}`, `${TITLES.SPSR} of ${MODE_NAMES[mode]} mode`)),
    ];
  }

  banked(): ListedRegister[] {
    return BANKED_MODES.flatMap((mode) => {
      const own = mode === 'fiq' || mode === 'usr' ? [8, 9, 10, 11, 12].map((n) => `r${n}`) : [];
      return [...own, 'sp', 'lr'].map((name) =>
        this.register(
          `${name}_${mode}`,
          `${TITLES[name] ?? 'General register'} of ${MODE_NAMES[mode]} mode`,
          `${MODE_NAMES[mode]} mode`,
        ),
      );
    });
  }

  float(): ListedRegister[] {
    const series = (part: string, letter: string, count: number, title: string) =>
      Array.from({ length: count }, (_, n) => this.register(`${letter}${n}`, title, part));
    return [
      ...['FPSCR', 'FPEXC', 'FPSID', 'MVFR0', 'MVFR1'].map((name) => this.register(name, TITLES[name])),
      ...series('Doubles', 'd', 32, '64 bits'),
      ...series('Singles', 's', 32, '32 bits'),
      ...series('Quadwords', 'q', 16, '128 bits'),
    ];
  }

  system(rows: readonly SystemRegister[]): ListedRegister[] {
    return rows.map(({ name, title, aliases }) =>
      this.register(name, aliases.length === 0 ? title : `${title} (${aliases.join(', ')})`),
    );
  }
}

function processorGroups(source: CatalogueSource): ListedGroup[] {
  const guest = new ProcessorRegisters(source, source.registers, '', true);
  const group = (name: string, description: string, registers: readonly ListedRegister[]): ListedGroup => ({
    id: `processor/${name}`,
    name,
    section: 'processor',
    description,
    registers,
  });
  const reserved = (row: SystemRegister) => row.name.startsWith('ID_RES_');
  const has = (row: SystemRegister) => isReadable(row) && source.registers.has(row);
  const groups = [
    group('General', 'r0 to pc', guest.general()),
    group('Status', 'CPSR, SPSR of each mode', guest.status()),
    group('Banked', 'r8 to lr of each mode', guest.banked()),
    ...systemRegisterGroups((row) => has(row) && !reserved(row)).map(([title, rows]) =>
      group(title, names(rows), guest.system(rows)),
    ),
    group('Floating point and Advanced SIMD', 'FPSCR, d0 to d31', guest.float()),
  ];
  const rest = systemRegisterGroups((row) => has(row) && reserved(row)).flatMap(([, rows]) => rows);
  if (rest.length > 0) groups.push(group('Reserved identification', 'c0, c3 to c7', guest.system(rest)));
  if (source.real !== undefined) {
    const real = new ProcessorRegisters(source, source.real, 'real.', false);
    const own = VIRTUAL_AND_REAL.map((name) => real.register(name, `${titleOf(source, name)}, of the real processor`));
    groups.push(group('Real processor', 'what the monitor has set, not what the guest sees', own));
  }
  return groups;
}

function titleOf(source: CatalogueSource, name: string): string {
  const rows = systemRegisterGroups((row) => row.name === name && source.registers.has(row));
  return rows.at(0)?.[1].at(0)?.title ?? TITLES[name] ?? name;
}

function names(rows: readonly SystemRegister[]): string {
  const first = rows.slice(0, 4).map(({ name }) => name);
  return `${first.join(', ')}${rows.length > 4 ? ', …' : ''}`;
}

interface Placed {
  readonly base: number;
  readonly device: Device;
}

const place = ({ base }: Placed) => hex32(base);

function deviceGroups({ devices }: Board): ListedGroup[] {
  const described = devices.filter(({ device }) => (device.registers?.length ?? 0) > 0);
  const families = new Map<string, Placed[]>();
  for (const placed of described) {
    const family = placed.device.name.replace(/\d+$/, '');
    families.set(family, [...(families.get(family) ?? []), placed]);
  }
  return [...families].flatMap(([family, members]): ListedGroup[] => {
    const group = (name: string, description: string, registers: readonly ListedRegister[]): ListedGroup => ({
      id: `devices/${name}`,
      name,
      section: 'devices',
      description,
      registers,
    });
    if (members.length < MANY) {
      return members.map((placed) => group(placed.device.name, place(placed), listed(placed.device)));
    }
    const all = members.flatMap(({ device }) => listed(device).map((register) => ({ ...register, part: device.name })));
    return [group(family, `${members.length}, from ${place(members[0])} on`, all)];
  });
}

function listed(device: Device): ListedRegister[] {
  return (device.registers ?? []).map((register) => listedDeviceRegister(device, register));
}

/** All groups, the processor's first. */
export function catalogueOf(source: CatalogueSource): readonly ListedGroup[] {
  return [...processorGroups(source), ...deviceGroups(source.board)];
}
