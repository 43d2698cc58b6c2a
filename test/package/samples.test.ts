/** The ELF files of the samples are what their sources make, byte for byte, wherever they are built. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildSample, samples } from '../../scripts/build-samples.mjs';
import { buildRtos } from '../../scripts/lib/rtos.mjs';
import { inRepo } from '../../scripts/lib/repo.mjs';
import { need } from '../support/tools.js';

describe('the ELF files of the samples', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-samples-'));
  });
  after(() => {
    fs.rmSync(folder, { recursive: true });
  });

  const assertCommitted = (sample: string, built: string): void => {
    const committed = fs.readFileSync(inRepo('samples', sample, path.basename(built)));
    const same = committed.equals(fs.readFileSync(built));
    assert.ok(same, `${path.basename(built)} is not what its sources make: node scripts/build-samples.mjs`);
  };

  for (const name of samples) {
    it(`${name} is what its source makes`, function () {
      need(this, 'arm-none-eabi-as', 'arm-none-eabi-ld');
      assertCommitted(name, buildSample(name, folder));
    });
  }

  it('rtos is what its sources make, for both boards', function () {
    need(this, 'arm-none-eabi-gcc', 'make');
    for (const built of buildRtos(folder)) assertCommitted('rtos', built);
  });
});
