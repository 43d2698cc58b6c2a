/**
 * Debian's U-Boot for the `virt` board as a test guest: the board that QEMU describes to it, and a dialogue with its prompt that QEMU's own
 * process and our guests hold alike.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import path from 'node:path';
import type { GuestImages, ImageFile } from '../../src/machine/images.js';
import { FLASH_SIZE } from '../../src/machine/virt-map.js';
import type { TestGuest } from './guest.js';
import { QEMU_BOARD } from './qemu-lockstep.js';
import { UBOOT } from './tools.js';

/** What the real-time clock of both sides shows at power-on: seconds since 1970. */
export const UBOOT_EPOCH = Date.UTC(2024, 1, 29, 12, 34, 56) / 1000;

/** QEMU's arguments, beside those of the board. */
export const QEMU_UBOOT: readonly string[] = ['-bios', UBOOT, '-rtc', 'base=2024-02-29T12:34:56,clock=vm'];

/** The device tree that QEMU gives to the guest with {@link QEMU_UBOOT}. */
export function qemuDeviceTree(): ImageFile {
  const folder = mkdtempSync(path.join(tmpdir(), 'trapline-dtb-'));
  try {
    const file = path.join(folder, 'virt.dtb');
    const board = QEMU_BOARD.map((arg) => (arg.startsWith('virt,') ? `${arg},dumpdtb=${file}` : arg));
    execFileSync('qemu-system-arm', [...board, ...QEMU_UBOOT, '-serial', 'null'], { stdio: 'pipe' });
    return { name: "QEMU's device tree", bytes: new Uint8Array(readFileSync(file)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** U-Boot in the first flash of the board as we make it: our own device tree, the second flash erased. */
export function ubootImages(): GuestImages {
  return { bios: { name: UBOOT, bytes: new Uint8Array(readFileSync(UBOOT)) }, loads: [] };
}

/** The same with what QEMU gives to its guest: its device tree, and a second flash that is all zero instead of erased where no file backs it. */
export function ubootImagesOfQemu(dtb: ImageFile): GuestImages {
  return { ...ubootImages(), dtb, flash1: { name: 'flash of zeros', bytes: new Uint8Array(FLASH_SIZE) } };
}

/** Somebody to talk to: reads until a pattern appears, and types. */
export interface Console {
  expect(pattern: RegExp): string | Promise<string>;
  send(text: string): void;
  /** Lets some time pass. */
  pause(): void | Promise<void>;
}

/** Instructions of a pause: some 16 ms of virtual time. */
const PAUSE = 1_000_000;

/** One of our guests, which gets `patience` instructions for each answer. */
export function guestConsole(guest: TestGuest, patience: number): Console {
  return {
    expect: (pattern) => guest.expect(pattern, patience),
    send: (text) => guest.send(text),
    pause: () => void guest.run(PAUSE),
  };
}

/** QEMU with U-Boot, its serial port on our pipes. */
export class QemuConsole implements Console {
  readonly #process = spawn('qemu-system-arm', [...QEMU_BOARD, ...QEMU_UBOOT, '-serial', 'stdio'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  #text = '';
  #errors = '';
  #ended: string | undefined;
  #changed: () => void = () => {};

  constructor(private readonly timeoutMs: number) {
    this.#process.stdout.setEncoding('latin1');
    this.#process.stderr.setEncoding('latin1');
    this.#process.stdout.on('data', (piece: string) => {
      this.#text += piece;
      this.#changed();
    });
    this.#process.stderr.on('data', (piece: string) => (this.#errors += piece));
    const end = (why: string) => {
      this.#ended = why;
      this.#changed();
    };
    this.#process.once('error', (error) => end(String(error)));
    this.#process.once('exit', (code) => end(`QEMU ended with ${code}`));
  }

  async expect(pattern: RegExp): Promise<string> {
    const patience = new AbortController();
    const late = setTimeout(this.timeoutMs, undefined, { signal: patience.signal }).then(
      () => {
        this.#ended ??= `${String(pattern)} did not come within ${this.timeoutMs} ms`;
        this.#changed();
      },
      () => {},
    );
    try {
      while (!pattern.test(this.#text)) {
        if (this.#ended !== undefined)
          throw new Error(`${this.#ended}; console ${JSON.stringify(this.#text)} ${this.#errors}`);
        await new Promise<void>((resolve) => (this.#changed = resolve));
      }
    } finally {
      patience.abort();
      await late;
    }
    const text = this.#text;
    this.#text = '';
    return text;
  }

  pause(): Promise<void> {
    return setTimeout(20);
  }

  send(text: string): void {
    this.#process.stdin.write(text, 'latin1');
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }
}

const PROMPT = /\n=> $/;

/** Stops the autoboot countdown with a key; returns what was shown up to the prompt. */
export async function toPrompt(console: Console): Promise<string> {
  const banner = await console.expect(/Hit any key to stop autoboot: +\d+ /);
  // A key that is there before U-Boot first looks makes it print one space less than a key that comes while it counts.
  await console.pause();
  console.send(' ');
  return banner + (await console.expect(PROMPT));
}

/** Types one command, and returns what it shows: without its echo and the next prompt. */
export async function command(console: Console, text: string): Promise<string> {
  console.send(`${text}\r`);
  const shown = await console.expect(PROMPT);
  return shown.slice(shown.indexOf('\n') + 1, shown.lastIndexOf('\n=> ') + 1).replaceAll('\r', '');
}

/** A command's answer in lines such as `relocaddr   = 0x47f1c000`. @throws if there is no such line */
export function answered(text: string, name: string): number {
  const found = new RegExp(`^${name} *= *(0x[0-9a-f]+)`, 'm').exec(text);
  if (found === null) throw new Error(`no ${name} in ${JSON.stringify(text)}`);
  return Number(found[1]);
}
