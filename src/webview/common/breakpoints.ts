/** What panels know of the breakpoints at an address: those whose name is the address, which a panel can set, and others, which it can only show. */
import type { AddressBreakpoint, PanelMessage } from '../../protocol/panels.js';

/** `elsewhere`: set in a listing, a source file or the disassembly view. */
export type BreakpointState = 'none' | 'enabled' | 'disabled' | 'elsewhere';

export const BREAKPOINT_TITLES: Readonly<Record<BreakpointState, string>> = {
  none: 'No breakpoint',
  enabled: 'Breakpoint',
  disabled: 'Breakpoint, disabled',
  elsewhere: 'Breakpoint, set in a listing or a source file',
};

/** @param known whether the guest stops there, whoever asked for it */
export function breakpointAt(
  breakpoints: readonly AddressBreakpoint[],
  address: number,
  known: boolean,
): BreakpointState {
  const own = breakpoints.filter((breakpoint) => breakpoint.address === address);
  if (own.length > 0) return own.some(({ enabled }) => enabled) ? 'enabled' : 'disabled';
  return known ? 'elsewhere' : 'none';
}

/** What to ask for when the user toggles: what is set goes, and what was set elsewhere stays as it is. */
export function toggled(address: number, state: BreakpointState): PanelMessage & { readonly kind: 'breakpoint' } {
  return { kind: 'breakpoint', address, to: state === 'enabled' || state === 'disabled' ? 'none' : 'enabled' };
}
