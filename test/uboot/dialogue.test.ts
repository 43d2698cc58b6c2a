/**
 * Debian's U-Boot up to its prompt and in dialogue, on QEMU (a real process, serial port on a pipe), bare and hypervised: every text is the same.
 * Ours get the board as everybody gets it: our own device tree, the second flash erased. Nothing differs, so nothing is left out: the clock starts
 * at the same second on both sides, addresses follow from the memory map, and the device tree that we make is as large as QEMU's.
 */
import assert from 'node:assert/strict';
import { TestGuest, wayName, WAYS } from '../support/guest.js';
import { BOARD_RAM } from '../support/qemu-lockstep.js';
import { need, UBOOT } from '../support/tools.js';
import {
  answered,
  command,
  guestConsole,
  QemuConsole,
  toPrompt,
  UBOOT_EPOCH,
  ubootImages,
  type Console,
} from '../support/uboot.js';

/** Instructions within which any answer must come. */
const PATIENCE = 60_000_000;
const QEMU_PATIENCE_MS = 60_000;
/** The reference takes a minute for each way. */
const LONG = process.env.TRAPLINE_LONG !== undefined;
const ways = WAYS.filter(({ engine }) => LONG || engine === 'interpreter');

interface Exchange {
  readonly typed: string;
  readonly shown: string;
}

/** The dialogue. Code is looked at where U-Boot has moved itself to: start and length are what `bdinfo` says. */
async function dialogue(console: Console): Promise<Exchange[]> {
  const exchanges: Exchange[] = [{ typed: 'a key', shown: await toPrompt(console) }];
  const say = async (typed: string): Promise<string> => {
    const shown = await command(console, typed);
    exchanges.push({ typed, shown });
    return shown;
  };
  await say('version');
  const info = await say('bdinfo');
  const code = answered(info, 'relocaddr').toString(16);
  const length = answered(info, 'flashoffset').toString(16);
  await say(`md.l ${code} 400`);
  await say(`md.b ${code} 40`);
  await say(`crc32 ${code} ${length}`);
  await say('fdt addr ${fdtcontroladdr}');
  await say('fdt print /psci');
  await say('printenv');
  await say('coninfo');
  await say('dm tree');
  await say('flinfo');
  await say('pci');
  await say('date');
  return exchanges;
}

describe('U-Boot in dialogue', () => {
  let atQemu: Exchange[];

  before(async function () {
    need(this, 'qemu-system-arm', UBOOT);
    this.timeout(4 * QEMU_PATIENCE_MS);
    const qemu = new QemuConsole(QEMU_PATIENCE_MS);
    try {
      atQemu = await dialogue(qemu);
    } finally {
      qemu.kill();
    }
  });

  it('QEMU answers what there is to compare', () => {
    const shown = new Map(atQemu.map(({ typed, shown }) => [typed.split(' ')[0], shown]));
    assert.match(shown.get('version')!, /^U-Boot 2023\.01/);
    assert.match(shown.get('crc32')!, /^crc32 for [0-9a-f]{8} \.\.\. [0-9a-f]{8} ==> [0-9a-f]{8}\n$/);
    assert.equal(shown.get('md.l')!.split('\n').length, 0x400 / 4 + 1);
    assert.match(atQemu.find(({ typed }) => typed === 'fdt print /psci')!.shown, /method = "hvc";/);
  });

  for (const way of ways) {
    it(`${wayName(way)}: every text is QEMU's`, async function () {
      this.timeout(way.engine === 'reference' ? 900_000 : 180_000);
      const guest = new TestGuest(way, { images: ubootImages(), memory: BOARD_RAM, epoch: UBOOT_EPOCH });
      const console = guestConsole(guest, PATIENCE);
      const exchanges = await dialogue(console);
      exchanges.forEach(({ typed, shown }, i) => assert.equal(shown, atQemu[i].shown, typed));
      assert.equal(exchanges.length, atQemu.length);
      assert.deepEqual(guest.complaints, []);
      if (guest.hypervisor === undefined) return;

      // That crc32 and md.l agree says something only if traps were planted in what they read.
      const code = answered(exchanges.find(({ typed }) => typed === 'bdinfo')!.shown, 'relocaddr');
      const length = answered(exchanges.find(({ typed }) => typed === 'bdinfo')!.shown, 'flashoffset');
      const sites = [...guest.hypervisor.patcher.map.allSites()].filter(
        ({ gva }) => gva >= code && gva < code + length,
      );
      const planted = sites.filter(({ patch }) => patch.planted !== patch.original);
      assert.ok(planted.length > 100, `only ${planted.length} traps in the relocated code`);
      const { gva, patch } = planted[planted.length >> 1];
      const shown = await command(console, `md.l ${gva.toString(16)} 1`);
      assert.match(shown, new RegExp(`^${gva.toString(16)}: ${(patch.original >>> 0).toString(16).padStart(8, '0')} `));
    });
  }
});
