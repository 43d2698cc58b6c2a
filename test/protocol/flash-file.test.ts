import assert from 'node:assert/strict';
import { FlashFile } from '../../src/protocol/flash-file.js';
import { FileProblem } from '../../src/protocol/prepare.js';
import type { UserError } from '../../src/util/errors.js';

/** A disk whose writes end when the test says so. */
class SlowDisk {
  /** What each write was given, as it was when the write ended. */
  readonly written: number[][] = [];
  under = 0;
  most = 0;
  private ends: ((problem?: Error) => void)[] = [];

  write(name: string, bytes: Uint8Array): Promise<void> {
    assert.equal(name, 'vars');
    this.most = Math.max(this.most, ++this.under);
    return new Promise((resolve, reject) => {
      this.ends.push((problem) => {
        this.under--;
        this.written.push([...bytes]);
        if (problem) reject(problem);
        else resolve();
      });
    });
  }

  /** Ends the write that began first. */
  async end(problem?: Error): Promise<void> {
    const end = this.ends.shift();
    assert.ok(end, 'nothing is being written');
    end(problem);
    await turns();
  }
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

function setUp(bytes: readonly number[]) {
  const disk = new SlowDisk();
  const complaints: UserError[] = [];
  const image = { name: 'vars', bytes: Uint8Array.from(bytes) };
  const file = new FlashFile(image, disk, (error) => complaints.push(error));
  const take = (offset: number, ...values: number[]) => {
    file.take([{ offset, bytes: Uint8Array.from(values) }]);
  };
  let settled = false;
  const settle = () => {
    void file.settle().then(() => {
      settled = true;
    });
    return turns();
  };
  return { disk, file, image, complaints, take, settle, isSettled: () => settled };
}

const full = new FileProblem(false, 'no space left');

describe('flash file', () => {
  it('writes the whole file with what changed, padded with ones up to there', async () => {
    const { disk, image, take } = setUp([1, 2, 3]);
    // the bytes of a launch are given away to the worker
    structuredClone(image.bytes.buffer, { transfer: [image.bytes.buffer] });
    take(1, 9);
    await disk.end();
    take(5, 7, 8);
    await disk.end();
    assert.deepEqual(disk.written, [
      [1, 9, 3],
      [1, 9, 3, 0xff, 0xff, 7, 8],
    ]);
  });

  it('makes a file of what was stored where there was none', async () => {
    const { disk, take } = setUp([]);
    take(2, 5);
    await disk.end();
    assert.deepEqual(disk.written, [[0xff, 0xff, 5]]);
  });

  it('writes nothing where nothing changed', async () => {
    const { disk, file, settle, isSettled } = setUp([1]);
    file.take([]);
    await settle();
    assert.equal(isSettled(), true);
    assert.equal(disk.most, 0);
  });

  it('never writes twice at a time, nor changes what is being written; what came meanwhile goes together', async () => {
    const { disk, take } = setUp([0, 0, 0]);
    take(0, 1);
    take(1, 2);
    take(2, 3);
    take(2, 4);
    await turns();
    await disk.end();
    await disk.end();
    assert.deepEqual(disk.written, [
      [1, 0, 0],
      [1, 2, 4],
    ]);
    assert.equal(disk.most, 1);
    assert.equal(disk.under, 0);
  });

  it('settles when the last is written', async () => {
    const { disk, take, settle, isSettled } = setUp([0]);
    take(0, 1);
    take(0, 2);
    await settle();
    assert.equal(isSettled(), false);
    await disk.end();
    assert.equal(isSettled(), false);
    await disk.end();
    assert.equal(isSettled(), true);
    assert.deepEqual(disk.written.at(-1), [2]);
  });

  it('says once what cannot be written, and tries again with all of it', async () => {
    const { disk, complaints, take, settle, isSettled } = setUp([0, 0]);
    take(0, 1);
    await disk.end(full);
    take(1, 2);
    await disk.end(full);
    assert.deepEqual(
      complaints.map(({ number, message }) => [number, message]),
      [
        [
          607,
          'vars cannot be written (no space left); what the guest stored in its flash is lost unless that is mended before the session ends.',
        ],
      ],
    );
    await settle();
    assert.equal(isSettled(), false, 'it does not try a last time');
    await disk.end();
    assert.equal(isSettled(), true);
    assert.deepEqual(disk.written.at(-1), [1, 2]);
  });

  it('settles also when the last try fails', async () => {
    const { disk, complaints, take, settle, isSettled } = setUp([0]);
    take(0, 1);
    await settle();
    await disk.end(full);
    await disk.end(full);
    assert.equal(isSettled(), true);
    assert.equal(disk.under, 0);
    assert.equal(complaints.length, 1);
  });

  it('speaks again when writing fails after it had worked', async () => {
    const { disk, complaints, take } = setUp([0]);
    take(0, 1);
    await disk.end(full);
    take(0, 2);
    await disk.end();
    take(0, 3);
    await disk.end(full);
    assert.equal(complaints.length, 2);
  });
});
