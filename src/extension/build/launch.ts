/** F5 on an assembly file: builds it, and says what to do where that cannot be done. */
import * as vscode from 'vscode';
import { fileExists, nameOf, baseName, uriOf } from '../files.js';
import { startImage } from '../images.js';
import { BuildFailure, isAssembly, type Builder, type BuildRequest } from './builder.js';
import type { Board, Cpu } from './command-line.js';
import { NoToolchain } from './toolchain.js';

const INSTALL_PAGE = 'https://developer.arm.com/downloads/-/arm-gnu-toolchain-downloads';

const INSTALL = 'How to Install';
const SETTINGS = 'Open Settings';
const PROBLEMS = 'Show Problems';
const LOG = 'Show Log';

/** The ELF file beside a source file. */
async function imageBeside(source: vscode.Uri): Promise<vscode.Uri | undefined> {
  const beside = source.with({ path: source.path.replace(/\.[^.]*$/, '.elf') });
  return (await fileExists(nameOf(beside))) ? beside : undefined;
}

/** The request that a launch configuration makes; undefined if its program is none to be built. */
function requestOf(configuration: vscode.DebugConfiguration): BuildRequest | undefined {
  const { program, board, cpu } = configuration as { program?: unknown; board?: Board; cpu?: Cpu };
  if (typeof program !== 'string' || !isAssembly(program)) return undefined;
  return { source: uriOf(program), board: board ?? 'virt', ...(cpu !== undefined && { cpu }), args: [] };
}

/**
 * Builds the program of a launch configuration if it is an assembly file.
 * @returns the configuration with what was built; undefined if it could not be, and the user was told
 */
export async function built(
  builder: Builder,
  configuration: vscode.DebugConfiguration,
): Promise<vscode.DebugConfiguration | undefined> {
  const request = requestOf(configuration);
  if (!request) return configuration;
  const { token } = new vscode.CancellationTokenSource();
  try {
    const output = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: `Building ${baseName(request.source.path)}` },
      () => builder.build(request, token),
    );
    return { ...configuration, program: nameOf(output) };
  } catch (error) {
    void explain(error, request.source, configuration);
    return undefined;
  }
}

async function explain(error: unknown, source: vscode.Uri, { noDebug }: vscode.DebugConfiguration): Promise<void> {
  const image = await imageBeside(source);
  const run = image && `Run ${baseName(image.path)}`;
  const message = error instanceof Error ? error.message : String(error);
  const buttons =
    error instanceof NoToolchain
      ? [INSTALL, SETTINGS]
      : error instanceof BuildFailure
        ? error.reason === 'source'
          ? [PROBLEMS]
          : []
        : [LOG];
  const chosen = await vscode.window.showErrorMessage(message, ...buttons, ...(run === undefined ? [] : [run]));
  if (chosen === undefined) return;
  if (chosen === run && image) await startImage(image, noDebug !== true);
  else if (chosen === INSTALL) await vscode.env.openExternal(vscode.Uri.parse(INSTALL_PAGE));
  else if (chosen === SETTINGS)
    await vscode.commands.executeCommand('workbench.action.openSettings', 'trapline.toolchain');
  else if (chosen === PROBLEMS) await vscode.commands.executeCommand('workbench.actions.view.problems');
  else await vscode.commands.executeCommand('trapline.showLog');
}
