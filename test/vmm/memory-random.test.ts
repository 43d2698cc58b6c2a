/**
 * The third invariant for memory, by chance: kernels that keep translation tables, change them with the maintenance that the architecture asks for, and go from
 * one address space to another see the same bare and hypervised. TRAPLINE_SEED sets the first seed, TRAPLINE_ROUNDS the number of rounds.
 */
import assert from 'node:assert/strict';
import { Exception } from '../../src/arm/exceptions.js';
import { ASSEMBLER } from '../support/assemble.js';
import { TestGuest, wayName, type Way } from '../support/guest.js';
import { need } from '../support/tools.js';
import { differences, visibleState } from './compare.js';
import { makeMemoryRound, MemoryStage, RAM_SIZE, type MemoryRound } from './memory-random.js';

const ROUNDS = Number(process.env.TRAPLINE_ROUNDS ?? 40);
const SEED = Number(process.env.TRAPLINE_SEED ?? 1);
const OPERATIONS = 600;

const NOTHING = { file: { name: 'nothing', bytes: new Uint8Array(4) }, address: 0x4000_0000 };

function stage(way: Way, shadow?: { levelOne: number; levelTwo: number }): MemoryStage {
  return new MemoryStage(new TestGuest(way, { images: { loads: [NOTHING] }, memory: RAM_SIZE, shadow }));
}

/** The memory of the flash as far as rounds map it by pages: its own matter, which no store reaches. */
function flash({ test }: MemoryStage): Uint8Array {
  const { memory } = test.guest.machine;
  return memory.bytes(memory.guests.find(({ name }) => name === 'flash1')!).subarray(0, 0x1000);
}

function sameFlash(first: MemoryStage, other: MemoryStage): boolean {
  return Buffer.compare(flash(first), flash(other)) === 0;
}

/** What differs after the first `length` operations of a round. */
function differ(first: MemoryStage, other: MemoryStage, round: MemoryRound, length?: number): string[] {
  const stops = [first.play(round, length), other.play(round, length)];
  const found = differences(visibleState(first.test), visibleState(other.test));
  if (!sameFlash(first, other)) found.push('the flash');
  return stops[0] === stops[1] ? found : [stops.join(' and '), ...found];
}

/** The shortest start of the round that shows a difference. */
function explain(first: MemoryStage, other: MemoryStage, round: MemoryRound): string {
  let good = 0;
  let bad = round.operations.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (differ(first, other, round, middle).length > 0) bad = middle;
    else good = middle;
  }
  const hex = (n: number): string => `0x${n.toString(16)}`;
  return [
    `seed ${round.seed}, ${wayName(other.test.way)} against ${wayName(first.test.way)}, after ${bad} operations:`,
    ...differ(first, other, round, bad),
    ...round.operations.slice(Math.max(0, bad - 40), bad).map(({ name, a, b }) => `${name} ${hex(a)} ${hex(b)}`),
  ].join('\n');
}

describe('random translation tables', function () {
  this.timeout(0);
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it(`look the same in every way: ${ROUNDS} rounds`, () => {
    const first = stage({ engine: 'interpreter' });
    // One of them is always short of room for shadow tables.
    const others = [
      stage({ engine: 'interpreter', level: 2 }),
      stage({ engine: 'interpreter', level: 0 }, { levelOne: 3, levelTwo: 5 }),
      stage({ engine: 'reference', level: 1 }),
    ];
    let aborts = 0;
    let undefinedInstructions = 0;
    for (let seed = SEED; seed < SEED + ROUNDS; seed++) {
      const round = makeMemoryRound(seed, OPERATIONS);
      const stop = first.play(round);
      assert.match(stop, /power-off/, `seed ${seed}: ${first.test.place()}`);
      const state = visibleState(first.test);
      aborts += first.test.r(10);
      undefinedInstructions += first.test.exceptions.filter((kind) => kind === Exception.Undefined).length;
      for (const other of others) {
        const its = other.play(round);
        if (its !== stop || !sameFlash(first, other) || differences(state, visibleState(other.test)).length > 0)
          assert.fail(explain(first, other, round));
      }
    }
    // Rounds worth their time: what is accessed is refused now and then, not always.
    const share = aborts / (ROUNDS * OPERATIONS);
    assert.ok(share > 0.1 && share < 0.5, `${aborts} aborts`);
    assert.ok(others[1].test.hypervisor!.shadow.evictions > ROUNDS);
    for (const { test } of others) assert.ok(undefinedTraps(test) <= undefinedInstructions, wayName(test.way));
  });
});

/** Traps of the kernel for which no site was found. */
function undefinedTraps({ hypervisor }: TestGuest): number {
  return hypervisor!.metrics.byClass().find(({ id }) => id === 'undefined')!.count;
}
