/** Guests under the debugger, for tests: samples, or programs that the test compiles, with what they print and what the debugger says. */
import fs from 'node:fs';
import path from 'node:path';
import type { Debugger, SliceResult, StopReason } from '../../src/debug/api.js';
import { createDebugger, loadDisassembler } from '../../src/debug/index.js';
import { compile, root } from './builds.js';
import type { LaunchOptions } from '../../src/protocol/model.js';

before(() => loadDisassembler());

export const MODES = ['bare', 'hypervised'] as const;
export type Mode = (typeof MODES)[number];

export interface Launched {
  readonly guest: Debugger;
  /** What the guest wrote to its UART so far. */
  readonly printed: () => string;
  /** Lines for the debug console. */
  readonly output: string[];
}

export const launchOptions: LaunchOptions = {
  board: 'virt',
  mode: 'bare',
  level: 0,
  engine: 'reference',
  memory: 32 << 20,
  loads: [],
  symbols: [],
  semihosting: false,
  coverage: false,
  nsPerInstruction: 16,
  epoch: 0,
  patches: 'overlay',
  unpredictable: 'undefined',
};

export function file(name: string) {
  return { name: path.basename(name), bytes: new Uint8Array(fs.readFileSync(name)) };
}

export function launch(options: Partial<LaunchOptions>): Launched {
  let printed = '';
  const output: string[] = [];
  const guest = createDebugger(
    { ...launchOptions, ...options },
    {
      console: (bytes) => {
        printed += String.fromCharCode(...bytes);
      },
      output: (_category, text) => {
        output.push(text);
      },
    },
  );
  return { guest, printed: () => printed, output };
}

export function launchSample(name: string, options: Partial<LaunchOptions> = {}): Launched {
  return launch({ program: file(path.join(root, 'samples', name, `${name}.elf`)), ...options });
}

/** Starts C and assembly linked at 0x40010000, with a stack. `main` is called; when it returns the machine is switched off. */
export const START_S = `
        .syntax unified
        .arch armv7ve
        .section .text.start, "ax"
        .arm
        .global _start
        .type _start, %function
_start: ldr     sp, =0x40400000
        blx     main
        ldr     r0, =0x84000008
        hvc     #0
        b       .
        .size _start, . - _start
`;

export function compileGuest(sources: Readonly<Record<string, string>>, ...options: string[]): string {
  return compile(
    { 'start.s': START_S, ...sources },
    '-march=armv7ve',
    '-Wl,-Ttext=0x40010000',
    '-Wl,-e,_start',
    ...options,
  );
}

/** Runs what was asked for until it stops or ends. */
export function settle(guest: Debugger, limit = 2_000_000): SliceResult {
  for (let left = limit; left > 0; left -= 20_000) {
    const result = guest.run(20_000, Infinity);
    if (result.kind !== 'running') return result;
  }
  throw new Error(`still running at 0x${guest.pc().toString(16)} after ${limit} instructions`);
}

/** The same, where a stop is expected. */
export function stopOf(guest: Debugger, limit?: number): StopReason {
  const result = settle(guest, limit);
  if (result.kind !== 'stopped') throw new Error(`expected a stop, but the guest ${JSON.stringify(result)}`);
  return result.reason;
}

export function stepOver(guest: Debugger): StopReason {
  guest.stepInstruction('over');
  return stopOf(guest);
}

export function nextLine(guest: Debugger): number | undefined {
  guest.stepLine('over');
  stopOf(guest);
  return line(guest);
}

export function line(guest: Debugger): number | undefined {
  return guest.stack(1)[0].line;
}

/** Where the guest stands, by symbol. */
export function where(guest: Debugger): string {
  return guest.stack(1)[0].name;
}

/** Continues to a function, by a breakpoint that is gone afterwards. */
export function runToFunction(guest: Debugger, name: string): void {
  const [{ address }] = guest.symbols(name, 50).filter((symbol) => symbol.name === name);
  guest.runTo(address);
  stopOf(guest);
}
