import assert from 'node:assert/strict';
import fs from 'node:fs';
import { FwCfgKey } from '../../src/devices/fw-cfg.js';
import { Psr } from '../../src/arm/modes.js';
import { DeviceTree, parseDeviceTree } from '../../src/machine/fdt.js';
import { checkRamSize, planImages, type GuestImages, type LoadPlan } from '../../src/machine/images.js';
import { FLASH_SIZE, virtMap } from '../../src/machine/virt-map.js';
import { virtTarget } from '../../src/machine/virt.js';
import { virtDeviceTree } from '../../src/machine/virt-tree.js';
import { UserError } from '../../src/util/errors.js';
import { MIB, TestGuest, type Way } from '../support/guest.js';

const RAM = virtMap.ram.base;
const BOTH: readonly Way[] = [{ engine: 'reference' }, { engine: 'reference', level: 1 }];

function file(name: string, length: number, fill = 0x55): { name: string; bytes: Uint8Array } {
  return { name, bytes: new Uint8Array(length).fill(fill) };
}

/** A file that begins as a zImage does. */
function zImage(length = 4096): { name: string; bytes: Uint8Array } {
  const image = file('zImage', length);
  new DataView(image.bytes.buffer).setUint32(0x24, 0x016f_2818, true);
  return image;
}

interface Segment {
  readonly vaddr: number;
  readonly paddr: number;
  readonly bytes: readonly number[];
  readonly memSize?: number;
  readonly type?: number;
}

/** An ELF file without sections. */
function elf(entry: number, ...segments: readonly Segment[]): { name: string; bytes: Uint8Array } {
  const start = 52 + 32 * segments.length;
  const bytes = new Uint8Array(start + segments.reduce((sum, s) => sum + s.bytes.length, 0));
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, 40, true);
  view.setUint32(24, entry, true);
  view.setUint32(28, 52, true);
  view.setUint16(42, 32, true);
  view.setUint16(44, segments.length, true);
  let at = start;
  segments.forEach((s, i) => {
    const words = [s.type ?? 1, at, s.vaddr, s.paddr, s.bytes.length, s.memSize ?? s.bytes.length, 5, 4];
    words.forEach((word, k) => view.setUint32(52 + 32 * i + 4 * k, word, true));
    bytes.set(s.bytes, at);
    at += s.bytes.length;
  });
  return { name: 'a.elf', bytes };
}

/** Plans a launch on the virt board. */
function plan(images: Partial<GuestImages>, ramSize = 64 * MIB): LoadPlan {
  return planImages(virtTarget({ ramSize, cpu: 'cortex-a15' }), { loads: [], ...images });
}

function refusal(images: Partial<GuestImages>, ramSize?: number): number {
  try {
    plan(images, ramSize);
  } catch (reason) {
    if (reason instanceof UserError) return reason.number;
    throw reason;
  }
  return 0;
}

/** Where each image went: name, address, length. */
function places({ images }: LoadPlan): (string | number)[][] {
  return images.map(({ name, address, length }) => [name, address, length]);
}

function treeOf({ images, deviceTree }: LoadPlan): DeviceTree {
  return parseDeviceTree(images.find(({ address }) => address === deviceTree)!.bytes);
}

const TREE = virtDeviceTree({ ramSize: 64 * MIB, cpu: 'cortex-a15' }).length;

describe('images', () => {
  describe('are placed', () => {
    it('a raw program 64 KiB into RAM, with the device tree where it fits', () => {
      const small = plan({ program: file('p', 100) }, 16 * MIB);
      assert.equal(small.start.pc, RAM + 0x1_0000);
      assert.equal(small.deviceTree, RAM);
      const roomy = plan({ program: file('p', 100) });
      assert.deepEqual(places(roomy), [
        ['p', RAM + 0x1_0000, 100],
        ['the device tree', RAM + 0x1_1000, TREE],
      ]);
      assert.equal(roomy.start.r2, RAM + 0x1_1000);
    });

    it('an ELF program by the physical addresses of its segments', () => {
      const program = elf(
        RAM + 0x20_0001,
        { vaddr: RAM + 0x20_0000, paddr: RAM + 0x20_0000, bytes: [1, 2, 3, 4], memSize: 8 },
        { vaddr: RAM + 0x30_0000, paddr: RAM + 0x40_0000, bytes: [5] },
        { vaddr: 0, paddr: 0, bytes: [6], type: 4 },
        { vaddr: 0, paddr: 0, bytes: [], memSize: 0 },
      );
      const { images, start, elfs, deviceTree } = plan({ program });
      assert.deepEqual(
        images.slice(0, 2).map(({ address, length, bytes }) => [address, length, ...bytes]),
        [
          [RAM + 0x20_0000, 8, 1, 2, 3, 4],
          [RAM + 0x40_0000, 1, 5],
        ],
      );
      assert.deepEqual([start.pc, start.thumb, start.r0, start.r1, start.r2], [RAM + 0x20_0000, true, 0, 0, RAM]);
      assert.equal(start.cpsr & 0x1ff, 0x13 | Psr.A | Psr.I | Psr.F);
      assert.equal(elfs.length, 1);
      assert.equal(deviceTree, RAM);
    });

    it('an ELF file whose entry is a virtual address, at the physical one', () => {
      const program = elf(0xc000_8004, { vaddr: 0xc000_8000, paddr: RAM + 0x20_8000, bytes: [1, 2, 3, 4, 5, 6, 7, 8] });
      assert.equal(plan({ program }).start.pc, RAM + 0x20_8004);
    });

    it('extra files at their addresses, the last of which starts if nothing else does', () => {
      const loads = [
        { file: file('a', 16), address: RAM + 0x10_0000 },
        { file: file('b', 16), address: RAM + 0x20_0001 },
      ];
      const alone = plan({ loads });
      assert.deepEqual([alone.start.pc, alone.start.thumb], [RAM + 0x20_0000, false]);
      assert.deepEqual(places(alone).slice(0, 2), [
        ['a', RAM + 0x10_0000, 16],
        ['b', RAM + 0x20_0001, 16],
      ]);
      assert.equal(plan({ loads, program: file('p', 4) }).start.pc, RAM + 0x1_0000);
    });

    it('a kernel, its RAM disk and device tree by the boot protocol', () => {
      const { start, images, deviceTree } = plan({ kernel: zImage(), initrd: file('initrd', 5000), append: 'quiet' });
      assert.deepEqual(
        images.map(({ name, address }) => [name, address]),
        [
          ['zImage', RAM + 0x1_0000],
          ['initrd', RAM + 32 * MIB],
          ['the device tree', RAM + 32 * MIB + 0x2000],
        ],
      );
      assert.deepEqual([start.pc, start.r0, start.r1, start.r2], [RAM + 0x1_0000, 0, -1, deviceTree]);
      const chosen = parseDeviceTree(images[2].bytes).find('/chosen')!;
      assert.deepEqual(chosen.readStrings('bootargs'), ['quiet']);
      assert.deepEqual(chosen.readCells('linux,initrd-start'), [RAM + 32 * MIB]);
      assert.deepEqual(chosen.readCells('linux,initrd-end'), [RAM + 32 * MIB + 5000]);
    });

    it("the device tree of a kernel out of the way of the kernel's unpacking", () => {
      assert.equal(plan({ kernel: zImage() }).deviceTree, RAM + 32 * MIB);
      assert.equal(plan({ kernel: zImage() }, 1024 * MIB).deviceTree, RAM + 128 * MIB);
      const large = plan({ kernel: zImage(40 * MIB), initrd: file('initrd', 8) });
      assert.deepEqual(places(large)[1], ['initrd', RAM + 40 * MIB + 0x1_0000, 8]);
    });

    it('a kernel for firmware in fw_cfg, where the guest finds it', () => {
      for (const way of BOTH) {
        const { guest } = new TestGuest(way, {
          images: {
            bios: file('bios', 4096),
            kernel: zImage(),
            initrd: file('initrd', 7, 0x77),
            append: 'hi',
            loads: [],
          },
          memory: 4 * MIB,
        });
        const { plan: made, bus, cpu } = guest;
        assert.deepEqual([made.start.pc, made.start.r2, made.deviceTree], [0, 0, RAM]);
        assert.deepEqual(places(made).length, 1, 'only the device tree is in RAM');
        const item = (key: number, length: number): number[] => {
          bus.write(virtMap.fwCfg.base + 8, 2, ((key & 0xff) << 8) | (key >>> 8));
          return Array.from({ length }, () => bus.read(virtMap.fwCfg.base, 1));
        };
        assert.deepEqual(item(FwCfgKey.kernelSize, 4), [0, 0x10, 0, 0]);
        assert.deepEqual(item(FwCfgKey.kernelData, 0x26).slice(0x24), [0x18, 0x28]);
        assert.deepEqual(item(FwCfgKey.initrdSize, 4), [7, 0, 0, 0]);
        assert.deepEqual(item(FwCfgKey.initrdData, 8), [...Array.from({ length: 7 }, () => 0x77), 0]);
        assert.deepEqual(item(FwCfgKey.commandLineSize, 4), [3, 0, 0, 0]);
        assert.deepEqual(item(FwCfgKey.commandLineData, 3), [0x68, 0x69, 0]);
        assert.equal(bus.read(RAM, 4) >>> 0, 0xedfe_0dd0, 'the device tree is at the start of RAM');
        assert.equal(cpu.state[16], 0);
      }
    });

    it('flash images in flash, and everything else as it was at power-on', () => {
      for (const way of BOTH) {
        const { guest } = new TestGuest(way, {
          images: { bios: file('bios', 8), flash1: file('vars', 4, 0x66), program: file('p', 4, 0x11), loads: [] },
          memory: 2 * MIB,
        });
        const word = (pa: number): number => guest.bus.read(pa, 4) >>> 0;
        assert.deepEqual([word(0), word(4), word(FLASH_SIZE)], [0x5555_5555, 0x5555_5555, 0x6666_6666]);
        assert.deepEqual([word(RAM + 0x1_0000), word(RAM + 0x1_0004)], [0x1111_1111, 0]);
        assert.equal(guest.cpu.state[16], 0, 'firmware runs first');
      }
    });

    it('the part of a segment that the file does not have as zeros, also the second time', () => {
      for (const way of BOTH) {
        const program = elf(RAM, { vaddr: RAM, paddr: RAM, bytes: [1, 2, 3, 4], memSize: 12 });
        const { guest } = new TestGuest(way, { images: { program, loads: [] }, memory: 2 * MIB });
        guest.bus.write(RAM + 8, 4, 99);
        guest.bus.write(RAM, 4, 99);
        guest.reset();
        assert.deepEqual([guest.bus.read(RAM, 4), guest.bus.read(RAM + 8, 4)], [0x0403_0201, 0]);
      }
    });
  });

  describe("a user's own device tree", () => {
    /** Cells of two for addresses and sizes; a memory that is not ours. */
    function tree(addressCells = 2, sizeCells = 2): DeviceTree {
      const made = new DeviceTree();
      made.root.cells('#address-cells', addressCells).cells('#size-cells', sizeCells).strings('model', 'mine');
      made.root.add('memory@80000000').strings('device_type', 'memory').cells('reg', 0, 0x8000_0000, 0, 0x1000);
      made.root.add('memory').strings('device_type', 'memory');
      made.root.add('chosen').strings('bootargs', 'theirs').strings('stdout-path', '/uart');
      return made;
    }
    const dtb = (made: DeviceTree): { name: string; bytes: Uint8Array } => ({ name: 'my.dtb', bytes: made.toBytes() });

    it('says how much memory there is, in cells of its own', () => {
      for (const [addressCells, sizeCells, reg] of [
        [2, 2, [0, RAM, 0, 64 * MIB]],
        [1, 1, [RAM, 64 * MIB]],
        [2, 1, [0, RAM, 64 * MIB]],
      ] as const) {
        const { root } = treeOf(plan({ program: file('p', 4), dtb: dtb(tree(addressCells, sizeCells)) }));
        const memories = root.children.filter(({ name }) => name.startsWith('memory'));
        assert.deepEqual(
          memories.map((node) => [node.name, node.readCells('reg'), node.readStrings('device_type')]),
          [['memory@40000000', reg, ['memory']]],
        );
        assert.deepEqual(root.readStrings('model'), ['mine']);
      }
      const plain = new DeviceTree();
      assert.deepEqual(
        treeOf(plan({ dtb: dtb(plain) }))
          .find('/memory@40000000')
          ?.readCells('reg'),
        [0, RAM, 64 * MIB],
      );
    });

    it('hands on command line and RAM disk, and keeps what it has where the launch says nothing', () => {
      const given = treeOf(plan({ kernel: zImage(), initrd: file('i', 100), append: 'ours', dtb: dtb(tree()) })).find(
        '/chosen',
      )!;
      assert.deepEqual(given.readStrings('bootargs'), ['ours']);
      assert.deepEqual(given.readCells('linux,initrd-start'), [RAM + 32 * MIB]);
      assert.deepEqual(given.readCells('linux,initrd-end'), [RAM + 32 * MIB + 100]);
      assert.deepEqual(given.readStrings('stdout-path'), ['/uart']);
      const kept = treeOf(plan({ kernel: zImage(), append: '', dtb: dtb(tree()) })).find('/chosen')!;
      assert.deepEqual(kept.readStrings('bootargs'), ['theirs']);
      assert.equal(kept.readCells('linux,initrd-start'), undefined);
      assert.deepEqual(
        treeOf(plan({ append: 'x', dtb: dtb(new DeviceTree()) }))
          .find('/chosen')
          ?.readStrings('bootargs'),
        ['x'],
      );
    });

    it('has room for a guest that edits it', () => {
      const bytes = tree().toBytes();
      const { images, deviceTree } = plan({ dtb: { name: 'd', bytes } });
      assert.equal(images.find(({ address }) => address === deviceTree)!.length, 2 * bytes.length);
    });

    it('is refused if it is none', () => {
      assert.equal(refusal({ dtb: file('d', 100) }), 111);
      assert.equal(refusal({ dtb: file('d', 0) }), 111);
      assert.equal(refusal({ dtb: { name: 'd', bytes: tree().toBytes().subarray(0, 90) } }), 111);
      assert.equal(refusal({ dtb: dtb(tree(0)) }), 111);
      assert.equal(refusal({ dtb: dtb(tree(3)) }), 111);
    });
  });

  describe('are refused', () => {
    const hello = new Uint8Array(fs.readFileSync(new URL('../../samples/hello/hello.elf', import.meta.url)));

    it('when they are empty', () => {
      const empty = file('e', 0);
      for (const images of [
        { program: empty },
        { kernel: empty },
        { kernel: empty, bios: file('b', 4) },
        { bios: empty },
        { kernel: zImage(), initrd: empty },
        { loads: [{ file: empty, address: RAM }] },
      ]) {
        assert.equal(refusal(images), 100, JSON.stringify(images));
      }
    });

    it('when they are damaged, or for another machine', () => {
      assert.equal(refusal({ program: { name: 'h', bytes: hello.subarray(0, hello.length - 8) } }), 101);
      const with8 = (offset: number, value: number): Uint8Array => {
        const bytes = hello.slice();
        bytes[offset] = value;
        return bytes;
      };
      assert.equal(refusal({ program: { name: 'h', bytes: with8(4, 2) } }), 102);
      assert.equal(refusal({ kernel: { name: 'h', bytes: with8(5, 2) } }), 103);
      assert.equal(refusal({ loads: [{ file: { name: 'h', bytes: with8(18, 62) }, address: RAM }] }), 104);
      assert.equal(refusal({ program: { name: 'h', bytes: with8(46, 8) } }), 105);
    });

    it('when they have nothing to load', () => {
      assert.equal(refusal({ program: elf(0) }), 106);
      assert.equal(refusal({ program: elf(0, { vaddr: 0, paddr: 0, bytes: [1], type: 4 }) }), 106);
    });

    it('when they lie outside memory', () => {
      assert.equal(refusal({ program: file('p', 4 * MIB) }, 2 * MIB), 107);
      assert.equal(refusal({ program: elf(0, { vaddr: 0, paddr: 0, bytes: [1] }) }), 107);
      assert.equal(refusal({ program: elf(0, { vaddr: 0, paddr: RAM + 64 * MIB - 2, bytes: [1], memSize: 3 }) }), 107);
      assert.equal(refusal({ program: elf(0, { vaddr: 0, paddr: RAM, bytes: [1], memSize: 0xffff_ffff }) }), 107);
      assert.equal(refusal({ loads: [{ file: file('l', 4), address: RAM - 2 }] }), 107);
      assert.equal(refusal({ loads: [{ file: file('l', 4), address: 0xffff_fffe }] }), 107);
    });

    it('when they overlap', () => {
      const at = (address: number) => ({ file: file(`at ${address.toString(16)}`, 16), address });
      assert.equal(refusal({ loads: [at(RAM + 32), at(RAM + 40)] }), 108);
      assert.equal(refusal({ loads: [at(RAM + 40), at(RAM + 32)] }), 108);
      assert.equal(refusal({ loads: [at(RAM + 32), at(RAM + 48)] }), 0);
      assert.equal(refusal({ program: file('p', 4), loads: [at(RAM + 0x1_0000)] }), 108);
      const wide = { file: file('wide', 0x1000), address: RAM };
      assert.equal(refusal({ loads: [wide, at(RAM + 16), at(RAM + 0x800)] }), 108);
    });

    it('when a flash is too small for them', () => {
      assert.equal(refusal({ bios: file('b', FLASH_SIZE + 1) }), 109);
      assert.equal(refusal({ flash1: file('f', FLASH_SIZE + 1) }), 109);
      assert.equal(refusal({ bios: file('b', FLASH_SIZE) }), 0);
    });

    it('when a kernel is none', () => {
      assert.equal(refusal({ kernel: file('k', 4096) }), 110);
      assert.equal(refusal({ kernel: file('k', 10) }), 110);
    });

    it('when there is no room for RAM disk or device tree', () => {
      assert.equal(refusal({ kernel: zImage(), initrd: file('i', 40 * MIB) }), 112);
      assert.equal(refusal({ loads: [{ file: file('all', MIB), address: RAM }] }, MIB), 112);
    });
  });

  it('RAM sizes are checked', () => {
    for (const bytes of [0, -MIB, MIB / 2, MIB + 1, NaN, Infinity, 4096 * MIB]) {
      assert.throws(
        () => checkRamSize(bytes, MIB, 3072 * MIB),
        (error) => error instanceof UserError && error.number === 122,
        String(bytes),
      );
    }
    for (const bytes of [MIB, 7 * MIB, 3072 * MIB]) checkRamSize(bytes, MIB, 3072 * MIB);
  });

  it('settings that do not exist are refused with what does', () => {
    const make = (options: object, way: Way = BOTH[0]): void => {
      new TestGuest(way, { images: { program: file('p', 4), loads: [] }, memory: MIB, ...options });
    };
    const refuses = (number: number, says: RegExp, options: object, way?: Way): void => {
      assert.throws(
        () => make(options, way),
        (error) => error instanceof UserError && error.number === number && says.test(error.message),
      );
    };
    for (const way of BOTH) {
      refuses(120, /raspi9.*virt/, { board: 'raspi9' }, way);
      refuses(121, /cortex-m0.*cortex-a15/, { cpu: 'cortex-m0' }, way);
      refuses(122, /1M/, { memory: 12345 }, way);
      for (const nsPerInstruction of [0, -1, NaN, Infinity, 1e-9, 1e12]) {
        refuses(124, /nsPerInstruction/, { nsPerInstruction }, way);
      }
    }
    refuses(123, /9.*0, 1/, {}, { engine: 'reference', level: 9 as 0 });
  });
});
