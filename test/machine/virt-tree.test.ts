import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDeviceTree, type DeviceTreeNode } from '../../src/machine/fdt.js';
import { virtDeviceTree } from '../../src/machine/virt-tree.js';
import { need } from '../support/tools.js';

/** The tree as text: every node with its properties, in order. */
function lines(node: DeviceTreeNode, path = ''): string[] {
  const here = `${path}${node.name}/`;
  return [
    here,
    ...Array.from(node.properties, ([name, value]) => `${here} ${name} = ${Buffer.from(value).toString('hex')}`),
    ...node.children.flatMap((child) => lines(child, here)),
  ];
}

function ours(options: Parameters<typeof virtDeviceTree>[0]): string[] {
  return lines(parseDeviceTree(virtDeviceTree(options)).root);
}

/** Seeds of random numbers: never in our tree, and in QEMU's unless it is told. */
const isSeed = (line: string) => /\/chosen\/ (rng|kaslr)-seed = /.test(line);

describe('virt-tree', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'virt-tree-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('is the tree that a guest was seen to be handed, less the seeds', function () {
    need(this, 'dtc');
    const source = readFileSync(new URL('../oracles/virt/virt-highmem-off.dts', import.meta.url));
    const blob = spawnSync('dtc', ['-q', '-I', 'dts', '-O', 'dtb'], { input: source }).stdout;
    const seen = lines(parseDeviceTree(blob).root);
    assert.ok(seen.some(isSeed));
    const options = {
      ramSize: 0x1000_0000,
      cpu: 'cortex-a15',
      bootargs: 'console=ttyAMA0 rdinit=/init cryptomgr.notests quiet',
      initrd: { start: 0x4800_0000, end: 0x480d_7b4a },
    };
    assert.deepEqual(
      ours(options),
      seen.filter((line) => !isSeed(line)),
    );
  });

  for (const [cpu, megabytes] of [
    ['cortex-a7', 64],
    ['cortex-a15', 1024],
    ['cortex-a15', 3072],
  ] as const) {
    it(`is QEMU's own for ${cpu} with ${megabytes} MiB`, function () {
      need(this, 'qemu-system-arm', 'dtc');
      const file = join(folder, `${cpu}-${megabytes}.dtb`);
      const machine = `virt,gic-version=2,highmem=off,dtb-randomness=off,dumpdtb=${file}`;
      const quiet = ['-display', 'none', '-nodefaults'];
      spawnSync('qemu-system-arm', ['-M', machine, '-cpu', cpu, '-m', `${megabytes}`, ...quiet]);
      const theirs = readFileSync(file);
      const tree = parseDeviceTree(theirs);
      assert.deepEqual(ours({ ramSize: megabytes * 2 ** 20, cpu }), lines(tree.root));
      assert.equal(virtDeviceTree({ ramSize: megabytes * 2 ** 20, cpu }).length, theirs.length);
      const dts = (blob: Uint8Array) =>
        spawnSync('dtc', ['-q', '-I', 'dtb', '-O', 'dts'], { input: blob }).stdout.toString();
      assert.equal(dts(tree.toBytes()), dts(theirs), 'parsed and written again');
    });
  }

  it('tells whether PSCI answers, and stays small where memory is', () => {
    const blob = virtDeviceTree({ ramSize: 1 << 20, cpu: 'cortex-a7', psci: false });
    assert.ok(blob.length < 0x4000, `${blob.length} bytes`);
    const tree = parseDeviceTree(blob);
    assert.equal(tree.find('/psci'), undefined);
    assert.deepEqual(tree.find('/cpus/cpu@0')?.readStrings('compatible'), ['arm,cortex-a7']);
    assert.deepEqual(tree.find('/memory@40000000')?.readCells('reg'), [0, 0x4000_0000, 0, 1 << 20]);
  });

  it('is no error to the device tree compiler', function () {
    need(this, 'dtc');
    const file = join(folder, 'ours.dtb');
    writeFileSync(file, virtDeviceTree({ ramSize: 1 << 28, cpu: 'cortex-a15', bootargs: 'quiet' }));
    const { status, stderr } = spawnSync('dtc', ['-I', 'dtb', '-O', 'dtb', '-o', '/dev/null', file]);
    assert.equal(status, 0, stderr.toString());
    assert.doesNotMatch(stderr.toString(), /ERROR/);
  });
});
