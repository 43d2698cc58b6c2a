/** A launch with a flash file, in a played adapter and in a real one: whatever ends the session, what the guest stored is in the file before it has ended. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FileProblem } from '../../src/protocol/prepare.js';
import { ASSEMBLER } from '../support/assemble.js';
import { flashGuest, KEPT, KEPT_AT } from '../support/flash-guest.js';
import { need } from '../support/tools.js';
import { AdapterClient, buildAdapter } from './adapter-process.js';
import { Played, STATUS, type PlayedFiles } from './harness.js';

const LAUNCH = { program: '/w/a.elf', flash: '/w/vars' };

describe('debug adapter: flash file', () => {
  /** An adapter whose worker reports a last sector when it is told to finish. */
  function play(files: PlayedFiles, more?: ConstructorParameters<typeof Played>[2]): Played {
    const dap: Played = new Played(
      {
        finish: () => {
          dap.worker.emit('flash', { sectors: [{ offset: 1, bytes: Uint8Array.of(9) }] });
        },
      },
      files,
      more,
    );
    return dap;
  }
  const disk = (): PlayedFiles => ({ '/w/a.elf': new Uint8Array(4), '/w/vars': Uint8Array.of(1, 2, 3) });

  it('is written while the guest runs', async () => {
    const files = disk();
    const dap = play(files);
    await dap.launch(LAUNCH);
    dap.worker.emit('flash', { sectors: [{ offset: 0, bytes: Uint8Array.of(7) }] });
    await new Promise(setImmediate);
    assert.deepEqual([...files['/w/vars']], [7, 2, 3]);
  });

  for (const [end, act] of [
    ['terminate', (dap: Played) => dap.ask('terminate')],
    ['disconnect', (dap: Played) => dap.ask('disconnect')],
    [
      'the end of the guest',
      async (dap: Played) => {
        dap.worker.emit('ended', { code: 0, text: '', status: STATUS });
        await dap.event('terminated');
      },
    ],
  ] as const) {
    it(`is up to date after ${end}, before the worker is closed`, async () => {
      const files = disk();
      const dap = play(files);
      await dap.launch(LAUNCH);
      await act(dap);
      assert.deepEqual([...files['/w/vars']], [1, 9, 3]);
      assert.equal(dap.worker.asked('finish').length, 1);
      assert.equal(dap.worker.closed, true);
    });
  }

  it('is up to date before a restart reads it', async () => {
    const files = disk();
    const dap = play(files);
    await dap.launch(LAUNCH);
    await dap.ask('restart');
    const launches = dap.worker.asked('launch') as { options: { flash1: { bytes: Uint8Array } } }[];
    assert.deepEqual(
      launches.map(({ options }) => [...options.flash1.bytes]),
      [
        [1, 2, 3],
        [1, 9, 3],
      ],
    );
    // the guest before it is followed no more
    dap.worker.emit('flash', { sectors: [{ offset: 2, bytes: Uint8Array.of(5) }] });
    await dap.ask('terminate');
    assert.deepEqual([...files['/w/vars']], [1, 9, 5]);
  });

  it('is written also when the worker died, with what it had reported', async () => {
    const files = disk();
    const dap = play(files);
    await dap.launch(LAUNCH);
    dap.worker.emit('flash', { sectors: [{ offset: 3, bytes: Uint8Array.of(4) }] });
    dap.worker.die('out of memory');
    await dap.event('terminated');
    assert.deepEqual([...files['/w/vars']], [1, 2, 3, 4]);
  });

  it('is made when there was none, and refused where its folder is missing', async () => {
    const files: PlayedFiles = { '/w/a.elf': new Uint8Array(4) };
    const dap = play(files);
    await dap.launch(LAUNCH);
    await dap.ask('terminate');
    assert.deepEqual([...files['/w/vars']], [0xff, 9]);
    const read = (name: string) =>
      name in files ? Promise.resolve(files[name]) : Promise.reject(new FileProblem(true, 'no such file'));
    const none = () => Promise.resolve(false);
    const lost = play(files, {
      files: { read, exists: none, hasDirectory: none, write: () => Promise.reject(new Error('written')) },
    });
    await lost.ask('initialize', { adapterID: 'trapline', pathFormat: 'path' });
    assert.deepEqual(await lost.refused('launch', { ...LAUNCH, flash: '/no/where' }), {
      id: 608,
      text: 'The folder of /no/where does not exist; make it, or correct the path of "flash" in the launch configuration.',
    });
  });

  it('says in one sentence, once, that it cannot be written, before the session is over', async () => {
    const files = disk();
    const dap = play(files, {
      files: {
        read: (name) => Promise.resolve(files[name]),
        exists: () => Promise.resolve(true),
        hasDirectory: () => Promise.resolve(true),
        write: () => Promise.reject(new FileProblem(false, 'read-only')),
      },
    });
    await dap.launch(LAUNCH);
    dap.worker.emit('flash', { sectors: [{ offset: 0, bytes: Uint8Array.of(7) }] });
    await dap.ask('terminate');
    const said = dap.events.filter(({ event }) => event === 'output' || event === 'terminated');
    assert.deepEqual(
      said.map(({ event, body }) => [event, body?.category, body?.output]),
      [
        [
          'output',
          'important',
          '/w/vars cannot be written (read-only); what the guest stored in its flash is lost unless that is mended before the session ends.\n',
        ],
        ['terminated', undefined, undefined],
      ],
    );
  });
});

describe('debug adapter with a guest that stores', function () {
  this.timeout(30_000);
  let script: string;
  let remove: () => void;
  let folder: string;
  let dc: AdapterClient;

  before(async () => {
    ({ script, remove } = await buildAdapter());
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-flash-'));
  });
  after(() => {
    remove();
    fs.rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    dc = await AdapterClient.begin(script);
  });
  afterEach(() => dc.stop());

  for (const [afterwards, end] of [
    ['spin', () => dc.disconnectRequest()],
    ['sleep', () => dc.disconnectRequest()],
    ['spin', () => Promise.all([dc.waitForEvent('terminated'), dc.terminateRequest({})])],
    // as a client does that goes without a word
    ['spin', () => dc.killed('SIGTERM')],
  ] as const) {
    it(`finds its word again: ${afterwards}, ${end.toString().replace(/^.*dc\./, '')}`, async function () {
      need(this, ...ASSEMBLER);
      const flash = path.join(folder, 'vars');
      const program = path.join(folder, 'guest.bin');
      fs.rmSync(flash, { force: true });
      fs.writeFileSync(program, flashGuest(afterwards));
      const written = dc.assertOutput('stdout', 'w');
      await dc.launched({ program, flash });
      await written;
      await end();
      assert.equal(fs.readFileSync(flash).readUInt32LE(KEPT_AT), KEPT);
      await dc.stop();
      dc = await AdapterClient.begin(script);
      const ended = dc.waitForEvent('terminated');
      await dc.launched({ program, flash });
      await ended;
      assert.equal(dc.console, 'k');
    });
  }
});
