/** What of a guest must be the same however it is run, and a comparison that names the first things which are not. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Cp15 } from '../../src/arm/cp15.js';
import { Mode } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import type { GuestStop } from '../../src/machine/run.js';
import { TestGuest, wayName, WAYS, type TestGuestOptions, type Way } from '../support/guest.js';

/** Modes with registers of their own; `usr` stands for System mode too. */
const BANKED = ['usr', 'fiq', 'irq', 'svc', 'abt', 'und'] as const;

const cp15Names = new Map(Object.entries(Cp15).map(([name, index]) => [index, name]));

/** Everything that a guest, or someone who looks at it, can see of its state, by name. */
export function visibleState(test: TestGuest): Map<string, number | string> {
  const { cpu, machine } = test.guest;
  const seen = new Map<string, number | string>();
  for (let n = 0; n < 8; n++) seen.set(`r${n}`, cpu.state[n] >>> 0);
  for (const mode of BANKED) {
    for (let n = mode === 'usr' || mode === 'fiq' ? 8 : 13; n < 15; n++) {
      seen.set(`r${n}_${mode}`, cpu.readBanked(n, Mode[mode]) >>> 0);
    }
    if (mode !== 'usr') seen.set(`spsr_${mode}`, cpu.readSpsr(Mode[mode]) >>> 0);
  }
  seen.set('pc', cpu.state[Word.PC] >>> 0);
  seen.set('cpsr', cpu.readCpsr() >>> 0);
  for (let i = Word.CP15; i < Word.V; i++) seen.set(cp15Names.get(i) ?? `state word ${i}`, cpu.state[i] >>> 0);
  seen.set('FPEXC', cpu.state[Word.FPEXC] >>> 0);
  cpu.memory.vectors.forEach((word, i) => seen.set(i === Word.FPSCR - Word.V ? 'FPSCR' : `S${i}`, word >>> 0));
  for (const memory of machine.memory.guests) {
    if (memory.name !== 'ram') continue;
    seen.set(memory.name, createHash('sha1').update(machine.memory.bytes(memory)).digest('hex'));
  }
  seen.set('console', test.console);
  seen.set('exceptions', test.exceptions.join(' '));
  seen.set('instructions', test.instructions);
  return seen;
}

/** The names and values in which `b` differs from `a`, at most `most` of them, one line each. */
export function differences(
  a: ReadonlyMap<string, number | string>,
  b: ReadonlyMap<string, number | string>,
  most = 12,
): string[] {
  const text = (value: number | string | undefined): string =>
    typeof value === 'number' ? `0x${value.toString(16)}` : JSON.stringify(value);
  return [...a]
    .filter(([name, value]) => b.get(name) !== value)
    .map(([name, value]) => `${name}: ${text(value)} and ${text(b.get(name))}`)
    .slice(0, most);
}

export interface Ran {
  readonly test: TestGuest;
  readonly stop: GuestStop;
  readonly state: ReadonlyMap<string, number | string>;
}

/**
 * Runs the same guest in every way and holds all against the first.
 * @param prepare called before the run, to type or to set breakpoints
 * @returns the runs, the first of `ways` first
 */
export function runAlike(
  options: TestGuestOptions,
  limit = 2_000_000,
  ways: readonly Way[] = WAYS,
  prepare: (test: TestGuest) => void = () => {},
): Ran[] {
  const runs: Ran[] = [];
  for (const way of ways) {
    const test = new TestGuest(way, options);
    prepare(test);
    const stop = test.run(limit);
    const ran = { test, stop, state: visibleState(test) };
    const [first = ran] = runs;
    assert.deepEqual(
      [JSON.stringify(stop), ...differences(first.state, ran.state)],
      [JSON.stringify(first.stop)],
      `${wayName(way)}, against ${wayName(first.test.way)}`,
    );
    runs.push(ran);
  }
  return runs;
}

/** Ways that between them have both engines, all levels, and a bare run: for guests that do not need all. */
export const BRIEF_WAYS: readonly Way[] = [
  { engine: 'interpreter' },
  { engine: 'interpreter', level: 2 },
  { engine: 'interpreter', level: 1 },
  { engine: 'reference', level: 0 },
];

/** Texts of assembly for {@link kernelAndUser}. Handlers may change r4 to r6 only, and go on behind the instruction (interrupts: at it). */
export interface KernelParts {
  /** Executed in SVC mode before user code, interrupts masked, MMU off, stacks set. */
  readonly kernel?: string;
  /** User code; it starts with all registers as the kernel left them, and ends by SVC. */
  readonly user: string;
  /** Executed in SVC mode at the end. */
  readonly end?: string;
  readonly undefined?: string;
  readonly dataAbort?: string;
  readonly interrupt?: string;
  /** PSR of the user code. Default: User mode in ARM state, nothing masked. */
  readonly spsr?: number;
}

/** A kernel that executes something, goes into User mode for something, and powers off. Prefetch aborts end it, too. */
export function kernelAndUser(parts: KernelParts): string {
  const stop = 'b stop';
  return `
      ldr r0, =vectors
      mcr p15, 0, r0, c12, c0, 0
      cps #0x1f
      ldr sp, =0x40080000
      cps #0x13
      ldr sp, =0x40090000
      ${parts.kernel ?? ''}
      ldr r0, =${parts.spsr ?? 0x10}
      msr spsr_cxsf, r0
      ldr lr, =user
      movs pc, lr
      .ltorg
      .balign 32
    vectors:
      b .
      b on_undefined
      b stop
      b stop
      b on_data_abort
      b .
      b on_irq
      b stop
    on_undefined:
      ${parts.undefined ?? stop}
      movs pc, lr
    on_data_abort:
      ${parts.dataAbort ?? stop}
      subs pc, lr, #4
    on_irq:
      ${parts.interrupt ?? stop}
      subs pc, lr, #4
    stop:
      ${parts.end ?? ''}
      ldr r0, =0x84000008
      hvc #0
      b .
      .ltorg
    user:
      ${parts.user}
      svc #0
      .ltorg`;
}
