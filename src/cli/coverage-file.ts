/** The file of `--coverage`: opened before the guest runs, so that a mistake is said at once, and written when it has run. */
import fs from 'node:fs';
import path from 'node:path';
import type { SessionClient } from '../protocol/client.js';
import type { LaunchConfiguration } from '../protocol/configuration.js';
import { lcovText } from '../protocol/lcov.js';
import { baseOf, locateSource } from '../protocol/locate-source.js';
import type { FileCoverageInfo } from '../protocol/views/coverage.js';
import { sessionErrors } from '../util/errors.js';

export class CoverageFile {
  private readonly descriptor: number;
  private readonly images: readonly string[];

  /** @throws UserError 660 if it cannot be written */
  constructor(name: string, { program, kernel, bios, symbols }: LaunchConfiguration) {
    this.images = [program, kernel, bios, ...symbols.map(({ file }) => file)].filter((file) => file !== undefined);
    try {
      this.descriptor = fs.openSync(name, 'w');
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw sessionErrors.usage(`--coverage ${name} cannot be written: ${why}.`);
    }
  }

  /** Writes what was executed. Sources that are found have their full paths. */
  async write(client: SessionClient): Promise<void> {
    const files = await client.request('coverage', {});
    const found = await Promise.all(files.map((file) => this.located(file)));
    const [image = 'guest'] = this.images;
    fs.writeSync(this.descriptor, lcovText(found, baseOf(image)));
  }

  private async located(file: FileCoverageInfo): Promise<FileCoverageInfo> {
    const exists = (candidate: string): Promise<boolean> => Promise.resolve(fs.existsSync(candidate));
    const images = this.images.map((image) => path.resolve(image));
    return { ...file, path: (await locateSource(file.path, { images, known: [], exists })) ?? file.path };
  }

  close(): void {
    fs.closeSync(this.descriptor);
  }
}
