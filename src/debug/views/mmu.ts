/**
 * Address translation as a person looks at it: the tables as ranges, a single walk step by step with what would become of each kind of access, and what
 * the TLB holds. Walks with the processor's own walkers; changes nothing, reads no device.
 */
import type { TlbEntry } from '../../mem/mmu.js';
import { domainsApply } from '../../mem/translate.js';
import { emptyTranslation } from '../../mem/walk.js';
import type {
  MmuState,
  RangePage,
  RangeQuery,
  TlbPage,
  TlbQuery,
  TlbRow,
  TranslationInfo,
  TranslationQuery,
} from '../../protocol/views/mmu.js';
import { hexPhysical } from './numbers.js';
import { registersOf } from './mmu-registers.js';
import { RangeMerger } from './range-merger.js';
import { domainText, effectiveRights, faultText, rightsText } from './rights.js';
import type { AddressSpace, Spaces } from './spaces.js';
import type { TargetMap } from './targets.js';
import { Walk } from './walk.js';

const SPACE_END = 2 ** 32;
const PAGE = 0x1000;
/** Walks that one question may cost, and ranges that its answer may have. */
const MOST_WALKS = 8192;
const MOST_RANGES = 1024;
const MOST_ENTRIES = 512;

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
    const merger = new RangeMerger(space, targets, contiguous);
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
    const merger = new RangeMerger(space, targets, true);
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
    if (out.pa !== pa) return `the tables now lead to ${hexPhysical(out.pa)}`;
    const now = effectiveRights(space.registers, out);
    if (now === rights) return undefined;
    return `the tables now grant ${space.shadow ? '' : `${rightsText(now, true)} at PL1, `}${rightsText(now, false)} at PL0`;
  }
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
