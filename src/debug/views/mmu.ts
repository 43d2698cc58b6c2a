/**
 * Address translation as a person looks at it: the tables as ranges, a single walk step by step with what would become of each kind of access, and what
 * the TLB holds. Walks with the processor's own walkers; changes nothing, reads no device.
 */
import { FaultType } from '../../arm/exceptions.js';
import { Cp15, SCTLR_EE, TTBCR_EPD0, TTBCR_EPD1, TTBCR_N, TTBCR_PD0, TTBCR_PD1 } from '../../arm/cp15.js';
import { encodeDfsr, encodeIfsr } from '../../mem/fault.js';
import type { TlbEntry } from '../../mem/mmu.js';
import { Access, type AccessKind, type Translation } from '../../mem/ports.js';
import { checkAccess, DomainAccess, domainOpen, domainRights, domainsApply, neededRight } from '../../mem/translate.js';
import { ttbrOf } from '../../mem/walk-long.js';
import { usesTTBR0 } from '../../mem/walk-short.js';
import { emptyTranslation, reverseWord } from '../../mem/walk.js';
import { systemRegisterFields } from '../../isa/sysreg/fields.js';
import { extract, meaningOf } from '../../util/bit-fields.js';
import { describeDescriptor } from './descriptors.js';
import { attributesText, domainText, faultText, rightsText, rightsWords } from './rights.js';
import { GUEST_SPACE, RecordingTables, type AddressSpace, type Fetch, type Spaces } from './spaces.js';
import type { TargetMap } from './targets.js';
import type {
  AccessName,
  MmuState,
  RangeQuery,
  RangePage,
  TranslationQuery,
  TranslationInfo,
  TlbQuery,
  TlbPage,
  TlbRow,
  MmuRange,
  MmuRegister,
  WalkStep,
  AccessOutcome,
} from '../../protocol/views/mmu.js';

const SPACE_END = 2 ** 32;
const PAGE = 0x1000;
/** Walks that one question may cost, and ranges that its answer may have. */
const MOST_WALKS = 8192;
const MOST_RANGES = 1024;
const MOST_ENTRIES = 512;

const hex = (value: number, digits = 8) => `0x${value.toString(16).padStart(digits, '0')}`;
/** Two words as one number. */
const double = (low: number, high: number) => `${hex(high >>> 0)}${hex(low >>> 0).slice(2)}`;
const address = (pa: number) => hex(pa, pa >= SPACE_END ? 10 : 8);

/** Fields of SCTLR that have a say in translations. */
const GOVERNING: readonly string[] = ['AFE', 'TRE', 'EE', 'XP', 'UWXN', 'WXN', 'R', 'S', 'M'];

const ACCESSES: readonly AccessName[] = ['read', 'write', 'fetch'];
const ACCESS_VERBS: Readonly<Record<AccessName, string>> = { read: 'read', write: 'write', fetch: 'execute' };

export class MmuView {
  private readonly out = emptyTranslation();

  /** @param targets by space: what physical addresses of its walks mean */
  constructor(
    private readonly spaces: Pick<Spaces, 'of' | 'list' | 'level'>,
    private readonly targets: (space: AddressSpace) => TargetMap,
  ) {}

  /** @throws UserError 258 */
  state(id: string): MmuState {
    const space = this.spaces.of(id);
    const { registers, format, FCSEIDR, ASID, info } = space;
    return {
      space: info,
      spaces: this.spaces.list(),
      format,
      ...this.spaces.level(),
      asid: ASID,
      process: FCSEIDR >>> 25,
      registers: registersOf(space),
      domains: domainsApply(registers)
        ? Array.from({ length: 16 }, (_, domain) => domainText(registers.DACR, domain))
        : [],
    };
  }

  /** A part of the tables as ranges; what is not mapped is left out. With the MMU off, what there is. @throws UserError 258 */
  ranges({ space: id, first, end, contiguous }: RangeQuery): RangePage {
    const space = this.spaces.of(id);
    const targets = this.targets(space);
    if (space.format === 'off') return this.flat(space, targets, first, end);
    const merger = new Merger(space, targets, contiguous);
    const { out } = this;
    let at = first;
    for (let walks = 0; at < end && walks < MOST_WALKS && merger.count < MOST_RANGES; walks++) {
      space.walk(at, out);
      const entry = space.grain(out);
      const length = Math.min(entry - (at % entry), end - at);
      merger.add(at, length, out);
      at += length;
    }
    return { ranges: merger.finish(), next: at };
  }

  private flat(space: AddressSpace, targets: TargetMap, first: number, end: number): RangePage {
    const merger = new Merger(space, targets, true);
    let at = first;
    while (at < end && merger.count < MOST_RANGES) {
      const target = targets.at(at);
      const length = Math.min(target.end, end) - at;
      space.walk(at, this.out);
      if (target.kind !== 'nothing') merger.add(at, length, this.out);
      at += length;
    }
    return { ranges: merger.finish(), next: at };
  }

  /** A walk, and what would become of each kind of access. @throws UserError 258 */
  translate({ space: id, address: va, privileged, access }: TranslationQuery): TranslationInfo {
    const space = this.spaces.of(id);
    const walk = new Walk(space, this.targets(space), va);
    return walk.explain(privileged, access);
  }

  /** A part of what a TLB holds. @throws UserError 258 */
  tlb({ space: id, first, count }: TlbQuery): TlbPage {
    const space = this.spaces.of(id);
    const { mmu } = space.cpu;
    const entries = mmu.entriesFrom(space.context, first, Math.min(count, MOST_ENTRIES));
    const last = entries.at(-1);
    const targets = this.targets(space);
    return {
      rows: entries.map((entry) => this.row(space, targets, entry)),
      total: mmu.entryCount(space.context),
      next: last === undefined ? SPACE_END : last.va + PAGE,
    };
  }

  private row(space: AddressSpace, targets: TargetMap, entry: TlbEntry): TlbRow {
    const { va, pa, size, level, domain, notGlobal, rights } = entry;
    const stale = this.staleness(space, entry);
    return {
      va,
      pa,
      leaf: size,
      level,
      ...(domain !== undefined && { domain }),
      notGlobal,
      PL1: space.shadow ? '' : rightsText(rights, true),
      PL0: rightsText(rights, false),
      inline: inlineText(space, va),
      ...(stale !== undefined && { stale }),
      target: targets.at(pa).name,
    };
  }

  private staleness(space: AddressSpace, { va, pa, rights }: TlbEntry): string | undefined {
    const { out } = this;
    space.walk(space.modified(va), out);
    const fault = faultText(out.fault, out.level);
    if (fault !== undefined) return `the tables now have nothing here (${fault})`;
    if (out.pa !== pa) return `the tables now lead to ${address(out.pa)}`;
    const now = effective(space, out);
    if (now === rights) return undefined;
    return `the tables now grant ${space.shadow ? '' : `${rightsText(now, true)} at PL1, `}${rightsText(now, false)} at PL0`;
  }
}

/** The rights that are left under DACR. */
function effective({ registers }: AddressSpace, { domain, rights }: Translation): number {
  return domainsApply(registers) ? domainRights(registers.DACR, domain, rights) : rights;
}

function inlineText({ cpu, shadow, context }: AddressSpace, va: number): string {
  const words = (bank: number) => {
    const { read, write } = cpu.mmu.inline(bank, va);
    return read && write ? 'read, write' : read ? 'read' : write ? 'write' : '';
  };
  if (shadow) return words(context);
  const [PL0, PL1] = [words(0), words(1)];
  return [PL1 && `PL1 ${PL1}`, PL0 && `PL0 ${PL0}`].filter(Boolean).join('; ');
}

// ---- ranges

/** Puts neighbouring entries together. */
class Merger {
  private readonly done: MmuRange[] = [];
  private open = false;
  private start = 0;
  private length = 0;
  private pa = 0;
  private nextPa = 0;
  private pieces = 0;
  private fault = 0;
  private level = 0;
  private leaf = 0;
  private domain = 0;
  private notGlobal = false;
  private rights = 0;
  private attributes = 0;
  private target = '';

  constructor(
    private readonly space: AddressSpace,
    private readonly targets: TargetMap,
    private readonly contiguous: boolean,
  ) {}

  get count(): number {
    return this.done.length;
  }

  add(at: number, length: number, out: Translation): void {
    if (out.fault === FaultType.Translation) {
      this.close();
      return;
    }
    const mapped = out.fault === FaultType.None;
    const rights = mapped ? effective(this.space, out) : 0;
    const target = mapped ? this.nameOf(out.pa, length) : '';
    if (!this.joins(at, out, rights, target)) {
      this.close();
      this.open = true;
      this.start = at;
      this.length = 0;
      this.pa = mapped ? out.pa : 0;
      this.pieces = 1;
      this.fault = out.fault;
      this.level = out.level;
      this.leaf = mapped ? out.size : length;
      this.domain = out.domain;
      this.notGlobal = mapped && out.notGlobal;
      this.rights = rights;
      this.attributes = mapped ? out.attributes : 0;
      this.target = target;
    } else if (mapped && out.pa !== this.nextPa) {
      this.pieces++;
    }
    this.length += length;
    this.nextPa = out.pa + length;
  }

  /** What is there; other things may follow. */
  private nameOf(pa: number, length: number): string {
    const { name, end } = this.targets.at(pa);
    return end < pa + length ? `${name} and more` : name;
  }

  private joins(at: number, out: Translation, rights: number, target: string): boolean {
    if (!this.open || at !== this.start + this.length) return false;
    if (out.fault !== this.fault || out.level !== this.level || out.domain !== this.domain) return false;
    if (out.fault !== FaultType.None) return true;
    if (out.size !== this.leaf || rights !== this.rights || out.notGlobal !== this.notGlobal) return false;
    if (out.attributes !== this.attributes || target !== this.target) return false;
    return !this.contiguous || out.pa === this.nextPa;
  }

  private close(): void {
    if (!this.open) return;
    this.open = false;
    const { space, fault, level, domain, notGlobal, rights, leaf, pa, pieces, target } = this;
    const why = faultText(fault, level);
    this.done.push({
      address: this.start,
      length: this.length,
      ...(why !== undefined && { fault: why }),
      pa,
      pieces,
      leaf: space.format === 'off' ? this.length : leaf,
      level,
      ...(domainsApply(space.registers) && { domain }),
      notGlobal,
      PL1: space.shadow ? '' : rightsText(rights, true),
      PL0: rightsText(rights, false),
      attributes: why === undefined ? attributesText(this.attributes, space.format === 'long') : '',
      target,
    });
  }

  finish(): readonly MmuRange[] {
    this.close();
    return this.done;
  }
}

// ---- registers

function registersOf(space: AddressSpace): MmuRegister[] {
  const { registers: r, format, FCSEIDR, cpu, shadow, info } = space;
  const long = format === 'long';
  const context = { cpu: cpu.model.name, long };
  const register = (row: string, low: number, high = 0, name = row): MmuRegister => {
    const value = BigInt.asUintN(32, BigInt(low)) | (BigInt.asUintN(32, BigInt(high)) << 32n);
    const wide = long && name.startsWith('TTBR');
    const fields = systemRegisterFields(row, value, context).filter(
      (field) => name !== 'SCTLR' || GOVERNING.includes(field.name),
    );
    return {
      name,
      value: wide ? double(low, high) : hex(low >>> 0),
      fields: fields.map((field) => {
        const number = extract(value, field);
        const says = meaningOf(field, Number(number));
        const { name: own, title } = field;
        return {
          name: own,
          value: `0x${number.toString(16)}`,
          meaning: says === undefined ? title : `${title}: ${says}`,
        };
      }),
    };
  };
  const list = [
    register('SCTLR', r.SCTLR),
    register('TTBCR', r.TTBCR),
    register('TTBR0', r.TTBR0, r.TTBR0_high),
    register('TTBR1', r.TTBR1, r.TTBR1_high),
    ...(long ? [] : [register('DACR', r.DACR)]),
    // one register each, by the format under two names
    register('PRRR', r.PRRR, 0, long ? 'MAIR0' : 'PRRR'),
    register('NMRR', r.NMRR, 0, long ? 'MAIR1' : 'NMRR'),
  ];
  // of a space that the guest has left no more is known
  if (info.id === GUEST_SPACE) list.push(register('CONTEXTIDR', cpu.state[Cp15.CONTEXTIDR]));
  if (!shadow && cpu.mmu.armv6) list.push(register('FCSEIDR', FCSEIDR));
  return list;
}

// ---- one walk

class Walk {
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
        ? `IFSR ${hex(encodeIfsr(long, fault, level))}`
        : `DFSR ${hex(encodeDfsr(long, fault, level, domain, access === 'write', false))}`;
    return { privileged, access, fault: why, status };
  }

  /** The FCSE, whether the MMU is on, the TLB, and which table. */
  private begin(privileged: boolean, access: AccessName): void {
    const { space, va, mva } = this;
    const { registers, format, FCSEIDR } = space;
    if (FCSEIDR !== 0) {
      const text =
        mva === va
          ? `${hex(va)} is not in the lowest 32 MiB: the modified virtual address is the same.`
          : `${hex(va)} is in the lowest 32 MiB, and FCSEIDR.PID is ${FCSEIDR >>> 25}: the modified virtual address is ${hex(mva)}.`;
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
    this.step(`TTBR${low ? 0 : 1}`, `${why}. It holds ${hex((low ? r.TTBR0 : r.TTBR1) >>> 0)}.${off}`);
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
    const value = double(low, high);
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
      const place = `at ${address(pa)}${this.inTarget(pa)}`;
      if (read.some(({ failed }) => failed)) {
        this.step(`Level ${level}`, `There is no memory ${place}: ${this.faultWords()}.`, true);
        return;
      }
      const descriptor = describeDescriptor(space.registers, space.format, level, low, high);
      const word = long ? double(low, high) : hex(low);
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
      const granted = rightsWords(effective(space, found), privileged);
      const need = (effective(space, found) & neededRight(Access[access], privileged)) !== 0;
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
    this.step('Result', `Physical address ${address(pa)}${this.inTarget(pa)}. ${kind}${scope}.`);
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
    const same = found.fault === FaultType.None && entry.pa === page && entry.rights === effective(space, found);
    const granted = space.shadow ? '' : `${rightsText(entry.rights, true)} at PL1 and `;
    this.step(
      'TLB',
      same
        ? 'It has this page, as the tables below have it: no walk is made.'
        : `It still has this page at ${address(entry.pa)}, with ${granted}${rightsText(entry.rights, false)} at PL0. ` +
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
