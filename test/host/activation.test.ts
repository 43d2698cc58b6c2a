/** The extension is there and starts at once, in whichever extension host this runs. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { say } from './report.js';

/** The goal is 100 ms; a machine that does other work beside the tests may take longer, and web hosts fetch the code first. */
const LIMIT_MS = 15_000;

describe('activation', () => {
  it('is installed and activates, once', async () => {
    const extension = vscode.extensions.getExtension('trapline.trapline');
    assert.ok(extension, 'VS Code does not list trapline.trapline');
    assert.equal(extension.isActive, false, 'something activated it before it was needed');
    const start = performance.now();
    const first: unknown = await extension.activate();
    const took = performance.now() - start;
    say(`measured: activation ${took.toFixed(0)} ms`);
    assert.ok(extension.isActive);
    assert.equal(await extension.activate(), first);
    assert.ok(took < LIMIT_MS, `activation took ${took.toFixed(0)} ms`);
  });

  it('contributes its commands, all of them', async () => {
    const contributed = (
      vscode.extensions.getExtension('trapline.trapline')?.packageJSON as {
        contributes: { commands: { command: string }[] };
      }
    ).contributes.commands.map(({ command }) => command);
    const known = await vscode.commands.getCommands(true);
    assert.ok(contributed.length > 5);
    for (const command of contributed) assert.ok(known.includes(command), `${command} has no handler`);
  });
});
