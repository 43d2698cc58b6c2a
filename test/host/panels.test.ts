/** What the extension adds around a session: image editor, Traps view, listings with breakpoints, the console. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { api, fileOf, start, until } from './running.js';

const HELLO = { type: 'trapline', request: 'launch', name: 'panels', program: 'hello/hello.elf' };

const activeTab = (): vscode.TabInputCustom | undefined => {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom ? input : undefined;
};

describe('around a session', () => {
  it('Debug on an image stops before its first instruction; Run goes to its end', async () => {
    await vscode.commands.executeCommand('vscode.open', fileOf('hello/hello.elf'));
    await until('the image editor', () => activeTab()?.viewType === 'trapline.image');
    let console = '';
    const listener = (await api()).onDidWriteConsole(({ text }) => {
      console += text;
    });
    try {
      await vscode.commands.executeCommand('trapline.debugImage');
      await until('the stop', () => vscode.debug.activeStackItem instanceof vscode.DebugStackFrame);
      assert.equal(console, '');
      await vscode.commands.executeCommand('workbench.action.debug.stop');
      await until('the end', () => vscode.debug.activeDebugSession === undefined);
      console = '';
      await vscode.commands.executeCommand('trapline.runImage', fileOf('hello/hello.elf'));
      await until(
        'the last word',
        () => /Hello from a guest on ARM\.\r\n[^]*powered off/.test(console),
        () => console,
      );
      await until('the end', () => vscode.debug.activeDebugSession === undefined);
    } finally {
      listener.dispose();
      await vscode.debug.stopDebugging();
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    }
  });

  it('a breakpoint set in a listing is hit, in this session and in the next', async () => {
    const first = await start({ ...HELLO, stopOnEntry: true });
    let breakpoint: vscode.SourceBreakpoint | undefined;
    try {
      await first.stopped();
      const client = (await api()).activeClient();
      const [frame] = (await client?.request('stack', { first: 0, count: 1 }))?.frames ?? [];
      assert.ok(frame?.listing);
      const uri = vscode.Uri.parse(`trapline-listing:/hello.elf/${frame.listing.document}.listing`);
      const text = (await vscode.workspace.openTextDocument(uri)).getText();
      const line = text.split('\n').findIndex((candidate) => /\bhvc\b/.test(candidate));
      assert.ok(line > 0, text);
      breakpoint = new vscode.SourceBreakpoint(new vscode.Location(uri, new vscode.Position(line, 0)));
      vscode.debug.addBreakpoints([breakpoint]);
      await vscode.commands.executeCommand('workbench.action.debug.continue');
      await first.stopped(1);
      await first.stop();
      const second = await start(HELLO);
      await second.stopped();
      const { result } = await second.ask<{ result: string }>('evaluate', { expression: 'pc', context: 'watch' });
      assert.match(result, /^0x40010028/);
      await second.stop();
    } finally {
      if (breakpoint) vscode.debug.removeBreakpoints([breakpoint]);
      await first.stop();
    }
  });

  it('traps can be copied, and the view can be cleared', async () => {
    await vscode.commands.executeCommand('trapline.traps.focus');
    const run = await start({ ...HELLO, stopOnEntry: true });
    try {
      await run.stopped();
      await run.ask('setFunctionBreakpoints', { breakpoints: [{ name: '0x40010028' }] });
      await vscode.commands.executeCommand('workbench.action.debug.continue');
      await run.stopped(1);
      await vscode.commands.executeCommand('trapline.copyTraps');
      const lines = (await vscode.env.clipboard.readText()).split('\n');
      assert.ok(lines.length > 20, `${lines.length} lines`);
      assert.match(lines[0], /\tmrs r6, cpsr\tstatus-register\t/);
      await vscode.commands.executeCommand('trapline.clearTraps');
      await vscode.commands.executeCommand('trapline.copyTraps');
      assert.equal(await vscode.env.clipboard.readText(), '');
    } finally {
      await run.stop();
    }
  });
});
