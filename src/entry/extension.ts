/** The extension in an extension host on Node: workers are threads. */
import * as vscode from 'vscode';
import { activateExtension, type TraplineApi } from '../extension/activate.js';
import { nodePrograms } from './hosts/node-programs.js';
import { spawnNodeWorker } from './hosts/node.js';

export function activate(context: vscode.ExtensionContext): TraplineApi {
  return activateExtension(context, {
    programs: nodePrograms,
    spawnWorker: (extensionUri) =>
      Promise.resolve(spawnNodeWorker(vscode.Uri.joinPath(extensionUri, 'dist', 'worker.js').fsPath)),
    createAdapter: async (surroundings) => {
      const { TraplineSession } = await import('../dap/session.js');
      return new TraplineSession(surroundings);
    },
  });
}
