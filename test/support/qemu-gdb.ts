/**
 * One of QEMU's boards as an oracle that can be set: stopped at once, driven by its gdb stub, one instruction at a time. Registers and memory
 * are set and read by the remote protocol; exceptions are read from its log of interrupts.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

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
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #folder: string;
  readonly #log: string;
  #logAt = 0;
  #received = '';
  #ended: Error | undefined;
  #answer: { resolve: (packet: string) => void; reject: (why: Error) => void } | undefined;

  /** The stub speaks on the process's own pipes: there is nothing to wait for, and nothing that another process could refuse. */
  private constructor(board: readonly string[]) {
    this.#folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-gdb-'));
    this.#log = path.join(this.#folder, 'log');
    const quiet = ['-nic', 'none', '-display', 'none', '-monitor', 'none', '-serial', 'none'];
    const asked = ['-d', 'int', '-D', this.#log, '-S', '-gdb', 'stdio'];
    this.#process = spawn('qemu-system-arm', [...board, ...quiet, ...asked], {
      env: { ...process.env, QEMU_AUDIO_DRV: 'none' },
    });
    this.#process.stdout.setEncoding('latin1').on('data', (text: string) => this.#receive(text));
    let errors = '';
    this.#process.stderr.setEncoding('latin1').on('data', (text: string) => (errors += text));
    this.#process.stdin.on('error', () => {}); // it has ended: reported by its exit
    this.#process.once('error', (error) => this.#end(error));
    this.#process.once('close', (code) => this.#end(new Error(`QEMU ended with ${code}: ${errors.trim()}`)));
  }

  /** Starts a board that has not executed anything. */
  static async start(cpu: string, machine: QemuMachine = 'virt'): Promise<QemuGdb> {
    const opened = new QemuGdb(machineArguments(machine, cpu));
    try {
      await opened.#ask('qSupported');
      // without having read the description no register can be set
      await opened.#ask('qXfer:features:read:target.xml:0,ffb');
      // interrupts are taken while stepping; time stands still
      await opened.#ask('Qqemu.sstep=5');
    } catch (error) {
      opened.close();
      throw error;
    }
    return opened;
  }

  close(): void {
    this.#process.kill('SIGKILL');
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
    const bytes = fs.readFileSync(this.#log).subarray(this.#logAt);
    this.#logAt += bytes.length;
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
      this.#process.stdin.write('+');
      const answer = this.#answer;
      this.#answer = undefined;
      answer?.resolve(packet);
    }
  }

  #end(why: Error): void {
    this.#ended = why;
    this.#answer?.reject(why);
  }

  #ask(packet: string): Promise<string> {
    let sum = 0;
    for (let i = 0; i < packet.length; i++) sum = (sum + packet.charCodeAt(i)) & 0xff;
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
      this.#process.stdin.write(`$${packet}#${sum.toString(16).padStart(2, '0')}`);
    });
  }
}
