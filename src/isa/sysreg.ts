/**
 * The system registers of CP14 and CP15 as rows: how they are reached, by whom, and what kind of thing they are. Lookups by encoding and
 * by name, and the order of their storage. Knows no processor: values, side effects and the place of the storage are above.
 */
import { absentRegisters } from './sysreg/absent.js';
import { arm1176Registers } from './sysreg/arm1176.js';
import { controlRegisters } from './sysreg/control.js';
import { counterRegisters } from './sysreg/counters.js';
import { debugRegisters } from './sysreg/debug.js';
import { identificationRegisters } from './sysreg/identification.js';
import { maintenanceRegisters } from './sysreg/maintenance.js';
import type { SystemRegister } from './sysreg/register.js';

export type { SystemRegister, SysregAccess, SysregControl, SysregKind } from './sysreg/register.js';

/** All rows. Storage is assigned in this order, so a snapshot depends on it. */
export const systemRegisters: readonly SystemRegister[] = [
  ...controlRegisters,
  ...identificationRegisters,
  ...maintenanceRegisters,
  ...counterRegisters,
  ...debugRegisters,
  ...absentRegisters,
  ...arm1176Registers,
];

function key32(coproc: number, opc1: number, CRn: number, CRm: number, opc2: number): number {
  return (coproc << 14) | (opc1 << 11) | (CRn << 7) | (CRm << 3) | opc2;
}

function key64(coproc: number, opc1: number, CRm: number): number {
  return (1 << 18) | (coproc << 8) | (opc1 << 4) | CRm;
}

/** Registers that only some models have may lie where others have another: several rows, the architecture's first. */
const byEncoding = new Map<number, SystemRegister[]>();
const byName = new Map<string, SystemRegister>();
const indices = new Map<string, number>();
let next = 0;
for (const row of systemRegisters) {
  const key =
    row.width === 64 ? key64(row.coproc, row.opc1, row.CRm) : key32(row.coproc, row.opc1, row.CRn, row.CRm, row.opc2);
  const there = byEncoding.get(key);
  if (there === undefined) byEncoding.set(key, [row]);
  else there.push(row);
  for (const name of [row.name, ...row.aliases]) {
    byName.set(name, row);
    if (row.words > 0) indices.set(name, next);
  }
  next += row.words;
}
for (const row of systemRegisters) {
  if (row.shares !== undefined) indices.set(row.name, indices.get(row.shares)!);
}

/** Words of storage that all rows take together. */
export const SYSREG_WORDS = next;

/** What tells which registers a processor has. */
export interface RegisterOwner {
  readonly name: string;
  /** Mask of features.ts. */
  readonly features: number;
}

/** Whether a processor has a register. It may still be `absent`, named but Undefined. */
export function hasRegister({ name, features }: RegisterOwner, row: SystemRegister): boolean {
  return (row.needs & ~features) === 0 && (row.only?.includes(name) ?? true);
}

/** The one that the owner has; without an owner, the architecture's. */
function choose(
  rows: readonly SystemRegister[] | undefined,
  owner: RegisterOwner | undefined,
): SystemRegister | undefined {
  return owner === undefined ? rows?.[0] : rows?.find((row) => hasRegister(owner, row));
}

/** The register that MRC and MCR with these fields reach, or undefined where nothing is (on any processor, unless one is given). */
export function findSystemRegister(
  coproc: number,
  opc1: number,
  CRn: number,
  CRm: number,
  opc2: number,
  owner?: RegisterOwner,
): SystemRegister | undefined {
  return choose(byEncoding.get(key32(coproc, opc1, CRn, CRm, opc2)), owner);
}

/** The register that MRRC and MCRR with these fields reach, or undefined where nothing is. */
export function findSystemRegister64(
  coproc: number,
  opc1: number,
  CRm: number,
  owner?: RegisterOwner,
): SystemRegister | undefined {
  return choose(byEncoding.get(key64(coproc, opc1, CRm)), owner);
}

/** The register of that name or alias, or undefined. */
export function systemRegisterNamed(name: string): SystemRegister | undefined {
  return byName.get(name);
}

/**
 * Index of a register's first word among the system registers' storage, by name or alias: an offset from where the state block places
 * them (`arm/cp15.ts` adds that). Of two words the low one comes first. Throws for a name without storage: callers are code, not guests.
 */
export function sysregIndex(name: string): number {
  const index = indices.get(name);
  if (index === undefined) throw new Error(`no storage for a system register '${name}'`);
  return index;
}
