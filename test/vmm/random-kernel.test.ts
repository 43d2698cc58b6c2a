/** The third invariant by chance: random kernel-mode code runs the same bare and hypervised, at every level, with either engine. */
import assert from 'node:assert/strict';
import { Word } from '../../src/arm/state.js';
import { ASSEMBLER } from '../support/assemble.js';
import type { GuestStop } from '../../src/machine/run.js';
import { TestGuest, wayName, WAYS, type Way } from '../support/guest.js';
import { need } from '../support/tools.js';
import { differences, visibleState } from './compare.js';
import { makeRound, RAM_SIZE, Stage, type Round } from './random-kernel.js';
import { watchKernel } from './watch.js';

const ROUNDS = Number(process.env.TRAPLINE_ROUNDS ?? 1000);
const SEED = Number(process.env.TRAPLINE_SEED ?? 1);
/** Instructions of a round. */
const LIMIT = 80;

/** A guest for each way, and one whose level changes between short slices of the run. */
function stages(): Stage[] {
  const make = (way: Way): TestGuest => new TestGuest(way, { images: { loads: [NOTHING] }, memory: RAM_SIZE });
  return [...WAYS.map((way) => new Stage(make(way))), new Stage(make({ engine: 'interpreter', level: 0 }), true)];
}

/** A word, so that the board has something to start. */
const NOTHING = { file: { name: 'nothing', bytes: new Uint8Array(4) }, address: 0x4000_0000 };
const SLICE = 7;

function run({ test, restless }: Stage, limit: number): GuestStop {
  const { hypervisor } = test;
  if (!restless || hypervisor === undefined) return test.run(limit);
  for (let left = limit; ; left -= SLICE) {
    const stop = test.run(Math.min(left, SLICE));
    if (stop.kind !== 'limit' || left <= SLICE) return stop;
    hypervisor.setLevel(1 - hypervisor.patcher.level);
  }
}

/** What the round comes to: how it stopped, in words. */
function play(stage: Stage, round: Round, limit: number): string {
  stage.set(round);
  try {
    return JSON.stringify(run(stage, limit));
  } catch (reason) {
    return reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
  }
}

/** PERF: the state words and memory as they lie there; names and hashes only where these differ. */
function same(a: TestGuest, b: TestGuest): boolean {
  const bytes = (test: TestGuest): Uint8Array => {
    const { memory } = test.guest.machine;
    return memory.bytes(memory.guests.find(({ name }) => name === 'ram')!);
  };
  const [x, y] = [a.guest.cpu.state, b.guest.cpu.state];
  for (let i = 0; i < 15; i++) if (x[i] !== y[i]) return false;
  for (let i = Word.PC; i <= Word.PSR; i++) if (x[i] !== y[i]) return false;
  for (let i = Word.BANK; i < Word.V; i++) if (x[i] !== y[i]) return false;
  const [v, w] = [a.guest.cpu.memory.vectors, b.guest.cpu.memory.vectors];
  if (x[Word.FPEXC] !== y[Word.FPEXC] || v.some((word, i) => word !== w[i])) return false;
  return (
    a.instructions === b.instructions &&
    a.console === b.console &&
    a.exceptions.join() === b.exceptions.join() &&
    Buffer.compare(bytes(a), bytes(b)) === 0
  );
}

function differ(first: Stage, other: Stage, round: Round, limit: number): string[] {
  const stop = play(first, round, limit);
  const otherStop = play(other, round, limit);
  if (stop === otherStop && same(first.test, other.test)) return [];
  const found = differences(visibleState(first.test), visibleState(other.test));
  return stop === otherStop ? found : [`${stop} and ${otherStop}`, ...found];
}

/** The shortest run of the round that shows a difference, told so that one can act on it. */
function explain(first: Stage, other: Stage, round: Round): string {
  let limit = 1;
  while (limit < LIMIT && differ(first, other, round, limit).length === 0) limit++;
  play(first, round, limit - 1);
  const before = first.test.place();
  return [
    `seed ${round.seed}, ${wayName(other.test.way)} against ${wayName(first.test.way)}, after ${limit} instructions:`,
    ...differ(first, other, round, limit),
    `the last of them begins with ${before}`,
    ...round.listing,
  ].join('\n');
}

describe('random kernel code', function () {
  this.timeout(0);
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it(`runs the same in every way: ${ROUNDS} rounds`, () => {
    const [first, ...others] = stages();
    const watches = others.map(({ test }) => watchKernel(test));
    const failures: string[] = [];
    for (let seed = SEED; seed < SEED + ROUNDS && failures.length < 3; seed++) {
      const round = makeRound(seed);
      const stop = play(first, round, LIMIT);
      const wrong = others.find((other) => play(other, round, LIMIT) !== stop || !same(first.test, other.test));
      if (wrong) failures.push(explain(first, wrong, round));
    }
    assert.equal(failures.join('\n\n'), '');
    for (const { test } of others.filter(({ test }) => test.hypervisor))
      assert.ok(test.hypervisor!.metrics.total() > ROUNDS);
    const fetches = watches.reduce((sum, watch) => sum + watch.fetches, 0);
    assert.ok(fetches > 10 * ROUNDS, `${fetches} fetches of the kernel`);
  });
});
