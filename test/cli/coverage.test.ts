/** `trapline run --coverage`: what was executed of a sample's source, against what the sample says on its console and in its source. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { buildCli, type CliProcess } from './process.js';

const root = path.resolve(import.meta.dirname, '../..');
const SOURCE = path.join(root, 'samples/privilege/privilege.s');

describe('trapline run --coverage', function () {
  this.timeout(60_000);
  let cli: CliProcess;
  const lines = fs.readFileSync(SOURCE, 'utf8').split('\n');

  before(async () => {
    cli = await buildCli();
  });
  after(() => {
    cli.remove();
  });

  /** The number of the first line that matches, behind the label. */
  function lineOf(label: string, pattern: RegExp): number {
    const from = lines.findIndex((line) => line.startsWith(`${label}:`));
    return lines.findIndex((line, i) => i > from && pattern.test(line)) + 1;
  }

  async function covered(...options: string[]): Promise<{ text: string; console: string }> {
    const file = path.join(cli.folder, 'privilege.info');
    const args = ['run', path.join(root, 'samples/privilege/privilege.elf'), '--coverage', file, ...options];
    const { code, stdout } = await cli.run(args, '');
    assert.equal(code, 0);
    return { text: fs.readFileSync(file, 'utf8'), console: stdout };
  }

  it('counts lines, functions and both outcomes of conditions; bare and hypervised alike', async () => {
    const { text, console } = await covered();
    assert.match(text, new RegExp(`^TN:privilege_elf\nSF:${SOURCE}\n`));
    // each character goes through the loop of `print`, which each text leaves once
    const [data, characters, texts] = [lineOf('print', /strbne/), console.length, console.trim().split('\n').length];
    assert.match(text, new RegExp(`^DA:${data},${characters + texts}$`, 'm'));
    assert.match(text, new RegExp(`^BRDA:${data},0,0,${characters}\nBRDA:${data},0,1,${texts}$`, 'm'));
    assert.match(text, new RegExp(`^FNDA:${texts},print$`, 'm'));
    for (const options of [
      ['--mode', 'bare'],
      ['--level', '0'],
      ['--level', '2'],
    ]) {
      assert.equal((await covered(...options)).text, text, options.join(' '));
    }
  });

  it('says before the run that the file cannot be written', async () => {
    const file = path.join(cli.folder, 'nowhere/c.info');
    const { code, stderr, stdout } = await cli.run(
      ['run', path.join(root, 'samples/hello/hello.elf'), '--coverage', file],
      '',
    );
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^trapline: --coverage .*nowhere\/c\.info cannot be written: ENOENT/m);
  });
});
