/** The registers as the Variables view shows them: which there are, in which order and groups, each with its fields. Reads only. */
import { Mode, modeName } from '../../arm/modes.js';
import { systemRegisters, type SystemRegister } from '../../isa/sysreg.js';

import { hexadecimal } from '../expressions/format.js';
import { extract, meaningOf, type BitField } from '../../util/bit-fields.js';
import { BANKED_MODES, type RegisterFile } from './register-file.js';
import type { ScopeInfo, VariableInfo } from '../../protocol/model.js';

/** What the scopes are made from. */
export interface ScopeSource {
  /** The guest's registers. */
  readonly registers: RegisterFile;
  /** Those of the real processor, under a VMM. */
  readonly real?: RegisterFile;
  /** `name+offset` of an address in a known image. */
  describe(address: number): string | undefined;
  readable(address: number): boolean;
}

const REAL_PREFIX = 'real.';

const scopes = {
  core: { name: 'Core', expensive: false },
  psr: { name: 'CPSR fields', expensive: false },
  banked: { name: 'Banked', expensive: false },
  cp15: { name: 'CP15', expensive: true },
  float: { name: 'Floating point', expensive: true },
  real: { name: 'Virtual against real', expensive: false },
} as const;
type ScopeId = keyof typeof scopes;

/** Sections of the manual that group system registers, in the order shown. */
const GROUPS: readonly (readonly [sections: readonly string[], title: string])[] = [
  [['B3.18.4'], 'Control'],
  [['B3.18.2'], 'Virtual memory'],
  [['B3.18.3'], 'Faults'],
  [['B3.18.8'], 'Address translation'],
  [['B3.18.13'], 'Generic timer'],
  [['B3.18.1'], 'Identification'],
  [['B3.17.1'], 'Implementation defined'],
  [['C12.8'], 'Performance monitors'],
  [['C11.11'], 'Debug (CP14)'],
  [['B4.1.144', 'B4.1.145', 'A2.10.2'], 'ThumbEE and Jazelle'],
];
/** First in their groups; the rest follows in the table's order. */
const CONTROL_FIRST = 'SCTLR';
const SECTION_PREFIX = 'DDI 0406C ';

/** What differs between what the guest believes and what the real processor has. */
export const VIRTUAL_AND_REAL = [
  'CPSR',
  'SCTLR',
  'TTBR0',
  'TTBR1',
  'TTBCR',
  'DACR',
  'VBAR',
  'CONTEXTIDR',
  'CPACR',
  'DFSR',
  'DFAR',
  'IFSR',
  'IFAR',
];

export function scopesOf(source: ScopeSource): ScopeInfo[] {
  return (Object.keys(scopes) as ScopeId[])
    .filter((id) => id !== 'real' || source.real !== undefined)
    .map((id) => ({ id, ...scopes[id] }));
}

/** The variables of a scope; none for an id that there is not. */
export function variablesOf(source: ScopeSource, scope: string): VariableInfo[] {
  switch (scope) {
    case 'core':
      return coreRegisters(source);
    case 'psr':
      return fieldVariables(source.registers, 'CPSR', '');
    case 'banked':
      return bankedRegisters(source);
    case 'float':
      return floatRegisters(source);
    case 'cp15':
      return systemGroups(source);
    case 'real':
      return virtualAndReal(source);
    default:
      return [];
  }
}

function coreRegisters(source: ScopeSource): VariableInfo[] {
  const names = [...Array.from({ length: 13 }, (_, n) => `r${n}`), 'sp', 'lr', 'pc', 'CPSR'];
  const variables = names.map((name) => registerVariable(source, name));
  if (hasSpsr(source.registers)) variables.push(registerVariable(source, 'SPSR'));
  return variables;
}

function hasSpsr(registers: RegisterFile): boolean {
  const mode = Number(registers.read('CPSR.M')?.value);
  return mode !== Mode.usr && mode !== Mode.sys;
}

/** A register with its fields as children. `prefix` goes before its name in expressions. */
function registerVariable(source: ScopeSource, name: string, file = source.registers, prefix = ''): VariableInfo {
  const { value, bits } = file.read(name) as { value: bigint; bits: number };
  const fields = fieldVariables(file, name, prefix);
  const address = Number(BigInt.asUintN(32, value));
  const symbol = bits === 32 && fields.length === 0 && address > 0xff ? source.describe(address) : undefined;
  const hex = `${hexadecimal(value, bits)}${numberText(name, value)}`;
  return {
    name,
    value: symbol === undefined ? hex : `${hex} <${symbol}>`,
    type: `u${bits}`,
    evaluateName: prefix + name,
    writable: file.writable(name),
    ...(fields.length > 0 && { children: fields }),
    ...(fields.length === 0 && source.readable(address) && { memoryReference: hexadecimal(BigInt(address), 32) }),
  };
}

/** The value of a register of the guest, or of one of its fields, as its view shows it. */
export function registerText(source: ScopeSource, name: string, file = source.registers): string {
  const dot = name.indexOf('.');
  if (dot < 0) return registerVariable(source, name, file).value;
  const wanted = name.slice(dot + 1).toLowerCase();
  const fields = fieldVariables(file, name.slice(0, dot), '');
  return (fields.find((field) => field.name.toLowerCase() === wanted) as VariableInfo).value;
}

function fieldVariables(file: RegisterFile, register: string, prefix: string): VariableInfo[] {
  const value = file.read(register)?.value ?? 0n;
  const writable = file.writable(register);
  return file.fieldsOf(register).map((field) => ({
    name: field.name,
    value: fieldText(field, extract(value, field)),
    type: field.title,
    evaluateName: `${prefix}${register}.${field.name}`,
    writable,
  }));
}

/** `1`, `0x13 (svc)`, `3 (full)`. */
export function fieldText(field: BitField, value: bigint): string {
  const { bits } = field;
  const number = bits <= 3 ? value.toString() : `0x${value.toString(16).padStart(Math.ceil(bits / 4), '0')}`;
  const meaning = meaningOf(field, Number(value));
  return meaning === undefined ? number : `${number} (${meaning})`;
}

function bankedRegisters(source: ScopeSource): VariableInfo[] {
  return BANKED_MODES.map((mode) => {
    const names = mode === 'fiq' || mode === 'usr' ? [8, 9, 10, 11, 12].map((n) => `r${n}_${mode}`) : [];
    names.push(`sp_${mode}`, `lr_${mode}`);
    const children = names.map((name) => registerVariable(source, name));
    if (mode !== 'usr') children.push(registerVariable(source, `SPSR_${mode}`));
    const sp = children.find(({ name }) => name === `sp_${mode}`) as VariableInfo;
    return { name: mode, value: `sp ${sp.value}`, writable: false, children };
  });
}

/** Status, then the same registers as doubles, singles and quadwords. */
function floatRegisters(source: ScopeSource): VariableInfo[] {
  const group = (name: string, letter: string, count: number): VariableInfo => ({
    name,
    value: `${letter}0 to ${letter}${count - 1}`,
    writable: false,
    children: Array.from({ length: count }, (_, n) => registerVariable(source, `${letter}${n}`)),
  });
  return [
    ...['FPSCR', 'FPEXC'].map((name) => registerVariable(source, name)),
    group('Doubles', 'd', 32),
    group('Singles', 's', 32),
    group('Quadwords', 'q', 16),
    ...['FPSID', 'MVFR0', 'MVFR1'].map((name) => registerVariable(source, name)),
  ];
}

const view = new DataView(new ArrayBuffer(8));

/** ` (1.5)` behind the bits of an S or D register. */
export function numberText(name: string, value: bigint): string {
  view.setBigUint64(0, value);
  if (/^s\d/i.test(name)) return ` (${view.getFloat32(4)})`;
  return /^d\d/i.test(name) ? ` (${view.getFloat64(0)})` : '';
}

/** Whether a register holds something that can be looked at. */
export function isReadable({ kind, PL1 }: SystemRegister): boolean {
  return kind !== 'absent' && kind !== 'operation' && PL1 !== 'WO' && PL1 !== 'none';
}

function shown(row: SystemRegister): boolean {
  return isReadable(row) && !row.name.startsWith('ID_RES_') && !/^(MIDR_|DBGDTR)/.test(row.name);
}

/** System registers in the groups in which they are shown, of those that `wanted` takes. */
export function systemRegisterGroups(
  wanted: (row: SystemRegister) => boolean,
): readonly (readonly [title: string, rows: readonly SystemRegister[]])[] {
  const rows = systemRegisters.filter(wanted);
  const first = rows.findIndex(({ name }) => name === CONTROL_FIRST);
  const groups = GROUPS.map(([sections, title], i): readonly [string, SystemRegister[]] => {
    const own = rows.filter(
      (row) => sections.some((section) => row.section === SECTION_PREFIX + section) && row.name !== CONTROL_FIRST,
    );
    if (i === 0 && first >= 0) own.unshift(rows[first]);
    return [title, own];
  });
  groups.push(["This processor's own", rows.filter(({ section }) => !section.startsWith(SECTION_PREFIX))]);
  return groups.filter(([, own]) => own.length > 0);
}

function systemGroups(source: ScopeSource): VariableInfo[] {
  return systemRegisterGroups((row) => shown(row) && source.registers.has(row)).map(([title, own]) => {
    const children = own.map(({ name }) => registerVariable(source, name));
    const names = own.slice(0, 4).map(({ name }) => name);
    return { name: title, value: `${names.join(', ')}${own.length > 4 ? ', …' : ''}`, writable: false, children };
  });
}

function virtualAndReal(source: ScopeSource): VariableInfo[] {
  const { real } = source;
  if (real === undefined) return [];
  const modeOf = (file: RegisterFile) => modeName(Number(file.read('CPSR.M')?.value));
  const mode: VariableInfo = {
    name: 'mode',
    value: `${modeOf(source.registers)}, really ${modeOf(real)}`,
    writable: false,
  };
  return [
    mode,
    ...VIRTUAL_AND_REAL.map((name) => {
      const children = [
        { ...registerVariable(source, name), name: 'virtual' },
        { ...registerVariable(source, name, real, REAL_PREFIX), name: 'real', writable: false },
      ];
      const [a, b] = children.map(({ value }) => value);
      return { name, value: a === b ? `${a}, both` : `${a}, really ${b}`, writable: false, children };
    }),
  ];
}
