/**
 * What panels show of a guest and of its VMM, each a question that costs no more than what is seen. One file of this folder for each panel.
 */
import type { Guest } from '../../machine/guest.js';
import type { Hypervisor } from '../../vmm/hypervisor.js';
import { debugErrors } from '../errors.js';
import type { GuestValues } from '../guest-values.js';
import type { PhysicalView } from '../physical.js';
import type { SymbolTable } from '../symbols.js';
import { InterruptsView } from './interrupts.js';
import { MemoryViews } from './memory.js';
import { MmuView } from './mmu.js';
import { RegistersView } from './registers.js';
import type { CoverageView } from './coverage.js';
import { BlockView } from './blocks.js';
import { findCode } from './find-code.js';
import { MemoryMapView } from './memory-map.js';
import { SiteTable } from './sites.js';
import { contextTimes, timelineOf, timelineRowsOf, trapsBehind } from './timeline.js';
import { trapDetailOf, type DetailParts } from './trap-detail.js';
import { Spaces } from './spaces.js';
import { GuestTargets, MachineTargets } from './targets.js';
import type {
  TrapDetail,
  ContextTime,
  TimelineAnswer,
  TimelineQuery,
  TimelineRow,
  TimelineRows,
  TimelineRowsQuery,
} from '../../protocol/views/timeline.js';
import type { SiteDetail, SitePage, SiteQuery } from '../../protocol/views/sites.js';
import type {
  MemoryMapAnswer,
  MemoryMapQuery,
  FindCodeAnswer,
  FindCodeQuery,
  BlocksAnswer,
  BlocksQuery,
} from '../../protocol/views/blocks.js';
import type { RegisterGroup, RegisterInfo, RegisterName } from '../../protocol/views/registers.js';
import type { InterruptQuery, InterruptsInfo, LineDrive } from '../../protocol/views/interrupts.js';

export interface Views {
  /** A part of the table of callback sites. @throws UserError 251 for a bare guest, as all that is about traps and scanned code */
  sites(query: SiteQuery): SitePage;
  /** One site in full; undefined if it is gone. */
  site(key: number): SiteDetail | undefined;
  /** The graph of scanned code around a place. */
  blocks(query: BlocksQuery): BlocksAnswer;
  /** Nobody looks at blocks any more: whatever was counted for that is counted no longer. */
  stopCounting(): void;
  /** What is known of the guest's memory, by page. */
  analysisMap(query: MemoryMapQuery): MemoryMapAnswer;
  /** Instructions of scanned code, a part of it at a time. */
  findCode(query: FindCodeQuery): FindCodeAnswer;
  /** The run, or a stretch of it, in parts. */
  timeline(query: TimelineQuery): TimelineAnswer;
  /** A part of the table of traps. */
  timelineRows(query: TimelineRowsQuery): TimelineRows;
  /** All that is known of one trap; undefined if its record is gone. */
  trapDetail(sequence: number): TrapDetail | undefined;
  /** Traps of a stretch of time behind the one with a sequence number, and how many are left then. */
  trapsBehind(
    stretch: Pick<TimelineRowsQuery, 'start' | 'end' | 'hidden'>,
    after: number,
    maximum: number,
  ): { readonly rows: readonly TimelineRow[]; readonly left: number };
  /** The contexts of a stretch of time (virtual ns), and up to when they are given. */
  contextTimes(
    start: number,
    end: number,
    maximum: number,
  ): { readonly times: readonly ContextTime[]; readonly until: number };
  /** Keeps a long history of traps from now on, or no longer. */
  keepHistory(on: boolean): void;
  /** The interrupt controller; what happens to interrupts is recorded for as long as this is asked. */
  interrupts(query: InterruptQuery): InterruptsInfo;
  /** Drives the input of an interrupt line by hand, beside whatever else does: an input to the guest at this instruction. @throws UserError 252 */
  driveInterrupt(drive: LineDrive): void;
  /** The groups of registers of processor and devices. */
  registerGroups(): readonly RegisterGroup[];
  /** The registers of a group, without their fields. @throws UserError 253 */
  registers(group: string): readonly RegisterInfo[];
  /** A register with its fields. @throws UserError 253 */
  register(id: string): RegisterInfo;
  /** All registers by their names, to find one. */
  registerNames(): readonly RegisterName[];
  /** Sets a register, or a field of it, as an expression says; returns it as it is then. @throws UserError 200–211, 230, 233, 234, 253 */
  setRegister(id: string, field: string | undefined, expression: string): RegisterInfo;
  /** Files of the debug information with what was executed of them. */
  readonly coverage: Pick<CoverageView, 'all' | 'of'>;
  /** Address translation. */
  readonly mmu: Pick<MmuView, 'state' | 'ranges' | 'translate' | 'tlb'>;
  readonly memory: Pick<MemoryViews, 'map' | 'read' | 'write' | 'address' | 'search'>;
}

/** What views hear of the guest. */
export interface ViewSource {
  readonly guest: Guest;
  readonly values: GuestValues;
  readonly physical: PhysicalView;
  /** To be called when PC was set. */
  readonly moved: () => void;
  readonly coverage: CoverageView;
  /** Frames from some registers on, with memory as it is now. */
  readonly stack: DetailParts['stack'];
  /** Whether a breakpoint of the user's lies at an address. */
  readonly hasBreakpoint: (address: number) => boolean;
}

/** Views that keep something of their last answer. */
interface VmmViews {
  readonly sites: SiteTable;
  readonly blocks: BlockView;
  readonly memory: MemoryMapView;
}

export class GuestViews implements Views {
  readonly coverage: CoverageView;
  readonly mmu: MmuView;
  readonly memory: MemoryViews;
  private readonly interruptsView: InterruptsView;
  private readonly registersView: RegistersView;
  private readonly stack: DetailParts['stack'];
  private readonly ofVmm: VmmViews | undefined;

  /** @param vmm absent for a bare guest */
  constructor(
    private readonly symbols: SymbolTable,
    private readonly vmm: Hypervisor | undefined,
    { guest, values, physical, coverage, moved, stack, hasBreakpoint }: ViewSource,
  ) {
    this.coverage = coverage;
    this.stack = stack;
    const targets = new GuestTargets(guest);
    const machineTargets = vmm && new MachineTargets(vmm, targets);
    const spaces = new Spaces(guest, vmm);
    this.mmu = new MmuView(spaces, ({ shadow }) => (shadow && machineTargets ? machineTargets : targets));
    this.memory = new MemoryViews({
      guest,
      vmm,
      physical,
      symbols,
      spaces,
      targets,
      machineTargets,
      evaluate: (expression) => values.address(expression),
    });
    this.ofVmm = vmm && {
      sites: new SiteTable(vmm, symbols, hasBreakpoint),
      blocks: new BlockView(vmm, symbols),
      memory: new MemoryMapView(vmm),
    };
    this.interruptsView = new InterruptsView(guest, vmm);
    const { registers, real } = values;
    this.registersView = new RegistersView(
      { registers, real, board: guest.board, describe: (address) => symbols.describe(address) },
      (text) => values.number(text),
      (id) => {
        if (id === 'pc') moved();
      },
    );
  }

  /** The guest takes an exception, as it sees it; `kind` as in arm/exceptions.ts. */
  exceptionTaken(kind: number): void {
    this.interruptsView.exceptionTaken(kind);
  }

  /** The guest is about to run on from where it stands. */
  aboutToRun(): void {
    this.registersView.aboutToRun();
  }

  interrupts(query: InterruptQuery): InterruptsInfo {
    return this.interruptsView.look(query);
  }

  driveInterrupt(drive: LineDrive): void {
    this.interruptsView.drive(drive);
  }

  registerGroups(): readonly RegisterGroup[] {
    return this.registersView.groups();
  }

  registers(group: string): readonly RegisterInfo[] {
    return this.registersView.registers(group);
  }

  register(id: string): RegisterInfo {
    return this.registersView.register(id);
  }

  registerNames(): readonly RegisterName[] {
    return this.registersView.names();
  }

  setRegister(id: string, field: string | undefined, expression: string): RegisterInfo {
    return this.registersView.set(id, field, expression);
  }

  sites(query: SiteQuery): SitePage {
    return this.views.sites.page(query);
  }

  site(key: number): SiteDetail | undefined {
    return this.views.sites.detail(key);
  }

  blocks(query: BlocksQuery): BlocksAnswer {
    return this.views.blocks.ask(query);
  }

  stopCounting(): void {
    this.ofVmm?.blocks.stopCounting();
  }

  analysisMap(query: MemoryMapQuery): MemoryMapAnswer {
    return this.views.memory.ask(query);
  }

  findCode(query: FindCodeQuery): FindCodeAnswer {
    return findCode(this.hypervisor, this.views.blocks.code, query);
  }

  timeline(query: TimelineQuery): TimelineAnswer {
    return timelineOf(this.hypervisor, query);
  }

  timelineRows(query: TimelineRowsQuery): TimelineRows {
    return timelineRowsOf(this.hypervisor, this.symbols, query);
  }

  trapDetail(sequence: number): TrapDetail | undefined {
    const { hypervisor, symbols, stack } = this;
    return trapDetailOf({ hypervisor, symbols, stack }, sequence);
  }

  trapsBehind(
    stretch: Pick<TimelineRowsQuery, 'start' | 'end' | 'hidden'>,
    after: number,
    maximum: number,
  ): { readonly rows: readonly TimelineRow[]; readonly left: number } {
    return trapsBehind(this.hypervisor, this.symbols, stretch, after, maximum);
  }

  contextTimes(
    start: number,
    end: number,
    maximum: number,
  ): { readonly times: readonly ContextTime[]; readonly until: number } {
    return contextTimes(this.hypervisor, start, end, maximum);
  }

  keepHistory(on: boolean): void {
    this.hypervisor.keepHistory(on);
  }

  private get views(): VmmViews {
    if (this.ofVmm === undefined) throw debugErrors.noMonitor();
    return this.ofVmm;
  }

  private get hypervisor(): Hypervisor {
    if (this.vmm === undefined) throw debugErrors.noMonitor();
    return this.vmm;
  }
}
