/**
 * Breakpoints at addresses come from two sides: the disassembly view and every listing document. The debugger keeps one list of them; this file keeps
 * the parts, hands each side its own results, and gives each breakpoint an id that lasts until its own side sets it anew.
 */
import type { BreakpointResult, Debugger, StopReason } from '../debug/api.js';
import type { BreakpointRequest } from '../protocol/model.js';

export type AddressBreakpoint = BreakpointRequest & { readonly address: number };

/** The debugger numbers its own breakpoints from 1; ours start where it will not get to. */
const FIRST_ID = 1_000_000;

/** Owners beside the listing documents. */
export const DISASSEMBLY = 'disassembly view';
export const FUNCTIONS = 'function breakpoints';

interface Kept {
  readonly breakpoint: AddressBreakpoint;
  readonly id: number;
  readonly owner: string;
}

export class AddressBreakpoints {
  private readonly owners = new Map<string, readonly Kept[]>();
  private ours = new Map<number, Kept>();
  private nextId = FIRST_ID;

  constructor(private readonly guest: Debugger) {}

  /** Replaces the breakpoints of one owner. @returns results in their order */
  set(owner: string, breakpoints: readonly AddressBreakpoint[]): readonly BreakpointResult[] {
    const own = breakpoints.map((breakpoint) => ({ breakpoint, id: this.nextId++, owner }));
    this.owners.set(owner, own);
    const all = [...this.owners.values()].flat();
    const results = this.guest.setInstructionBreakpoints(all.map(({ breakpoint }) => breakpoint));
    this.ours = new Map(results.map(({ id }, i) => [id, all[i]]));
    const first = all.indexOf(own[0]);
    return own.map(({ id }, i) => ({ ...results[first + i], id }));
  }

  /**
   * A stop as clients know it: with their ids, and with the kind of breakpoint that they set. A client that set a breakpoint in a listing wants to see
   * the listing, not its disassembly view.
   */
  translate(reason: StopReason): StopReason {
    const hit = reason.breakpoints.map((id) => this.ours.get(id));
    const breakpoints = reason.breakpoints.map((id, i) => hit[i]?.id ?? id);
    const owners = hit.map((kept) => kept?.owner);
    if (reason.reason !== 'instruction breakpoint' || owners.includes(DISASSEMBLY)) return { ...reason, breakpoints };
    return { ...reason, breakpoints, reason: owners.includes(FUNCTIONS) ? 'function breakpoint' : 'breakpoint' };
  }
}
