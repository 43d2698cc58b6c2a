/**
 * What the debugger shows of a VMM: trap records, planted words, counts. The one place that knows the hypervisor's own types; without a VMM there is
 * none of this.
 */
import { modeName } from '../arm/modes.js';
import { exitClasses } from '../vmm/classes.js';
import type { Hypervisor } from '../vmm/hypervisor.js';
import type { TrapRecord } from '../vmm/records.js';
import type { Statistics } from './api.js';
import { instructionText } from './disassembler.js';
import type { PlantedWord } from './disassembly.js';
import { PatchKind } from '../arm/engine.js';
import type { SymbolTable } from './symbols.js';
import { reportOf } from './vmm-report.js';
import type { VmmReport, TrapInfo } from '../protocol/model.js';
import { hex32 } from '../util/bits.js';

/** R0..R14, PC, CPSR. */
export const registerNames = [...Array.from({ length: 13 }, (_, n) => `r${n}`), 'sp', 'lr', 'pc', 'cpsr'];
/** What happened where no instruction of the guest stands for it. */
const withoutWord: Readonly<Record<string, string>> = {
  interrupt: 'interrupt',
  'shadow-fill': 'shadow table entry made',
  'guest-fault': 'fault',
};

/** More than the traps of one class that come before a run that is asked to stop does. */
const RECORDS_IN_HAND = 64;

export class VmmView {
  constructor(readonly hypervisor: Hypervisor) {}

  /** The real processor, which executes the guest deprivileged. */
  get real(): Hypervisor['cpu'] {
    return this.hypervisor.machine.processor;
  }

  /** Records with a sequence number above `after` and below `before`, oldest first: the newest `maximum` of them, of one class or of all. */
  traps(after: number, maximum: number, before = Infinity, cls?: number): TrapInfo[] {
    return this.hypervisor.records.select(after, before, maximum, cls).map(trapInfo);
  }

  /** True if one of the records behind number `after` is about to be lost: few more of this class (index into exitClasses) can be kept with it. */
  isShort(cls: number, after: number): boolean {
    return this.hypervisor.records.isShort(cls, after, RECORDS_IN_HAND);
  }

  /** The latest record. */
  newestTrap(): TrapInfo | undefined {
    return this.traps(0, 1).at(0);
  }

  /** Forgets the records. */
  clearTraps(): void {
    this.hypervisor.records.clear();
  }

  /** What is planted at a guest virtual address of kernel code. */
  planted(address: number, thumb: boolean): PlantedWord | undefined {
    const site = this.hypervisor.siteAt(address, thumb ? 1 : 0);
    // a counted branch runs as it is
    if (site === undefined || site.patch.kind !== PatchKind.trap) return undefined;
    return { word: site.patch.planted, hits: site.hits };
  }

  /** The metrics, with symbols for the sites. */
  report(symbols: SymbolTable): VmmReport {
    return reportOf(this.hypervisor, symbols);
  }

  get level(): number {
    return this.hypervisor.patcher.level;
  }

  /** @throws UserError 123 */
  setLevel(level: number): void {
    this.hypervisor.setLevel(level);
  }

  /** Classes of which every trap is to be heard of, at every level. Others than those of traps are nobody's here. */
  watch(classes: ReadonlySet<string>): void {
    this.hypervisor.watch(new Set(exitClasses.map(({ id }) => id).filter((id) => classes.has(id))));
  }

  statistics(): Pick<Statistics, 'exits' | 'blocks' | 'sites' | 'injectedInterrupts'> {
    const { metrics, patcher, records } = this.hypervisor;
    return {
      exits: metrics.byClass().map(({ id, count }, i) => ({
        cls: id,
        count,
        dropped: records.dropped(i),
        unrecorded: count - records.written(i),
      })),
      blocks: patcher.map.liveBlocks,
      sites: patcher.map.liveSites,
      injectedInterrupts: metrics.injectedInterrupts,
    };
  }
}

/** A record as clients see it. */
export function trapInfo(record: TrapRecord): TrapInfo {
  const { sequence, count, pc, isa, word, cause, verdict, modeBefore, modeAfter, changed, values } = record;
  const { id } = exitClasses[record.cls];
  return {
    sequence,
    count,
    pc,
    isa,
    word,
    text: textOf(record, id),
    cls: id,
    cause,
    verdict,
    modeBefore: modeName(modeBefore),
    modeAfter: modeName(modeAfter),
    changed: registerNames
      .map((name, n) => ({ name, value: values[n], is: ((changed >>> n) & 1) !== 0 }))
      .filter(({ is }) => is)
      .map(({ name, value }) => ({ name, value })),
  };
}

function textOf({ isa, word, pc, address }: TrapRecord, cls: string): string {
  const what = isa === '-' ? (withoutWord[cls] ?? cls) : instructionText(isa, word, pc);
  return address === 0 ? what : `${what}  ; ${hex32(address)}`;
}
