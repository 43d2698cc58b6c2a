/**
 * A translation from registers to outcome: the flat map or one of the two walkers, then domain and permissions (DDI 0406C B3.19.3 to
 * B3.19.8). Remembers nothing; mmu.ts adds the TLB.
 */
import { SCTLR_M, TTBCR_EAE } from '../arm/cp15.js';
import { FaultType } from '../arm/exceptions.js';
import { Access, Right, type AccessKind, type Translation } from './ports.js';
import { TranslationTableWalkLD } from './walk-long.js';
import { TranslationTableWalkSD } from './walk-short.js';
import { walkFault, type TableMemory, type TranslationRegisters } from './walk.js';

/** All rights: what a manager domain and a disabled MMU give. */
export const ALL_RIGHTS =
  Right.readPL1 | Right.writePL1 | Right.readPL0 | Right.writePL0 | Right.executePL1 | Right.executePL0;

/** Whether DACR is consulted: not in the long format, nor with the MMU disabled. */
export function domainsApply(r: TranslationRegisters): boolean {
  return (r.SCTLR & SCTLR_M) !== 0 && (r.TTBCR & TTBCR_EAE) === 0;
}

/**
 * Walks for `mva`, the modified virtual address, without checking rights: `out` gets the fault of the walk (translation, access flag, external abort), or address, the
 * leaf's own rights before its domain is considered, domain, attributes and size.
 */
export function walkTables(r: TranslationRegisters, tables: TableMemory, mva: number, out: Translation): void {
  out.fault = FaultType.None;
  out.domain = 0;
  out.notGlobal = false;
  if ((r.SCTLR & SCTLR_M) === 0) flatMap(r, mva, out);
  else if ((r.TTBCR & TTBCR_EAE) !== 0) TranslationTableWalkLD(r, tables, mva, out);
  else TranslationTableWalkSD(r, tables, mva, out);
}

/** Memory attributes of a disabled MMU: Strongly-ordered (B3.2.1), in each of PAR's formats. */
const FLAT_SHORT = (1 << 7) | (0b001 << 4);
const FLAT_LONG = 0b10 << 8;

/** TranslateAddressVS1Off (B3.19.4): the address is the physical one and everything is allowed. */
function flatMap(r: TranslationRegisters, mva: number, out: Translation): void {
  out.pa = mva >>> 0;
  out.level = 0;
  out.rights = ALL_RIGHTS;
  out.attributes = (r.TTBCR & TTBCR_EAE) !== 0 ? FLAT_LONG : FLAT_SHORT;
  out.size = 4096;
}

/** What DACR says of a domain (B4.1.43). */
export const DomainAccess = { none: 0, client: 1, reserved: 2, manager: 3 } as const;

/**
 * The rights that a leaf gives through its domain: all in a manager domain, its own in a client domain.
 * @unpredictable DACR field 0b10: as no access.
 */
export function domainRights(DACR: number, domain: number, rights: number): number {
  const field = (DACR >>> (2 * domain)) & 3;
  return field === DomainAccess.client ? rights : field === DomainAccess.manager ? ALL_RIGHTS : 0;
}

/** Whether a domain lets its leaf's rights count at all; if not, an access is a domain fault (CheckDomain, B3.19.7). */
export function domainOpen(DACR: number, domain: number): boolean {
  return ((DACR >>> (2 * domain)) & 1) !== 0;
}

/** The bit of {@link Right} that an access needs. */
export function neededRight(access: AccessKind, privileged: boolean): number {
  if (access === Access.read) return privileged ? Right.readPL1 : Right.readPL0;
  if (access === Access.write) return privileged ? Right.writePL1 : Right.writePL0;
  return privileged ? Right.executePL1 : Right.executePL0;
}

/**
 * Turns the result of {@link walkTables} into the outcome of an access: its rights become those that its domain leaves, and a domain or
 * permission fault is set where they do not suffice.
 */
export function checkAccess(r: TranslationRegisters, out: Translation, access: AccessKind, privileged: boolean): void {
  if (out.fault !== FaultType.None) return;
  if (domainsApply(r)) {
    if (!domainOpen(r.DACR, out.domain)) {
      walkFault(out, FaultType.Domain, out.level, out.domain);
      return;
    }
    out.rights = domainRights(r.DACR, out.domain, out.rights);
  }
  if ((out.rights & neededRight(access, privileged)) === 0) out.fault = FaultType.Permission;
}
