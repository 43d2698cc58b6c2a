/** Guests on the whole road in a real extension host: workers, adapter, console, listings. Runs on Node and in web workers alike. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { say } from './report.js';
import { api, fileOf, start, until } from './running.js';

describe('guests', () => {
  for (const name of ['hello (bare)', 'hello']) {
    it(`${name}: stops on entry in its source, steps, runs to its end, its console heard`, async () => {
      const begin = performance.now();
      const run = await start(name);
      try {
        assert.equal((await run.stopped())?.reason, 'entry');
        say(`measured: ${name}: stopped ${(performance.now() - begin).toFixed(0)} ms after F5`);
        const source = fileOf('hello/hello.s');
        await until('the source', () => vscode.window.activeTextEditor?.document.uri.toString() === source.toString());
        const text = vscode.window.activeTextEditor?.document.getText() ?? '';
        const line = text.split('\n').findIndex((candidate) => candidate.startsWith('_start:'));
        await until('the line', () => vscode.window.activeTextEditor?.selection.active.line === line);
        await vscode.commands.executeCommand('workbench.action.debug.stepOver');
        await run.stopped(1);
        await until('the next line', () => vscode.window.activeTextEditor?.selection.active.line === line + 1);
        await vscode.commands.executeCommand('workbench.action.debug.continue');
        await until('the end', () => run.events.some(({ event }) => event === 'terminated'));
        assert.match(run.console(), /Hello from a guest on ARM\.\r\n/);
      } finally {
        await run.stop();
      }
    });
  }

  it('stop at a breakpoint in their source', async () => {
    const source = fileOf('hello/hello.s');
    const text = (await vscode.workspace.openTextDocument(source)).getText();
    const line = text.split('\n').findIndex((candidate) => candidate.includes('strbne'));
    const breakpoint = new vscode.SourceBreakpoint(new vscode.Location(source, new vscode.Position(line, 0)));
    vscode.debug.addBreakpoints([breakpoint]);
    const run = await start({ type: 'trapline', request: 'launch', name: 'b', program: 'hello/hello.elf' });
    try {
      assert.equal((await run.stopped())?.reason, 'breakpoint');
      await until('the line', () => vscode.window.activeTextEditor?.selection.active.line === line);
    } finally {
      vscode.debug.removeBreakpoints([breakpoint]);
      await run.stop();
    }
  });

  it('show their code in a listing, with what the monitor planted', async () => {
    const run = await start({
      type: 'trapline',
      request: 'launch',
      name: 'l',
      program: 'hello/hello.elf',
      stopOnEntry: true,
    });
    try {
      await run.stopped();
      const client = (await api()).activeClient();
      assert.ok(client);
      const [frame] = (await client.request('stack', { first: 0, count: 1 })).frames;
      assert.ok(frame.listing);
      const uri = vscode.Uri.parse(`trapline-listing:/hello.elf/${frame.listing.document}.listing`);
      const document = await vscode.workspace.openTextDocument(uri);
      assert.equal(document.languageId, 'trapline-listing');
      assert.match(document.lineAt(frame.listing.line - 1).text, /r4/);
      assert.match(document.getText(), /^_start:$/m);
      await run.session().customRequest('setExceptionBreakpoints', { filters: ['status-register'] });
      await vscode.commands.executeCommand('workbench.action.debug.continue');
      await run.stopped(1);
      await until('the planted word', () => /planted ef/.test(document.getText()));
      const page = await client.request('traps', { maximum: 5, filter: { text: 'mrs' } });
      assert.equal(page.records[0]?.cls, 'status-register');
    } finally {
      await run.stop();
    }
  });

  it('that cannot run say why', async () => {
    const run = await start({ type: 'trapline', request: 'launch', name: 'w', program: 'hello/hello.s.gone' }).catch(
      () => undefined,
    );
    // VS Code shows the error; a test sees that nothing runs
    await until('the end of the launch', () => vscode.debug.activeDebugSession === undefined);
    await run?.stop();
    await vscode.commands.executeCommand('notifications.clearAll');
  });
});

describe('the image editor', () => {
  it('opens ELF files', async () => {
    await vscode.commands.executeCommand('vscode.open', fileOf('hello/hello.elf'));
    const tab = await until('the editor', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputCustom ? input : undefined;
    });
    assert.equal(tab.viewType, 'trapline.image');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });
});

describe('the Traps view', () => {
  it('can be brought up', async () => {
    await vscode.commands.executeCommand('trapline.traps.focus');
    await vscode.commands.executeCommand('trapline.filterTraps');
  });
});
