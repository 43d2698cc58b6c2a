/** Coverage in the editor: a run that counts it leaves it behind, runs add up, and it can be cleared. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { api, fileOf, start, until } from './running.js';

const PRIVILEGE = {
  type: 'trapline',
  request: 'launch',
  name: 'coverage',
  program: 'privilege/privilege.elf',
  coverage: true,
};

describe('coverage', () => {
  it('is there when the guest has ended, adds up over runs, and can be cleared', async () => {
    const extension = await api();
    await vscode.commands.executeCommand('trapline.clearCoverage');
    const timesPrinted = (): number => {
      const file = extension
        .coveredFiles()
        .find(({ uri }) => uri.toString() === fileOf('privilege/privilege.s').toString());
      return file?.coverage.functions.find(({ name }) => name === 'print')?.reached ?? 0;
    };
    for (const texts of [6, 12]) {
      const run = await start(PRIVILEGE);
      await until('the end', () => vscode.debug.activeDebugSession === undefined, run.console);
      await until(
        `${texts} texts`,
        () => timesPrinted() === texts,
        () => String(timesPrinted()),
      );
    }
    await vscode.commands.executeCommand('trapline.clearCoverage');
    assert.deepEqual(extension.coveredFiles(), []);
  });

  it('is of guests that run as tests, too', async () => {
    const extension = await api();
    await vscode.commands.executeCommand('trapline.clearCoverage');
    await vscode.commands.executeCommand('testing.coverageAll');
    const scheduler = extension.coveredFiles().find(({ uri }) => uri.path.endsWith('/rtos/kernel/scheduler.c'));
    assert.ok(
      scheduler,
      extension
        .coveredFiles()
        .map(({ uri }) => uri.path)
        .join(' '),
    );
    await vscode.commands.executeCommand('trapline.clearCoverage');
  });

  it('is not counted unless it was asked for', async () => {
    const run = await start({ ...PRIVILEGE, coverage: false, stopOnEntry: true });
    try {
      await run.stopped();
      const client = (await api()).activeClient();
      assert.ok(client);
      await assert.rejects(client.request('coverage', {}), /not counted\. Launch it with "coverage": true/);
      assert.deepEqual((await api()).coveredFiles(), []);
    } finally {
      await run.stop();
    }
  });
});
