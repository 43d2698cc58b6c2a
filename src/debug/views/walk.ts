/** A single translation as a person follows it: which table, each descriptor that is read, rights, the result, and what becomes of each kind of access. */
import { SCTLR_EE, TTBCR_EPD0, TTBCR_EPD1, TTBCR_N, TTBCR_PD0, TTBCR_PD1 } from '../../arm/cp15.js';
import { FaultType } from '../../arm/exceptions.js';
import { encodeDfsr, encodeIfsr } from '../../mem/fault.js';
import { Access, type AccessKind, type Translation } from '../../mem/ports.js';
import { checkAccess, DomainAccess, domainOpen, domainsApply, neededRight } from '../../mem/translate.js';
import { ttbrOf } from '../../mem/walk-long.js';
import { usesTTBR0 } from '../../mem/walk-short.js';
import { emptyTranslation, reverseWord } from '../../mem/walk.js';
import type { AccessName, AccessOutcome, TranslationInfo, WalkStep } from '../../protocol/views/mmu.js';
import { hex32 } from '../../util/bits.js';
import { describeDescriptor } from './descriptors.js';
import { hex64, hexPhysical } from './numbers.js';
import { attributesText, domainText, effectiveRights, faultText, rightsText, rightsWords } from './rights.js';
import { GUEST_SPACE, RecordingTables, type AddressSpace, type Fetch } from './spaces.js';
import type { TargetMap } from './targets.js';

const PAGE = 0x1000;
const ACCESSES: readonly AccessName[] = ['read', 'write', 'fetch'];
const ACCESS_VERBS: Readonly<Record<AccessName, string>> = { read: 'read', write: 'write', fetch: 'execute' };

/** One walk of an address; made for one question. */
export class Walk {
  private readonly steps: WalkStep[] = [];
  private readonly mva: number;
  private readonly tables: RecordingTables;
  /** As `walkTables` leaves it: before domain and permissions. */
  private readonly found = emptyTranslation();

  constructor(
    private readonly space: AddressSpace,
    private readonly targets: TargetMap,
    private readonly va: number,
  ) {
    this.mva = space.modified(va);
    this.tables = new RecordingTables(space.cpu.mmu);
    space.walk(this.mva, this.found, this.tables);
  }

  explain(privileged: boolean, access: AccessName): TranslationInfo {
    const outcome = this.outcome(privileged, Access[access]);
    this.begin(privileged, access);
    this.lookups();
    this.rights(privileged, access, outcome);
    const levels = this.space.shadow ? [false] : [true, false];
    return {
      steps: this.steps,
      outcomes: levels.flatMap((level) => ACCESSES.map((name) => this.describe(level, name))),
      ...(outcome.fault === FaultType.None && { pa: outcome.pa }),
    };
  }

  private step(title: string, text: string, fault = false, descriptor?: WalkStep['descriptor']): void {
    this.steps.push({ title, text, fault, ...(descriptor && { descriptor }) });
  }

  /** What the processor makes of an access: `checkAccess` is its own. */
  private outcome(privileged: boolean, access: AccessKind): Translation {
    const out = { ...this.found };
    checkAccess(this.space.registers, out, access, privileged);
    return out;
  }

  private describe(privileged: boolean, access: AccessName): AccessOutcome {
    const { fault, level, domain } = this.outcome(privileged, Access[access]);
    const why = faultText(fault, level);
    if (why === undefined) return { privileged, access };
    const long = this.space.format === 'long';
    const status =
      access === 'fetch'
        ? `IFSR ${hex32(encodeIfsr(long, fault, level))}`
        : `DFSR ${hex32(encodeDfsr(long, fault, level, domain, access === 'write', false))}`;
    return { privileged, access, fault: why, status };
  }

  /** The FCSE, whether the MMU is on, the TLB, and which table. */
  private begin(privileged: boolean, access: AccessName): void {
    const { space, va, mva } = this;
    const { registers, format, FCSEIDR } = space;
    if (FCSEIDR !== 0) {
      const text =
        mva === va
          ? `${hex32(va)} is not in the lowest 32 MiB: the modified virtual address is the same.`
          : `${hex32(va)} is in the lowest 32 MiB, and FCSEIDR.PID is ${FCSEIDR >>> 25}: the modified virtual address is ${hex32(mva)}.`;
      this.step('Fast Context Switch Extension', text);
    }
    if (format === 'off') {
      this.step(
        'The MMU is off',
        'SCTLR.M is 0: the physical address is the virtual one, and every access is allowed.',
      );
      return;
    }
    this.tlb(privileged, access);
    if (format === 'long') this.selectLong();
    else this.selectShort();
    if (this.found.fault === FaultType.Translation && this.tables.fetches.length === 0)
      this.step('No walk', `No table is looked at: ${this.faultWords()}.`, true);
    if ((registers.SCTLR & SCTLR_EE) !== 0)
      this.step('Byte order', 'SCTLR.EE is 1: descriptors are big-endian in memory.');
  }

  private selectShort(): void {
    const { registers: r } = this.space;
    const low = usesTTBR0(r, this.mva);
    const N = r.TTBCR & TTBCR_N;
    const why =
      N === 0
        ? 'TTBCR.N is 0: TTBR0 has the table for all addresses'
        : `TTBCR.N is ${N}: addresses whose upper ${N} bit${N === 1 ? ' is' : 's are'} zero go by TTBR0, this one by TTBR${low ? 0 : 1}`;
    const disabled = (r.TTBCR & (low ? TTBCR_PD0 : TTBCR_PD1)) !== 0;
    const off = disabled ? ` TTBCR.PD${low ? 0 : 1} is 1: such walks are off.` : '';
    this.step(`TTBR${low ? 0 : 1}`, `${why}. It holds ${hex32(low ? r.TTBR0 : r.TTBR1)}.${off}`);
  }

  private selectLong(): void {
    const { registers: r } = this.space;
    const ttbr = ttbrOf(r, this.mva);
    const sizes = `TTBCR.T0SZ is ${r.TTBCR & 7}, T1SZ is ${(r.TTBCR >>> 16) & 7}`;
    if (ttbr < 0) {
      this.step('Neither TTBR', `${sizes}: the address is in the region of neither TTBR0 nor TTBR1.`);
      return;
    }
    const disabled = (r.TTBCR & (ttbr === 1 ? TTBCR_EPD1 : TTBCR_EPD0)) !== 0;
    const off = disabled ? ` TTBCR.EPD${ttbr} is 1: such walks are off.` : '';
    const [low, high] = ttbr === 1 ? [r.TTBR1, r.TTBR1_high] : [r.TTBR0, r.TTBR0_high];
    const value = hex64(low, high);
    this.step(`TTBR${ttbr}`, `${sizes}: the address is in the region of TTBR${ttbr}, which holds ${value}.${off}`);
  }

  /** Each descriptor that was read. */
  private lookups(): void {
    const { space, found } = this;
    const long = space.format === 'long';
    const reads = pairs(this.tables.fetches, long);
    const bigEndian = (space.registers.SCTLR & SCTLR_EE) !== 0;
    reads.forEach((read, i) => {
      const [first, second] = bigEndian
        ? read.map(({ word }) => reverseWord(word) >>> 0)
        : read.map(({ word }) => word);
      const [low, high] = long ? (bigEndian ? [second, first] : [first, second]) : [first, 0];
      const last = i === reads.length - 1;
      // levels are numbered towards the last, which is the one that the walk reports
      const level = found.level - (reads.length - 1 - i);
      const { pa } = read[0];
      const place = `at ${hexPhysical(pa)}${this.inTarget(pa)}`;
      if (read.some(({ failed }) => failed)) {
        this.step(`Level ${level}`, `There is no memory ${place}: ${this.faultWords()}.`, true);
        return;
      }
      const descriptor = describeDescriptor(space.registers, space.format, level, low, high);
      const word = long ? hex64(low, high) : hex32(low);
      const fault = last && found.fault !== FaultType.None;
      const more = fault ? `: ${this.faultWords()}` : '';
      this.step(`Level ${level}`, `${descriptor.kind} ${place}${more}.`, fault, { ...descriptor, pa, word });
    });
  }

  private rights(privileged: boolean, access: AccessName, outcome: Translation): void {
    const { space, found } = this;
    if (found.fault !== FaultType.None) return;
    if (space.format !== 'off') {
      if (!this.domain()) return;
      const level = privileged ? 'PL1' : 'PL0';
      const granted = rightsWords(effectiveRights(space.registers, found), privileged);
      const need = (effectiveRights(space.registers, found) & neededRight(Access[access], privileged)) !== 0;
      const verdict = need
        ? `may ${ACCESS_VERBS[access]}`
        : `may not ${ACCESS_VERBS[access]}: ${this.faultWords(outcome)}`;
      this.step('Rights', `${level} has ${granted}; so it ${verdict}.`, !need);
      if (!need) return;
    }
    const { pa } = found;
    const kind = attributesText(found.attributes, space.format === 'long');
    const scope =
      space.format === 'off' || space.shadow ? '' : found.notGlobal ? `; for ASID ${space.ASID} only` : '; global';
    this.step('Result', `Physical address ${hexPhysical(pa)}${this.inTarget(pa)}. ${kind}${scope}.`);
  }

  /** Whether the domain lets the leaf's rights count. */
  private domain(): boolean {
    const { space, found } = this;
    const { DACR } = space.registers;
    if (!domainsApply(space.registers)) return true;
    const { domain } = found;
    const open = domainOpen(DACR, domain);
    const field = (DACR >>> (2 * domain)) & 3;
    const then = open
      ? field === DomainAccess.manager
        ? 'everything is allowed, whatever the descriptor says'
        : 'the descriptor’s rights are checked'
      : `no access: ${faultText(FaultType.Domain, found.level)}`;
    this.step(`Domain ${domain}`, `DACR says ${domainText(DACR, domain)}: ${then}.`, !open);
    return open;
  }

  /** The TLB is asked before any table. */
  private tlb(privileged: boolean, access: AccessName): void {
    const { space, va, found } = this;
    if (space.info.id !== GUEST_SPACE && !space.shadow) return;
    const entry = space.cpu.mmu.entryAt(va, space.context);
    if (entry === undefined) return;
    if ((entry.rights & neededRight(Access[access], privileged)) === 0) {
      this.step('TLB', 'It has this page, but not for this access: the tables are walked.');
      return;
    }
    const page = Math.floor(found.pa / PAGE) * PAGE;
    const same =
      found.fault === FaultType.None && entry.pa === page && entry.rights === effectiveRights(space.registers, found);
    const granted = space.shadow ? '' : `${rightsText(entry.rights, true)} at PL1 and `;
    this.step(
      'TLB',
      same
        ? 'It has this page, as the tables below have it: no walk is made.'
        : `It still has this page at ${hexPhysical(entry.pa)}, with ${granted}${rightsText(entry.rights, false)} at PL0. ` +
            'That is what counts until it is invalidated, not the tables below.',
    );
  }

  private inTarget(pa: number): string {
    const { name } = this.targets.at(pa);
    return ` (${name})`;
  }

  private faultWords(out: Translation = this.found): string {
    return faultText(out.fault, out.level) ?? 'no fault';
  }
}

/** Reads by descriptor: one word each, or two in the long format. */
function pairs(fetches: readonly Fetch[], long: boolean): Fetch[][] {
  if (!long) return fetches.map((fetch) => [fetch]);
  const found: Fetch[][] = [];
  for (let i = 0; i < fetches.length; i += 2) found.push(fetches.slice(i, i + 2));
  return found;
}
