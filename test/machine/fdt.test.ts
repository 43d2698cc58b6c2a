import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { DeviceTree, DeviceTreeError, parseDeviceTree } from '../../src/machine/fdt.js';
import { need } from '../support/tools.js';

/** Source text of a blob as the device tree compiler gives it, or why not. */
function dtc(
  from: 'dtb' | 'dts',
  to: 'dtb' | 'dts',
  input: Uint8Array | string,
): { output: Buffer; complaints: string } {
  const result = spawnSync('dtc', ['-q', '-I', from, '-O', to], { input });
  return { output: result.stdout, complaints: result.status === 0 ? '' : result.stderr.toString() };
}

function sample(): DeviceTree {
  const tree = new DeviceTree(7);
  const handle = tree.allocatePhandle();
  tree.root.cells('#address-cells', 2).strings('compatible', 'a,b', 'c');
  const node = tree.root.add('intc@8000000').cells('phandle', handle).flag('interrupt-controller');
  node.add('child').bytes('mac', Uint8Array.of(1, 2, 3, 4, 5));
  tree.root.add('memory@40000000').wideCells('reg', 0x4000_0000, 0x1_8000_0000).cells('parent', handle);
  tree.reservations.push({ address: 0x4800_0000, size: 0x1_0000_1000 });
  tree.bootCpu = 3;
  return tree;
}

describe('fdt', () => {
  it('lays out the header as version 17', () => {
    const blob = sample().toBytes();
    const view = new DataView(blob.buffer);
    const word = (at: number) => view.getUint32(at);
    assert.deepEqual([word(0), word(4), word(20), word(24), word(28)], [0xd00dfeed, blob.length, 17, 16, 3]);
    assert.equal(word(16) % 8, 0);
    assert.equal(word(8), word(16) + 32, 'one reservation and the end mark');
    assert.equal(word(12), word(8) + word(36));
    assert.ok(word(12) + word(32) <= blob.length);
    assert.equal(word(word(8)), 1);
    assert.equal(word(word(12) - 4), 9);
  });

  it('parses what it has written', () => {
    const tree = parseDeviceTree(sample().toBytes());
    assert.equal(tree.bootCpu, 3);
    assert.deepEqual(tree.reservations, [{ address: 0x4800_0000, size: 0x1_0000_1000 }]);
    assert.deepEqual(tree.root.readStrings('compatible'), ['a,b', 'c']);
    assert.deepEqual(tree.find('/memory@40000000')?.readCells('reg'), [0, 0x4000_0000, 1, 0x8000_0000]);
    assert.deepEqual(tree.find('/intc@8000000')?.readCells('phandle'), [7]);
    assert.equal(tree.find('/intc@8000000')?.properties.get('interrupt-controller')?.length, 0);
    assert.deepEqual([...(tree.find('/intc@8000000/child')?.properties.get('mac') ?? [])], [1, 2, 3, 4, 5]);
    assert.equal(tree.find('/intc@8000000/none'), undefined);
    assert.equal(tree.find('/'), tree.root);
    assert.equal(tree.allocatePhandle(), 8, 'a handle that the tree does not have');
    assert.deepEqual(tree.toBytes(), sample().toBytes());
  });

  it('leaves room where it is asked to', () => {
    const small = sample().toBytes();
    const roomy = sample().toBytes(0x4000);
    assert.equal(roomy.length, 0x4000);
    assert.equal(new DataView(roomy.buffer).getUint32(4), 0x4000);
    assert.deepEqual(parseDeviceTree(roomy).toBytes(), small);
  });

  it('reads values as what they can be', () => {
    const { root } = new DeviceTree();
    root
      .bytes('odd', Uint8Array.of(1, 2, 3))
      .strings('none')
      .flag('empty');
    assert.equal(root.readCells('odd'), undefined);
    assert.equal(root.readStrings('odd'), undefined);
    assert.equal(root.readStrings('missing'), undefined);
    assert.deepEqual(root.readCells('empty'), []);
  });

  it('is understood by the device tree compiler', function () {
    need(this, 'dtc');
    const { output, complaints } = dtc('dtb', 'dts', sample().toBytes());
    assert.equal(complaints, '');
    const source = output.toString();
    assert.match(source, /\/memreserve\/\s+0x0*48000000 0x0*100001000;/);
    assert.match(source, /compatible = "a,b\\0c";/);
    assert.match(source, /mac = \[01 02 03 04 05\];/);
    assert.match(source, /reg = <0x00 0x40000000 0x01 0x80000000>;/);
  });

  it("parses the compiler's blobs, and writes the same tree", function () {
    need(this, 'dtc');
    const source = `/dts-v1/; /memreserve/ 0x1000 0x2000;
      / { a = <1 2>; s = "x", "y"; l: node@1 { phandle = <&l>; b = [01 02 03]; deep { deeper { e; }; }; }; q { r = <&l 4>; }; };`;
    const theirs = dtc('dts', 'dtb', source).output;
    const ours = parseDeviceTree(theirs).toBytes();
    assert.equal(dtc('dtb', 'dts', ours).output.toString(), dtc('dtb', 'dts', theirs).output.toString());
  });

  it('skips what NOPs have blanked out', () => {
    const blob = sample().toBytes();
    const view = new DataView(blob.buffer);
    const structure = view.getUint32(8);
    // The root's first property: token, length, name, one cell.
    for (let at = structure + 8; at < structure + 24; at += 4) view.setUint32(at, 4);
    const tree = parseDeviceTree(blob);
    assert.deepEqual([...tree.root.properties.keys()], ['compatible']);
  });

  describe('refuses', () => {
    const cases: [string, (view: DataView, structure: number) => Uint8Array | void, RegExp][] = [
      ['too few bytes', (view) => new Uint8Array(view.buffer).subarray(0, 20), /no device tree header/],
      ['another magic number', (view) => view.setUint32(0, 0xd00dfeee), /no device tree header/],
      ['an old version', (view) => view.setUint32(20, 3), /version 3/],
      [
        'a blob shorter than it says',
        (view) => new Uint8Array(view.buffer).subarray(0, view.byteLength - 8),
        /cut short/,
      ],
      ['a structure outside', (view) => view.setUint32(8, 0xfffffff0), /cut short/],
      ['an unaligned structure', (view) => view.setUint32(8, view.getUint32(8) + 1), /cut short/],
      ['reservations without an end', (view) => view.setUint32(16, view.byteLength - 16), /cut short/],
      ['an unknown token', (view, at) => view.setUint32(at, 77), /unknown token 0x4d/],
      ['a node end before any node', (view, at) => view.setUint32(at, 2), /never began/],
      [
        'a property outside nodes',
        (view, at) => (view.setUint32(at, 3), view.setUint32(at + 4, 0)),
        /outside every node/,
      ],
      ['an end inside a node', (view, at) => view.setUint32(at + 8, 9), /root node does not end/],
      ['a property longer than the blob', (view, at) => view.setUint32(at + 12, 0x7fffffff), /property is cut short/],
      ['a name outside', (view, at) => view.setUint32(at + 16, 0x7fffffff), /name does not end/],
      [
        'nesting without end',
        () => {
          const tree = new DeviceTree();
          for (let i = 0, node = tree.root; i < 200; i++) node = node.add('n');
          return tree.toBytes();
        },
        /too deeply/,
      ],
      [
        'an endless name',
        () => {
          const tree = new DeviceTree();
          tree.root.flag('x'.repeat(300));
          return tree.toBytes();
        },
        /name does not end/,
      ],
      [
        'two roots',
        () => {
          const tree = new DeviceTree();
          tree.root.add('second');
          const blob = tree.toBytes();
          const words = new DataView(blob.buffer);
          // {root {second} } becomes {root} {second} by moving the root's end in front.
          const start = words.getUint32(8);
          words.setUint32(start + 8, 2);
          words.setUint32(start + 12, 1);
          words.setUint32(start + 16, 0);
          return blob;
        },
        /follows its root/,
      ],
    ];
    for (const [name, damage, message] of cases) {
      it(name, () => {
        const blob = sample().toBytes();
        const view = new DataView(blob.buffer);
        const damaged = damage(view, view.getUint32(8)) ?? blob;
        assert.throws(
          () => parseDeviceTree(damaged),
          (error: unknown) => error instanceof DeviceTreeError && message.test(error.message),
        );
      });
    }

    it('or reads, but never throws anything else, for any single damaged byte', () => {
      const blob = sample().toBytes();
      for (let i = 0; i < blob.length; i++) {
        for (const value of [0, 0x7f, 0xff]) {
          const damaged = blob.slice();
          damaged[i] = value;
          try {
            parseDeviceTree(damaged);
          } catch (error) {
            assert.ok(error instanceof DeviceTreeError, `byte ${i} = ${value}: ${String(error)}`);
          }
        }
      }
    });
  });
});
