/**
 * What panels show of a guest and of its VMM, each a question that costs no more than what is seen. One file of this folder for each panel.
 */
import type { Guest } from '../../machine/guest.js';
import type { Hypervisor } from '../../vmm/hypervisor.js';
import { debugErrors } from '../errors.js';
import type { GuestValues } from '../guest-values.js';
import type { SymbolTable } from '../symbols.js';
import { InterruptsView, type InterruptQuery, type InterruptsInfo, type LineDrive } from './interrupts.js';
import { RegistersView, type RegisterGroup, type RegisterInfo, type RegisterName } from './registers.js';
import type { CoverageView } from './coverage.js';
import { sitesOf, type SitePage, type SiteQuery } from './sites.js';

export interface Views {
  /** A part of the table of callback sites. @throws UserError 251 for a bare guest */
  sites(query: SiteQuery): SitePage;
  /** The interrupt controller; what happens to interrupts is recorded for as long as this is asked. */
  interrupts(query: InterruptQuery): InterruptsInfo;
  /** Drives the input of an interrupt line by hand, beside whatever else does: an input to the guest at this instruction. @throws UserError 252 */
  driveInterrupt(drive: LineDrive): void;
  /** The groups of registers of processor and devices. */
  registerGroups(): readonly RegisterGroup[];
  /** The registers of a group. @throws UserError 253 */
  registers(group: string): readonly RegisterInfo[];
  /** All registers by their names, to find one. */
  registerNames(): readonly RegisterName[];
  /** Sets a register, or a field of it, as an expression says; returns it as it is then. @throws UserError 200–211, 230, 233, 234, 253 */
  setRegister(id: string, field: string | undefined, expression: string): RegisterInfo;
  /** Files of the debug information with what was executed of them. */
  readonly coverage: Pick<CoverageView, 'all' | 'of'>;
}

/** What views hear of the guest. */
export interface ViewSource {
  readonly guest: Guest;
  readonly values: GuestValues;
  /** To be called when PC was set. */
  readonly moved: () => void;
  readonly coverage: CoverageView;
}

export class GuestViews implements Views {
  readonly coverage: CoverageView;
  private readonly interruptsView: InterruptsView;
  private readonly registersView: RegistersView;

  /** @param vmm absent for a bare guest */
  constructor(
    private readonly symbols: SymbolTable,
    private readonly vmm: Hypervisor | undefined,
    { guest, values, coverage, moved }: ViewSource,
  ) {
    this.coverage = coverage;
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

  registerNames(): readonly RegisterName[] {
    return this.registersView.names();
  }

  setRegister(id: string, field: string | undefined, expression: string): RegisterInfo {
    return this.registersView.set(id, field, expression);
  }

  sites(query: SiteQuery): SitePage {
    return sitesOf(this.hypervisor, this.symbols, query);
  }

  private get hypervisor(): Hypervisor {
    if (this.vmm === undefined) throw debugErrors.noMonitor();
    return this.vmm;
  }
}
