/**
 * Debian's kernel for the first Raspberry Pi, with its own device tree: the first fifth of a second of its clock, here and on QEMU, which counts
 * instructions as our virtual clock does. The whole boot, to a shell's init and power off, takes 1.5 thousand million instructions, too many for a test.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { foreignFile } from '../../scripts/lib/debian.mjs';
import { planImages, type GuestImages } from '../../src/machine/images.js';
import { raspi1Target } from '../../src/machine/raspi1.js';
import { assemble, ASSEMBLER } from '../support/assemble.js';
import { MIB, TestGuest, type Way } from '../support/guest.js';
import { need, needForeign } from '../support/tools.js';

const KERNEL = 'linux-image-rpi:armel';
/** QEMU's `-icount shift=4`: an instruction takes 2^4 ns. */
const ICOUNT_SHIFT = 4;
const RAM = 512 * MIB;
const APPEND = 'earlycon=pl011,0x20201000 console=ttyAMA0 panic=-1';
const LAST = /Serial: AMBA PL011 UART driver\r?\n/;
const PATIENCE = 200_000_000;
const XZ = Buffer.from('fd377a585a00', 'hex');

/** The kernel inside a self-extracting one: the first stream of xz that decodes. */
function unpacked(file: string): Uint8Array {
  const packed = fs.readFileSync(file);
  for (let at = packed.indexOf(XZ); at >= 0; at = packed.indexOf(XZ, at + 1)) {
    try {
      const options = { input: packed.subarray(at), maxBuffer: 2 ** 28, stdio: ['pipe', 'pipe', 'ignore'] as const };
      return new Uint8Array(execFileSync('xz', ['-dc', '--single-stream'], { ...options, stdio: [...options.stdio] }));
    } catch {
      continue; // these bytes were no stream
    }
  }
  throw new Error(`${file} has no kernel in it`);
}

function images(): GuestImages {
  const file = foreignFile(KERNEL)!;
  const version = path.basename(file).replace('vmlinuz-', '');
  const dtb = path.join(path.dirname(file), `../usr/lib/linux-image-${version}/bcm2835-rpi-a-plus.dtb`);
  return {
    kernel: { name: 'Image', bytes: unpacked(file) },
    dtb: { name: 'bcm2835-rpi-a-plus.dtb', bytes: new Uint8Array(fs.readFileSync(dtb)) },
    append: APPEND,
    loads: [],
  };
}

/** What the same bytes at the same addresses write on QEMU, up to {@link LAST}. */
async function onQemu(given: GuestImages): Promise<string> {
  const plan = planImages(raspi1Target(RAM), given);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-linux-'));
  const load = (name: string, bytes: Uint8Array, address: number): string => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, bytes);
    return `loader,file=${file},addr=0x${address.toString(16)},force-raw=on`;
  };
  const { pc, r1, r2 } = plan.start;
  const go = assemble(`mov r0, #0\nldr r1, =${r1}\nldr r2, =${r2}\nldr pc, =${pc}\n.ltorg`, { origin: 0 });
  const loaders = plan.images.map(({ bytes, address }, i) => load(`image${i}`, bytes, address));
  const devices = [...loaders, `${load('go', go, 0)},cpu-num=0`].flatMap((device) => ['-device', device]);
  const timing = ['-icount', `shift=${ICOUNT_SHIFT},sleep=off`];
  const io = ['-display', 'none', '-monitor', 'none', '-serial', 'stdio', '-no-reboot'];
  const qemu = spawn('qemu-system-arm', ['-M', 'raspi1ap', ...timing, ...io, ...devices], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    return await new Promise((resolve, reject) => {
      let text = '';
      qemu.stdout.setEncoding('latin1').on('data', (chunk: string) => {
        text += chunk;
        const last = LAST.exec(text);
        if (last !== null) resolve(text.slice(0, last.index + last[0].length));
      });
      let errors = '';
      qemu.stderr.setEncoding('latin1').on('data', (chunk: string) => (errors += chunk));
      qemu.on('close', () => reject(new Error(`QEMU ended: ${errors}${text.slice(-500)}`)));
    });
  } finally {
    qemu.kill('SIGKILL');
    fs.rmSync(folder, { recursive: true });
  }
}

function here(way: Way, given: GuestImages): TestGuest {
  const guest = new TestGuest(way, {
    board: 'raspi1',
    cpu: 'arm1176',
    memory: RAM,
    nsPerInstruction: 2 ** ICOUNT_SHIFT,
    images: given,
  });
  guest.expect(LAST, PATIENCE);
  return guest;
}

/** Lines with the kernel's clock in microseconds: those of both, in order. QEMU has no debug unit; audit's lines come when its thread runs. */
function lines(text: string): { us: number; text: string }[] {
  return [...text.matchAll(/\[ *(\d+)\.(\d+)\] ([^\r\n]*)/g)]
    .map(([, seconds, fraction, line]) => ({ us: Number(seconds) * 1e6 + Number(fraction), text: line }))
    .filter(({ text: line }) => !/^hw-breakpoint|^audit:/.test(line));
}

describe("Debian's kernel on raspi1", function () {
  this.timeout(180_000);
  let given: GuestImages;
  let bare: TestGuest;

  before(function () {
    need(this, 'qemu-system-arm', 'xz', ...ASSEMBLER);
    needForeign(this, KERNEL);
    given = images();
    bare = here({ engine: 'interpreter' }, given);
  });

  it('writes what it writes on QEMU, at the same times', async () => {
    const ours = lines(bare.console);
    const theirs = lines(await onQemu(given));
    assert.deepEqual(
      ours.map(({ text }) => text),
      theirs.map(({ text }) => text),
    );
    assert.ok(ours.length > 55);
    ours.forEach(({ us, text }, i) =>
      assert.ok(Math.abs(us - theirs[i].us) < 1000, `${us} us, QEMU ${theirs[i].us}: ${text}`),
    );
  });

  it('has come as far at the same instruction under the monitor', () => {
    const hypervised = here({ engine: 'interpreter', level: 1 }, given);
    assert.equal(hypervised.console, bare.console);
    assert.equal(hypervised.instructions, bare.instructions);
    assert.deepEqual(hypervised.exceptions, bare.exceptions);
    assert.deepEqual(hypervised.complaints, bare.complaints);
  });
});
