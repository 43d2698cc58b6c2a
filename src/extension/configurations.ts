/**
 * Launch configurations: offers ones for the images at hand, makes one where the user just pressed F5, and turns relative paths into names that the
 * adapter can read. Types and values are checked by the adapter, which says what is wrong in the launch error.
 */
import * as vscode from 'vscode';
import type { Builder } from './build/builder.js';
import { built } from './build/launch.js';
import { baseName, nameOf, uriOf } from './files.js';
import { assemblyInEditor, configurationFor, findImages, imageInSight, pickImage } from './images.js';
import { DEBUG_TYPE, type Sessions } from './sessions.js';

const FILE_ATTRIBUTES = ['program', 'bios', 'flash', 'kernel', 'initrd', 'dtb'] as const;
const LIST_ATTRIBUTES = ['load', 'symbols'] as const;
/** For the list of "Run and Debug": one entry for each image in the workspace, and for the assembly file in the editor. */
export class DynamicConfigurations implements vscode.DebugConfigurationProvider {
  async provideDebugConfigurations(folder: vscode.WorkspaceFolder | undefined): Promise<vscode.DebugConfiguration[]> {
    const source = assemblyInEditor();
    const images = await findImages(folder);
    return [...(source ? [source] : []), ...images].flatMap((uri) => [
      configurationFor(uri),
      configurationFor(uri, { name: `${baseName(uri.path)} (bare)`, mode: 'bare' }),
    ]);
  }
}

export class Configurations implements vscode.DebugConfigurationProvider {
  constructor(
    private readonly sessions: Sessions,
    private readonly builder: Builder,
  ) {}

  /** For a new launch.json. */
  async provideDebugConfigurations(folder: vscode.WorkspaceFolder | undefined): Promise<vscode.DebugConfiguration[]> {
    const source = assemblyInEditor();
    const [image] = source ? [source] : await findImages(folder);
    const program = image ? vscode.workspace.asRelativePath(image, false) : 'guest.elf';
    return [
      {
        type: DEBUG_TYPE,
        request: 'launch',
        name: baseName(program),
        program: `\${workspaceFolder}/${program}`,
        stopOnEntry: true,
      },
    ];
  }

  async resolveDebugConfiguration(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    this.sessions.prepare();
    if (configuration.type || configuration.request || configuration.name) return configuration;
    // F5 without a launch.json
    const program = assemblyInEditor() ?? (await imageInSight()) ?? (await pickImage(folder));
    if (program) return configurationFor(program);
    void vscode.window.showErrorMessage(
      'There is no ELF file in this workspace to run; open an assembly file, build one, or try "Trapline: Open Samples".',
    );
    return undefined;
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const name = (value: unknown): unknown =>
      typeof value === 'string' && value !== '' ? nameOf(uriOf(value, folder?.uri)) : value;
    const resolved: vscode.DebugConfiguration = { ...configuration };
    // the debug console would cover the guest's terminal
    if (resolved.console !== 'debugConsole') resolved.internalConsoleOptions ??= 'neverOpen';
    for (const attribute of FILE_ATTRIBUTES) {
      if (attribute in resolved) resolved[attribute] = name(resolved[attribute]);
    }
    for (const attribute of LIST_ATTRIBUTES) {
      const list: unknown = resolved[attribute];
      if (!Array.isArray(list)) continue;
      resolved[attribute] = list.map((item: unknown) =>
        typeof item === 'object' && item !== null && 'file' in item ? { ...item, file: name(item.file) } : item,
      );
    }
    return built(this.builder, resolved);
  }
}
