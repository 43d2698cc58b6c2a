/** Names of interrupt lines, against the device tree that the guest is given. */
import assert from 'node:assert/strict';
import { parseDeviceTree, type DeviceTreeNode } from '../../src/machine/fdt.js';
import { raspi1LineNames, virtLineNames } from '../../src/machine/interrupt-lines.js';
import { virtDeviceTree } from '../../src/machine/virt-tree.js';

/** Interrupt IDs by the path of each node that has some. */
function interruptsOf(node: DeviceTreeNode, path: string): readonly (readonly [id: number, path: string])[] {
  const bytes = node.properties.get('interrupts');
  const own: (readonly [number, string])[] = [];
  if (bytes !== undefined && node.name !== 'gpio-keys') {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + 12 <= bytes.byteLength; at += 12) {
      own.push([view.getUint32(at + 4) + (view.getUint32(at) === 1 ? 16 : 32), path]);
    }
  }
  return [...own, ...node.children.flatMap((child) => interruptsOf(child, `${path}/${child.name}`))];
}

describe('names of interrupt lines', () => {
  it('on virt are those of the nodes in the device tree', () => {
    const tree = parseDeviceTree(virtDeviceTree({ ramSize: 1 << 27, cpu: 'cortex-a15' }));
    const names = virtLineNames();
    const told = interruptsOf(tree.root, '');
    assert.ok(told.length > 35, `${told.length} interrupts in the tree`);
    for (const [id, path] of told) assert.equal(names.get(id)?.node, path, `interrupt ${id}`);
    for (const { node } of names.values()) {
      const steps = (node ?? '').split('/').slice(1);
      let at: DeviceTreeNode | undefined = tree.root;
      for (const step of steps) at = at?.child(step);
      assert.ok(at, `${node} is in the tree`);
    }
  });

  it('on raspi1 are there for every line that the board or the chip uses', () => {
    const names = raspi1LineNames();
    for (let line = 0; line < 72; line++) assert.ok(names.has(line), `line ${line}`);
    assert.equal(names.get(57)?.name, 'pl011');
    assert.equal(names.get(64)?.name, 'ARM timer');
  });
});
