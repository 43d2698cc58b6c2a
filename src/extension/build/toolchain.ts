/** Which tools build an assembly file: those that the settings name, else the first that is installed. */
import * as vscode from 'vscode';
import type { Programs } from '../platform.js';
import { CANDIDATES, CLANG_LINKER, toolKind, type ToolKind } from './command-line.js';

export interface Toolchain {
  readonly kind: ToolKind;
  /** Full path. */
  readonly command: string;
  /** What every build has behind its arguments. */
  readonly extra: readonly string[];
}

/** Says in a sentence why there is none. */
export class NoToolchain extends Error {}

const SETTING = 'trapline.toolchain.command';

/** @throws NoToolchain */
export async function findToolchain(programs: Programs, scope: vscode.Uri): Promise<Toolchain> {
  const settings = vscode.workspace.getConfiguration('trapline.toolchain', scope);
  const extra = settings.get<readonly string[]>('arguments', []).map(String);
  const named = settings.get('command', '').trim();
  if (named !== '') {
    const command = await programs.find(named);
    if (command === undefined) throw new NoToolchain(`${named}, which the setting ${SETTING} names, is not there.`);
    return { kind: toolKind(command), command, extra };
  }
  for (const name of CANDIDATES) {
    const command = await programs.find(name);
    if (command === undefined) continue;
    const kind = toolKind(name);
    if (kind === 'clang' && (await programs.find(CLANG_LINKER)) === undefined) continue;
    return { kind, command, extra };
  }
  throw new NoToolchain(
    'There is no toolchain for ARM on the PATH. Install the GNU one (arm-none-eabi-gcc), or clang with lld, or name one in the settings.',
  );
}
