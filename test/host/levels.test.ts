/** The optimisation level of the monitor, changed by the command while the guest runs. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { api, start, until } from './running.js';

/** Slow enough to be still at it when the level has been changed. */
const RTOS = {
  type: 'trapline',
  request: 'launch',
  name: 'levels',
  program: 'rtos/rtos-virt.elf',
  semihosting: true,
  nsPerInstruction: 640,
};

const setLevel = (level: number): Thenable<unknown> => vscode.commands.executeCommand('trapline.setLevel', level);

describe('the optimisation level', () => {
  it('changes while the guest runs, which goes on', async () => {
    const run = await start(RTOS);
    try {
      await until('the first words', () => run.console().includes('demo:'), run.console);
      const client = (await api()).activeClient();
      assert.ok(client);
      assert.equal(client.status?.level, 1);
      for (const level of [2, 0, 1]) {
        await setLevel(level);
        assert.equal(client.status.level, level);
        const { instructions } = client.status;
        await until('more instructions', () => (client.status?.instructions ?? 0) > instructions);
      }
      await setLevel(2);
      const unrecorded = async (): Promise<number> =>
        (await client.request('statistics', {})).exits.reduce((sum, exit) => sum + exit.unrecorded, 0);
      const before = await unrecorded();
      const { virtualTime } = client.status;
      await until('time passed', () => (client.status?.virtualTime ?? 0) > virtualTime + 1e8);
      assert.ok((await unrecorded()) > before, 'the engine arbitrates inline');
      assert.equal(run.stops(), 0);
      assert.ok(!run.events.some(({ event }) => event === 'terminated'), run.console());
    } finally {
      await run.stop();
    }
  });

  it('is left alone where there is none of that number', async () => {
    const run = await start({ ...RTOS, stopOnEntry: true });
    try {
      await run.stopped();
      await setLevel(7);
      assert.equal((await api()).activeClient()?.status?.level, 1);
    } finally {
      await run.stop();
    }
  });

  it('is not there for a bare guest, nor without a guest', async () => {
    const run = await start({ ...RTOS, mode: 'bare', stopOnEntry: true });
    try {
      await run.stopped();
      await setLevel(2);
      const status = (await api()).activeClient()?.status;
      assert.deepEqual([status?.mode, status?.level], ['bare', undefined]);
    } finally {
      await run.stop();
    }
    await setLevel(2);
  });
});
