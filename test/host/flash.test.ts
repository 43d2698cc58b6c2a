/** The file behind the second flash goes through VS Code: here into a folder that is on no disk. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { start, until } from './running.js';

/** Where the guest looks, and what for: the second sector of the flash. */
const KEPT_AT = 0x4_0000;
const KEPT = 0x600dcafe;

/** test/support/flash-guest.ts, assembled: it programs the word, says `w` and sleeps, or finds it there, says `k` and powers off. */
const GUEST = [
  0xe3a04409, 0xe3000301, 0xe5840030, 0xe59f5044, 0xe59f6044, 0xe5950000, 0xe1500006, 0x0a000009, 0xe59f0038,
  0xe5850000, 0xe5856000, 0xe59f0030, 0xe5850000, 0xe3a00077, 0xe5840000, 0xf10c01c0, 0xe320f003, 0xeafffffd,
  0xe3a0006b, 0xe5840000, 0xe59f0010, 0xe1400070, 0x04040000, 0x600dcafe, 0x00400040, 0x00ff00ff, 0x84000008,
];

/** A folder in memory; `/locked` can neither be made nor written. */
class MemoryFiles implements vscode.FileSystemProvider {
  readonly onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event;

  constructor(readonly files: Map<string, Uint8Array>) {}

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat({ path }: vscode.Uri): vscode.FileStat {
    if (path === '/') return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: this.find(path).length };
  }

  readFile({ path }: vscode.Uri): Uint8Array {
    return this.find(path);
  }

  /** Throws nothing: VS Code would never write to that file again. */
  writeFile({ path }: vscode.Uri, bytes: Uint8Array): Promise<void> {
    if (path === '/locked') return Promise.reject(vscode.FileSystemError.NoPermissions('locked'));
    this.files.set(path, bytes.slice());
    return Promise.resolve();
  }

  readDirectory(): [string, vscode.FileType][] {
    return [...this.files.keys()].map((path) => [path.slice(1), vscode.FileType.File]);
  }

  createDirectory(): void {
    throw vscode.FileSystemError.NoPermissions();
  }

  delete(): void {
    throw vscode.FileSystemError.NoPermissions();
  }

  rename(): void {
    throw vscode.FileSystemError.NoPermissions();
  }

  private find(path: string): Uint8Array {
    const bytes = this.files.get(path);
    if (!bytes) throw vscode.FileSystemError.FileNotFound(path);
    return bytes;
  }
}

describe('a flash file', () => {
  const files = new Map<string, Uint8Array>();
  let registered: vscode.Disposable;

  before(() => {
    const words = new Uint8Array(4 * GUEST.length);
    GUEST.forEach((word, i) => {
      new DataView(words.buffer).setUint32(4 * i, word, true);
    });
    files.set('/guest.bin', words);
    registered = vscode.workspace.registerFileSystemProvider('flashfs', new MemoryFiles(files));
  });
  after(() => {
    registered.dispose();
  });

  const launch = (flash: string) =>
    start({ type: 'trapline', request: 'launch', name: 'flash', program: 'flashfs:/guest.bin', flash });

  it('is made by the guest that stores something, and found by the next', async () => {
    const first = await launch('flashfs:/vars');
    await until('the word', () => first.console().includes('w'));
    await first.stop();
    const bytes = files.get('/vars');
    assert.ok(bytes, 'no file was made');
    assert.equal(new DataView(bytes.buffer, bytes.byteOffset).getUint32(KEPT_AT, true), KEPT);
    const second = await launch('flashfs:/vars');
    await until('the end', () => second.events.some(({ event }) => event === 'terminated'));
    assert.match(second.console(), /k/);
    await second.stop();
  });

  it('that cannot be written is said to be, in one sentence', async () => {
    const run = await launch('flashfs:/locked');
    const said = await until('the complaint', () =>
      run.events.find(
        ({ event, body }) => event === 'output' && body?.category === 'important' && /flash/.test(String(body.output)),
      ),
    );
    assert.match(
      String(said.body?.output),
      /^flashfs:\/locked cannot be written \(.*locked.*\); what the guest stored [^\n]*\.\n$/,
    );
    await run.stop();
  });
});
