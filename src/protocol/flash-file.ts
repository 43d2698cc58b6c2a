/**
 * The file behind a guest's second flash: takes the sectors that the worker reports and writes them back, one write at a time. What cannot be written is
 * said once and tried again. Knows sessions and the file port; where the files are, the port knows.
 */
import { sessionErrors, type UserError } from '../util/errors.js';
import type { SessionClient } from './client.js';
import type { FlashSector, ImageFile } from './model.js';
import type { FilePort } from './prepare.js';

/** What a flash reads where nothing was programmed. */
const ERASED = 0xff;

export class FlashFile {
  private readonly name: string;
  /** What the file holds, or is to hold once it can be written. */
  private bytes: Uint8Array;
  /** Sectors that came since the last write began. */
  private waiting: FlashSector[] = [];
  private unsaved = false;
  private failing = false;
  private writing: Promise<void> | undefined;

  /**
   * @param file as it was read; its bytes may be given away afterwards
   * @param complain hears of the first write that fails, and of the first after one that did not
   */
  constructor(
    { name, bytes }: ImageFile,
    private readonly files: Pick<FilePort, 'write'>,
    private readonly complain: (error: UserError) => void,
  ) {
    this.name = name;
    this.bytes = bytes.slice();
  }

  /** Takes what changed; the file follows. */
  take(sectors: readonly FlashSector[]): void {
    if (sectors.length === 0) return;
    this.waiting.push(...sectors);
    this.unsaved = true;
    void this.write();
  }

  /** Resolves when everything taken so far is in the file, or one more try has failed. */
  async settle(): Promise<void> {
    await this.writing;
    if (this.unsaved) await this.write();
  }

  private write(): Promise<void> {
    this.writing ??= this.writeAll().finally(() => {
      this.writing = undefined;
    });
    return this.writing;
  }

  private async writeAll(): Promise<void> {
    while (this.unsaved) {
      for (const sector of this.waiting) this.put(sector);
      this.waiting = [];
      this.unsaved = false;
      try {
        await this.files.write(this.name, this.bytes);
        this.failing = false;
      } catch (error) {
        this.unsaved = true;
        if (!this.failing) {
          this.failing = true;
          this.complain(
            sessionErrors.cannotWriteFlash(this.name, error instanceof Error ? error.message : String(error)),
          );
        }
        return;
      }
    }
  }

  private put({ offset, bytes }: FlashSector): void {
    if (offset + bytes.length > this.bytes.length) {
      const longer = new Uint8Array(offset + bytes.length).fill(ERASED);
      longer.set(this.bytes);
      this.bytes = longer;
    }
    this.bytes.set(bytes, offset);
  }
}

/**
 * Lets the file behind the second flash follow the guest; to be called before the launch, which may give the bytes away.
 * @returns ends that, before the session is closed: halts the guest, and resolves when the last is written or could not be
 */
export function followFlash(
  client: SessionClient,
  image: ImageFile,
  files: Pick<FilePort, 'write'>,
  complain: (error: UserError) => void,
): () => Promise<void> {
  const file = new FlashFile(image, files, complain);
  const stop = client.on('flash', ({ sectors }) => {
    file.take(sectors);
  });
  return async () => {
    // a worker that is gone was reported when it went
    await client.request('finish', {}).catch(() => undefined);
    stop();
    await file.settle();
  };
}
