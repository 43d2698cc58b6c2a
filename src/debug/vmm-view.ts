/**
 * What the debugger shows of a VMM: trap records, planted words, counts. The one place that knows the hypervisor's own types; without a VMM there is
 * none of this.
 */
import { modeName } from '../arm/modes.js';
import { exitClasses } from '../vmm/classes.js';
import type { Hypervisor } from '../vmm/hypervisor.js';
import type { TrapRecord } from '../vmm/records.js';
import type { Statistics, TrapInfo } from './api.js';
import { instructionText } from './disassembler.js';
import type { PlantedWord } from './disassembly.js';
import { PatchKind } from '../arm/engine.js';

const registerNames = [...Array.from({ length: 13 }, (_, n) => `r${n}`), 'sp', 'lr', 'pc', 'cpsr'];
/** What happened where no instruction of the guest stands for it. */
const withoutWord: Readonly<Record<string, string>> = {
  interrupt: 'interrupt',
  'shadow-fill': 'shadow table entry made',
  'guest-fault': 'fault',
};

const hex = (value: number) => `0x${(value >>> 0).toString(16).padStart(8, '0')}`;

export class VmmView {
  constructor(private readonly hypervisor: Hypervisor) {}

  /** The real processor, which executes the guest deprivileged. */
  get real(): Hypervisor['cpu'] {
    return this.hypervisor.machine.processor;
  }

  /** Records with a sequence number above `after` and below `before`, oldest first: the newest `maximum` of them. */
  traps(after: number, maximum: number, before = Infinity): TrapInfo[] {
    const { records } = this.hypervisor;
    const last = Math.min(records.newest, before - 1);
    const first = Math.max(records.oldest, after + 1, last - maximum + 1);
    const traps: TrapInfo[] = [];
    for (let sequence = first; sequence <= last; sequence++) {
      const record = records.read(sequence);
      if (record !== undefined) traps.push(describe(record));
    }
    return traps;
  }

  /** The latest record. */
  newestTrap(): TrapInfo | undefined {
    return this.traps(0, 1).at(0);
  }

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

  statistics(): Pick<Statistics, 'exits' | 'blocks' | 'sites' | 'injectedInterrupts'> {
    const { metrics, patcher } = this.hypervisor;
    return {
      exits: metrics.byClass().map(({ id, count }) => ({ cls: id, count })),
      blocks: patcher.map.liveBlocks,
      sites: patcher.map.liveSites,
      injectedInterrupts: metrics.injectedInterrupts,
    };
  }
}

function describe(record: TrapRecord): TrapInfo {
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
  return address === 0 ? what : `${what}  ; ${hex(address)}`;
}
