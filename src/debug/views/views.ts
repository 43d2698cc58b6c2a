/**
 * What panels show of a guest and of its VMM, each a question that costs no more than what is seen. One file of this folder for each panel.
 */
import type { Hypervisor } from '../../vmm/hypervisor.js';
import { debugErrors } from '../errors.js';
import type { SymbolTable } from '../symbols.js';
import { sitesOf, type SitePage, type SiteQuery } from './sites.js';

export interface Views {
  /** A part of the table of callback sites. @throws UserError 251 for a bare guest */
  sites(query: SiteQuery): SitePage;
}

export class GuestViews implements Views {
  /** @param vmm absent for a bare guest */
  constructor(
    private readonly symbols: SymbolTable,
    private readonly vmm: Hypervisor | undefined,
  ) {}

  sites(query: SiteQuery): SitePage {
    return sitesOf(this.hypervisor, this.symbols, query);
  }

  private get hypervisor(): Hypervisor {
    if (this.vmm === undefined) throw debugErrors.noMonitor();
    return this.vmm;
  }
}
