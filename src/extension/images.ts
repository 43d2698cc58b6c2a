/** The ELF files that a user may mean, found or picked, and how one is started without a launch.json. Knows nothing of what shows them. */
import * as vscode from 'vscode';
import { BUILD_FOLDER, isAssembly } from './build/builder.js';
import { baseName, fileExists, nameOf } from './files.js';
import { DEBUG_TYPE } from './sessions.js';

/** The type of the read-only editor of ELF files. */
export const IMAGE_EDITOR = 'trapline.image';
/** Images offered in the list of configurations. */
const MOST_IMAGES = 30;

/** Languages of assembly files that may be for ARM. */
const LANGUAGES: readonly string[] = ['arm-asm', 'arm', 'asm', 'gas'];

/** A configuration that runs one image, or an assembly file that is to be built. */
export function configurationFor(
  program: vscode.Uri,
  more: Readonly<Record<string, unknown>> = {},
): vscode.DebugConfiguration {
  return {
    type: DEBUG_TYPE,
    request: 'launch',
    name: baseName(program.path),
    program: nameOf(program),
    ...more,
  };
}

/** The ELF files of a folder, or of all, by path. */
export async function findImages(folder: vscode.WorkspaceFolder | undefined): Promise<vscode.Uri[]> {
  const pattern = folder ? new vscode.RelativePattern(folder, '**/*.elf') : '**/*.elf';
  const found = await vscode.workspace.findFiles(pattern, `**/{node_modules,${BUILD_FOLDER}}/**`, MOST_IMAGES);
  return found.sort((a, b) => a.path.localeCompare(b.path));
}

/** The image in the active editor, if that is ours. */
export function imageInEditor(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom && input.viewType === IMAGE_EDITOR ? input.uri : undefined;
}

/** The assembly file in the active editor, if it is one that a board can be given. */
export function assemblyInEditor(): vscode.Uri | undefined {
  const { uri, languageId } = vscode.window.activeTextEditor?.document ?? {};
  if (!uri || !isAssembly(uri.path) || uri.scheme === 'untitled') return undefined;
  return languageId !== undefined && LANGUAGES.includes(languageId) ? uri : undefined;
}

/** The image that the user has before their eyes: in our editor, or beside the source file that is open. */
export async function imageInSight(): Promise<vscode.Uri | undefined> {
  const shown = imageInEditor();
  if (shown) return shown;
  const open = vscode.window.activeTextEditor?.document.uri;
  if (!open || !/\.(s|asm|c)$/i.test(open.path)) return undefined;
  const beside = open.with({ path: open.path.replace(/\.[^.]*$/, '.elf') });
  return (await fileExists(nameOf(beside))) ? beside : undefined;
}

/** The only image there is, or the one that the user picks. */
export async function pickImage(folder: vscode.WorkspaceFolder | undefined): Promise<vscode.Uri | undefined> {
  const images = await findImages(folder);
  if (images.length < 2) return images[0];
  const items = images.map((uri) => ({
    label: baseName(uri.path),
    description: vscode.workspace.asRelativePath(uri),
    uri,
  }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Which guest shall run?' });
  return picked?.uri;
}

/** Starts a guest from its image. Run goes on until the guest ends; Debug stops before its first instruction. */
export async function startImage(uri: vscode.Uri, debug: boolean): Promise<void> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  await vscode.debug.startDebugging(folder, configurationFor(uri, debug ? { stopOnEntry: true } : {}), {
    noDebug: !debug,
  });
}
