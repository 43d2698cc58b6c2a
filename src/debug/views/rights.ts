/** What translations say of memory, in words: rights, memory attributes, faults, domains. Data and pure functions. */
import { FaultType } from '../../arm/exceptions.js';
import { Right, type Translation } from '../../mem/ports.js';
import { DomainAccess, domainRights, domainsApply } from '../../mem/translate.js';
import type { TranslationRegisters } from '../../mem/walk.js';

const PL1 = { read: Right.readPL1, write: Right.writePL1, execute: Right.executePL1 };
const PL0 = { read: Right.readPL0, write: Right.writePL0, execute: Right.executePL0 };

function letters(rights: number, of: typeof PL1 | typeof PL0): string {
  return `${rights & of.read ? 'r' : '-'}${rights & of.write ? 'w' : '-'}${rights & of.execute ? 'x' : '-'}`;
}

/** The rights that a walk's result has left under DACR. */
export function effectiveRights(registers: TranslationRegisters, { domain, rights }: Translation): number {
  return domainsApply(registers) ? domainRights(registers.DACR, domain, rights) : rights;
}

/** Rights at one level as `rwx`, `r--`. */
export function rightsText(rights: number, privileged: boolean): string {
  return letters(rights, privileged ? PL1 : PL0);
}

const ACCESS_WORDS: Readonly<Record<string, string>> = { '--': 'no access', 'r-': 'read only', rw: 'read and write' };

/** The same in words: `read and write, no execution`. */
export function rightsWords(rights: number, privileged: boolean): string {
  const text = rightsText(rights, privileged);
  const access = ACCESS_WORDS[text.slice(0, 2)] ?? 'write only';
  if (text === '---') return access;
  return `${access}, ${text.endsWith('x') ? 'execute' : 'never execute'}`;
}

/** PAR.Inner and the two-bit policies of TEX and NMRR, which PAR.Outer is (B4.1.112, table B3-10). */
const INNER: Readonly<Record<number, string>> = {
  0b000: 'Non-cacheable',
  0b101: 'Write-Back, Write-Allocate',
  0b110: 'Write-Through',
  0b111: 'Write-Back, no Write-Allocate',
};
const OUTER = ['Non-cacheable', 'Write-Back, Write-Allocate', 'Write-Through', 'Write-Back, no Write-Allocate'];

/** Attributes as the short format's walks give them: at their places in PAR. */
function shortAttributes(attributes: number): string {
  const inner = (attributes >>> 4) & 7;
  if (inner === 0b001) return 'Strongly-ordered';
  const shareable = (attributes & (1 << 7)) !== 0;
  const NOS = (attributes & (1 << 10)) !== 0;
  const share = shareable ? (NOS ? 'Inner Shareable' : 'Shareable') : 'Non-shareable';
  if (inner === 0b011) return `Device, ${share}`;
  const outer = OUTER[(attributes >>> 2) & 3];
  const own = INNER[inner] ?? 'reserved';
  return `Normal, ${own === outer ? own : `inner ${own}, outer ${outer}`}, ${share}`;
}

/** A nibble of a MAIR byte (B4.1.104). */
function longPolicy(nibble: number): string {
  if (nibble === 0b0100) return 'Non-cacheable';
  const hints = nibble & 3;
  const allocate =
    hints === 0
      ? 'no allocation'
      : hints === 3
        ? 'Read- and Write-Allocate'
        : hints === 2
          ? 'Read-Allocate'
          : 'Write-Allocate';
  const kinds = ['Write-Through transient', 'Write-Back transient', 'Write-Through', 'Write-Back'];
  return `${kinds[nibble >>> 2]}, ${allocate}`;
}

const SHAREABILITY = ['Non-shareable', 'reserved shareability', 'Outer Shareable', 'Inner Shareable'];

/** Attributes as the long format's walks give them: the MAIR byte, SH above it. */
function longAttributes(attributes: number): string {
  const byte = attributes & 0xff;
  if (byte === 0x00) return 'Strongly-ordered';
  if (byte === 0x04) return 'Device';
  if ((byte & 0xf0) === 0) return 'reserved memory type';
  const share = SHAREABILITY[(attributes >>> 8) & 3];
  const [outer, inner] = [longPolicy(byte >>> 4), longPolicy(byte & 15)];
  return `Normal, ${inner === outer ? inner : `inner ${inner}, outer ${outer}`}, ${share}`;
}

/** Memory type, cacheability and shareability, in the manual's words. */
export function attributesText(attributes: number, long: boolean): string {
  return long ? longAttributes(attributes) : shortAttributes(attributes);
}

const FAULTS: Readonly<Record<number, string>> = {
  [FaultType.Translation]: 'Translation fault',
  [FaultType.AccessFlag]: 'Access flag fault',
  [FaultType.Domain]: 'Domain fault',
  [FaultType.Permission]: 'Permission fault',
  [FaultType.ExternalOnWalk]: 'External abort on a table walk',
};

/** `Permission fault, level 2`; undefined for none. */
export function faultText(fault: number, level: number): string | undefined {
  return fault === FaultType.None ? undefined : `${FAULTS[fault] ?? 'fault'}, level ${level}`;
}

const DOMAINS: Readonly<Record<number, string>> = {
  [DomainAccess.none]: 'no access',
  [DomainAccess.client]: 'client',
  [DomainAccess.reserved]: 'reserved, as no access',
  [DomainAccess.manager]: 'manager',
};

/** What DACR says of a domain (0 to 15). */
export function domainText(DACR: number, domain: number): string {
  return DOMAINS[(DACR >>> (2 * domain)) & 3];
}
