/** The extension is there and starts, in whichever extension host this runs. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('activation', () => {
  it('is installed and activates', async () => {
    const extension = vscode.extensions.getExtension('trapline.trapline');
    assert.ok(extension, 'VS Code does not list trapline.trapline');
    await extension.activate();
    assert.ok(extension.isActive);
  });
});
