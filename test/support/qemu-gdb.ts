/**
 * One of QEMU's boards as an oracle that can be set: stopped at once, driven by its gdb stub, one instruction at a time. Registers and memory
 * are set and read by the remote protocol; exceptions are read from its log of interrupts.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Number of CPSR to the stub. */
const CPSR = 25;

function hexOf(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes.toString('hex');
}

/**
 * What surrounds the processor.
 * - `virt`: RAM from 1 GiB, a GICv2;
 * - `none`: RAM from 0 to 1.07 GiB and nothing else, for every model; what nothing answers at aborts;
 * - `secure`: the same with the Security Extensions, in Secure state;
 * - `versatilepb`: RAM from 0, a PL190; what nothing answers at reads as zero;
 * - `raspi1ap`: RAM from 0, the BCM2835's interrupt controller, the ARM1176 with the Security Extensions, in Secure state.
 */
export type QemuMachine = 'virt' | 'none' | 'secure' | 'versatilepb' | 'raspi1ap';

/** On `virt`, `none` and `versatilepb` without the Security and the Virtualization Extensions, as on our boards. */
function machineArguments(machine: QemuMachine, cpu: string): string[] {
  const second = /a15|a7/.test(cpu) ? ',has_el2=off' : '';
  switch (machine) {
    case 'virt':
      return ['-M', 'virt,gic-version=2,highmem=off', '-cpu', cpu, '-m', '128'];
    case 'none':
      return ['-M', 'none', '-cpu', `${cpu},has_el3=off${second}`, '-m', '1100'];
    case 'secure':
      return ['-M', 'none', '-cpu', `${cpu}${second}`, '-m', '1100'];
    case 'versatilepb':
      return ['-M', 'versatilepb', '-cpu', cpu, '-m', '128'];
    case 'raspi1ap':
      return ['-M', 'raspi1ap'];
  }
}

export class QemuGdb {
  readonly #process: ChildProcess;
  readonly #socket: net.Socket;
  readonly #folder: string;
  readonly #log: number;
  #logAt = 0;
  #received = '';
  #answer: ((packet: string) => void) | undefined;

  private constructor(process: ChildProcess, socket: net.Socket, folder: string) {
    this.#process = process;
    this.#socket = socket;
    this.#folder = folder;
    this.#log = fs.openSync(path.join(folder, 'log'), 'r');
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#receive(text));
  }

  /** Starts a board that has not executed anything. */
  static async start(cpu: string, machine: QemuMachine = 'virt'): Promise<QemuGdb> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-gdb-'));
    const at = path.join(folder, 'socket');
    const board = [...machineArguments(machine, cpu), '-nic', 'none', '-display', 'none'];
    const quiet = ['-monitor', 'none', '-serial', 'none', '-d', 'int', '-D', path.join(folder, 'log')];
    const qemu = spawn('qemu-system-arm', [...board, ...quiet, '-S', '-gdb', `unix:${at},server=on,wait=off`], {
      stdio: 'ignore',
      env: { ...process.env, QEMU_AUDIO_DRV: 'none' },
    });
    for (let tries = 0; !fs.existsSync(at) && tries < 200; tries++) await delay(50);
    const socket = await new Promise<net.Socket>((resolve, reject) => {
      const connecting: net.Socket = net.connect(at, () => resolve(connecting));
      connecting.once('error', reject);
    });
    const opened = new QemuGdb(qemu, socket, folder);
    await opened.#ask('qSupported');
    // without having read the description no register can be set
    await opened.#ask('qXfer:features:read:target.xml:0,ffb');
    // interrupts are taken while stepping; time stands still
    await opened.#ask('Qqemu.sstep=5');
    return opened;
  }

  close(): void {
    this.#socket.destroy();
    this.#process.kill('SIGKILL');
    fs.closeSync(this.#log);
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Executes one instruction, or takes an interrupt. */
  async step(): Promise<void> {
    const stopped = await this.#ask('s');
    if (!stopped.startsWith('T')) throw new Error(`QEMU stopped with ${stopped}`);
  }

  /** R0 to R15, or CPSR as the last. */
  async registers(): Promise<Uint32Array> {
    const bytes = Buffer.from((await this.#ask('g')).slice(0, 128), 'hex');
    const values = new Uint32Array(17);
    for (let n = 0; n < 16; n++) values[n] = bytes.readUInt32LE(4 * n);
    values[16] = await this.#read(CPSR);
    return values;
  }

  async setR(n: number, value: number): Promise<void> {
    await this.#write(n, value);
  }

  /** Changes mode and banks with it. */
  async setCpsr(value: number): Promise<void> {
    await this.#write(CPSR, value);
  }

  async write(address: number, bytes: Uint8Array): Promise<void> {
    const ok = await this.#ask(
      `M${(address >>> 0).toString(16)},${bytes.length.toString(16)}:${Buffer.from(bytes).toString('hex')}`,
    );
    if (ok !== 'OK') throw new Error(`QEMU did not take memory at ${address.toString(16)}: ${ok}`);
  }

  /** Names of exceptions taken since the last call, as the log has them: `2 [SVC]`. */
  exceptions(): string[] {
    const size = fs.fstatSync(this.#log).size;
    const bytes = Buffer.alloc(size - this.#logAt);
    fs.readSync(this.#log, bytes, 0, bytes.length, this.#logAt);
    this.#logAt = size;
    return [...bytes.toString('latin1').matchAll(/^Taking exception (\d+ \[[^\]]*\])/gm)].map(([, name]) => name);
  }

  async #read(n: number): Promise<number> {
    return Buffer.from(await this.#ask(`p${n.toString(16)}`), 'hex').readUInt32LE(0);
  }

  async #write(n: number, value: number): Promise<void> {
    const ok = await this.#ask(`P${n.toString(16)}=${hexOf(value)}`);
    if (ok !== 'OK') throw new Error(`QEMU did not take register ${n}: ${ok}`);
  }

  #receive(text: string): void {
    this.#received += text;
    for (;;) {
      const start = this.#received.indexOf('$');
      const end = this.#received.indexOf('#', start);
      if (start < 0 || end < 0 || this.#received.length < end + 3) return;
      const packet = this.#received.slice(start + 1, end);
      this.#received = this.#received.slice(end + 3);
      this.#socket.write('+');
      const answer = this.#answer;
      this.#answer = undefined;
      answer?.(packet);
    }
  }

  #ask(packet: string): Promise<string> {
    let sum = 0;
    for (let i = 0; i < packet.length; i++) sum = (sum + packet.charCodeAt(i)) & 0xff;
    return new Promise((resolve, reject) => {
      if (this.#process.exitCode !== null) reject(new Error('QEMU has ended'));
      this.#answer = resolve;
      this.#socket.write(`$${packet}#${sum.toString(16).padStart(2, '0')}`);
    });
  }
}
