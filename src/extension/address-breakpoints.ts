/**
 * Breakpoints at addresses that the user sets from panels and commands: function breakpoints of VS Code's own whose name is the address. They survive
 * sessions and windows, and show among the others. Knows no panel.
 */
import * as vscode from 'vscode';
import type { AddressBreakpoint } from '../protocol/panels.js';
import { hex32 } from '../util/bits.js';

/** How addresses are written in names of breakpoints. */
export const ADDRESS = /^\s*\*?\s*(0[xX][0-9a-fA-F]{1,8})\s*$/;

function addressOf(breakpoint: vscode.Breakpoint): number | undefined {
  if (!(breakpoint instanceof vscode.FunctionBreakpoint)) return undefined;
  const text = ADDRESS.exec(breakpoint.functionName)?.[1];
  return text === undefined ? undefined : Number(text);
}

function at(address: number): vscode.Breakpoint[] {
  return vscode.debug.breakpoints.filter((breakpoint) => addressOf(breakpoint) === address);
}

/** Those that there are. */
export function addressBreakpoints(): AddressBreakpoint[] {
  return vscode.debug.breakpoints.flatMap((breakpoint) => {
    const address = addressOf(breakpoint);
    return address === undefined ? [] : [{ address, enabled: breakpoint.enabled }];
  });
}

function create(address: number, enabled: boolean, from?: vscode.Breakpoint): vscode.FunctionBreakpoint {
  const name = hex32(address);
  return new vscode.FunctionBreakpoint(name, enabled, from?.condition, from?.hitCondition, from?.logMessage);
}

/** Sets a breakpoint at an address, takes it away, or switches it off and on; what it had of conditions stays. */
export function setAddressBreakpoint(address: number, to: 'enabled' | 'disabled' | 'none'): void {
  const there = at(address);
  if (to === 'none') {
    vscode.debug.removeBreakpoints(there);
    return;
  }
  const enabled = to === 'enabled';
  if (there.length > 0 && there.every((breakpoint) => breakpoint.enabled === enabled)) return;
  // breakpoints cannot be changed, only replaced
  vscode.debug.removeBreakpoints(there);
  vscode.debug.addBreakpoints([create(address, enabled, there.at(0))]);
}
