/**
 * Breakpoints at addresses come from two sides: the disassembly view and every listing document. The debugger keeps one list of them; this file keeps
 * the parts, hands each side its own results, and gives each breakpoint an id that lasts until its own side sets it anew.
 */
import type { BreakpointRequest, BreakpointResult, Debugger } from '../debug/api.js';

export type AddressBreakpoint = BreakpointRequest & { readonly address: number };

/** The debugger numbers its own breakpoints from 1; ours start where it will not get to. */
const FIRST_ID = 1_000_000;

interface Kept {
  readonly breakpoint: AddressBreakpoint;
  readonly id: number;
}

export class AddressBreakpoints {
  private readonly owners = new Map<string, readonly Kept[]>();
  private ours = new Map<number, number>();
  private nextId = FIRST_ID;

  constructor(private readonly guest: Debugger) {}

  /** Replaces the breakpoints of one owner. @returns results in their order */
  set(owner: string, breakpoints: readonly AddressBreakpoint[]): readonly BreakpointResult[] {
    const own = breakpoints.map((breakpoint) => ({ breakpoint, id: this.nextId++ }));
    this.owners.set(owner, own);
    const all = [...this.owners.values()].flat();
    const results = this.guest.setInstructionBreakpoints(all.map(({ breakpoint }) => breakpoint));
    this.ours = new Map(results.map(({ id }, i) => [id, all[i].id]));
    const first = all.indexOf(own[0]);
    return own.map(({ id }, i) => ({ ...results[first + i], id }));
  }

  /** Ids as clients know them, for ids of the debugger. */
  clientIds(ids: readonly number[]): number[] {
    return ids.map((id) => this.ours.get(id) ?? id);
  }
}
