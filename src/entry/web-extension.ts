/** The extension in a web worker extension host: workers are the browser's. */
import type * as vscode from 'vscode';
import { activateExtension, type TraplineApi } from '../extension/activate.js';
import { spawnWebWorker } from './hosts/web.js';

export function activate(context: vscode.ExtensionContext): TraplineApi {
  return activateExtension(context, {
    spawnWorker: spawnWebWorker,
    createAdapter: async (surroundings) => {
      const { TraplineSession } = await import('../dap/session.js');
      return new TraplineSession(surroundings);
    },
  });
}
