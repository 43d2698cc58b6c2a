/** The commands of the palette and the menus. Each is a few lines around what the other files do. */
import * as vscode from 'vscode';
import { ADDRESS, setAddressBreakpoint } from './address-breakpoints.js';
import type { Consoles } from './console.js';
import { lcovText } from '../protocol/lcov.js';
import type { CoverageMarks } from './coverage-marks.js';
import type { CoverageStore } from './coverage-store.js';
import { nameOf } from './files.js';
import { searchListing, type PcFollower } from './listing-navigation.js';
import type { WordDecoder } from './decode.js';
import type { ImageEditor } from './image-editor.js';
import { assemblyInEditor, imageInEditor, startImage } from './images.js';
import { chooseLevel } from './levels.js';
import type { ListingDocuments } from './listing-documents.js';
import { openCommand } from './contributions.js';
import type { Panels } from './panels.js';
import { PANELS, type PanelId } from '../protocol/panels.js';
import { chosen } from './quick-pick.js';
import { openSamples } from './samples.js';
import type { RunningSession, Sessions } from './sessions.js';
import type { RegistersView } from './registers/view.js';
import type { TrapsView } from './traps-view.js';

/** Symbols offered for an address. */
const MOST_SYMBOLS = 500;

export interface CommandParts {
  readonly context: vscode.ExtensionContext;
  readonly sessions: Sessions;
  readonly listings: ListingDocuments;
  readonly consoles: Consoles;
  readonly panels: Panels;
  readonly traps: TrapsView;
  readonly pcFollower: PcFollower;
  readonly coverage: CoverageStore;
  readonly coverageMarks: CoverageMarks;
  readonly registers: RegistersView;
  readonly words: WordDecoder;
  readonly images: ImageEditor;
  readonly log: vscode.LogOutputChannel;
}

async function runImage(argument: unknown, debug: boolean): Promise<void> {
  // the image that a menu's command was called on, or the one in the active editor
  const uri = argument instanceof vscode.Uri ? argument : (imageInEditor() ?? assemblyInEditor());
  if (uri) await startImage(uri, debug);
  else void vscode.window.showInformationMessage('Open an ELF or assembly file first, or press F5.');
}

/** Shows an address of the active guest in the listing: the one that a link names, or else one that the user picks, perhaps by its symbol. */
async function openListing({ sessions, listings }: CommandParts, argument: unknown): Promise<void> {
  const session = sessions.active;
  if (!session) {
    void vscode.window.showInformationMessage('Listings show the memory of a guest; start one with F5.');
    return;
  }
  const address = typeof argument === 'number' ? argument : await pickAddress(session);
  if (address === undefined) return;
  if (!(await listings.reveal(session, address, false))) {
    void vscode.window.showInformationMessage(`The guest has no memory at 0x${address.toString(16)}.`);
  }
}

async function pickAddress(session: RunningSession): Promise<number | undefined> {
  const symbols = await session.client.request('symbols', { filter: '', maximum: MOST_SYMBOLS });
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly address?: number }>();
  const items = symbols.map(({ name, address }) => ({
    label: name,
    description: `0x${address.toString(16)}`,
    address,
  }));
  pick.items = items;
  pick.placeholder = 'Symbol, or address such as 0x40008000';
  pick.onDidChangeValue((value) => {
    const typed = ADDRESS.exec(value)?.[1];
    pick.items = typed ? [{ label: typed, address: Number(typed), alwaysShow: true }, ...items] : items;
  });
  return (await chosen(pick))?.address;
}

/** Explains the instruction at the cursor, or the current one of the image in front. */
async function decodeThisWord({ images }: CommandParts): Promise<void> {
  if (!images.decodeCurrent()) await vscode.commands.executeCommand('editor.action.showHover');
}

async function breakAtAddress(): Promise<void> {
  const text = await vscode.window.showInputBox({
    prompt: 'Address of the instruction to stop at',
    placeHolder: '0x40008000',
    validateInput: (value) => (ADDRESS.test(value) ? undefined : 'An address looks like 0x40008000.'),
  });
  const address = text === undefined ? undefined : ADDRESS.exec(text)?.[1];
  if (address !== undefined) setAddressBreakpoint(Number(address), 'enabled');
}

/** Writes what was executed since it was cleared into a file for the tools of lcov. */
async function exportCoverage({ files }: CoverageStore): Promise<void> {
  if (files.length === 0) {
    void vscode.window.showInformationMessage(
      'There is no coverage to export: run a guest with "coverage": true in its launch configuration first.',
    );
    return;
  }
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: 'Export Coverage',
    filters: { 'lcov tracefile': ['info'] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, 'coverage.info') }),
  });
  if (!target) return;
  const text = lcovText(
    files.map(({ uri, coverage }) => ({ ...coverage, path: nameOf(uri) })),
    'Trapline',
  );
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
}

export function registerCommands(parts: CommandParts): vscode.Disposable[] {
  const {
    context,
    sessions,
    listings,
    pcFollower,
    consoles,
    panels,
    traps,
    registers,
    coverage,
    coverageMarks,
    words,
    log,
  } = parts;
  const commands: Readonly<Record<string, (argument?: unknown) => unknown>> = {
    'trapline.openSamples': () => openSamples(context),
    'trapline.runImage': (argument) => runImage(argument, false),
    'trapline.debugImage': (argument) => runImage(argument, true),
    'trapline.openListing': (argument) => openListing(parts, argument),
    'trapline.searchListing': () => searchListing(sessions, listings),
    'trapline.followPc': () => {
      pcFollower.toggle();
    },
    'trapline.breakAtAddress': () => breakAtAddress(),
    'trapline.decodeWord': (argument) => words.decodeWord(argument),
    'trapline.decodeThisWord': () => decodeThisWord(parts),
    'trapline.showConsole': () => {
      consoles.showActive();
    },
    'trapline.showLog': () => {
      log.show();
    },
    'trapline.clearTraps': () => traps.clear(),
    'trapline.copyTraps': () => traps.copyAll(),
    'trapline.filterTraps': () => traps.focusFilter(),
    'trapline.pauseOnTraps': () => traps.pickPauseOn(),
    'trapline.toggleCoverage': () => {
      coverageMarks.toggle();
    },
    'trapline.clearCoverage': () => {
      coverage.clear();
    },
    'trapline.exportCoverage': () => exportCoverage(coverage),
    'trapline.findRegister': () => registers.find(),
    'trapline.editRegister': (argument) => registers.edit(argument),
    'trapline.copyRegister': (argument) => registers.copy(argument),
    'trapline.refreshRegisters': () => {
      registers.refresh();
    },
    'trapline.setLevel': (argument) => chooseLevel(sessions, argument),
    ...Object.fromEntries(
      (Object.keys(PANELS) as PanelId[]).map((id) => [
        openCommand(id),
        () => {
          panels.open(id);
        },
      ]),
    ),
  };
  return Object.entries(commands).map(([id, run]) =>
    vscode.commands.registerCommand(id, async (argument?: unknown) => {
      try {
        await run(argument);
      } catch (error) {
        log.error(`${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
      }
    }),
  );
}
