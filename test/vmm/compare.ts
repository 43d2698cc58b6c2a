/** What of a guest must be the same however it is run, and a comparison that names the first things which are not. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Cp15 } from '../../src/arm/cp15.js';
import { Mode } from '../../src/arm/modes.js';
import { STATE_WORDS, Word } from '../../src/arm/state.js';
import type { GuestStop } from '../../src/machine/run.js';
import { TestGuest, wayName, WAYS, type TestGuestOptions, type Way } from '../support/guest.js';

/** Modes with registers of their own; `usr` stands for System mode too. */
const BANKED = ['usr', 'fiq', 'irq', 'svc', 'abt', 'und'] as const;

const cp15Names = new Map(Object.entries(Cp15).map(([name, index]) => [index as number, name]));

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
  for (let i = Word.CP15; i < STATE_WORDS; i++) seen.set(cp15Names.get(i) ?? `state word ${i}`, cpu.state[i] >>> 0);
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
