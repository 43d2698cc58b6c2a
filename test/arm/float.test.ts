/**
 * Floating-point arithmetic against qemu-arm: results and FPSCR, bit by bit, of every operation in every rounding mode with and without
 * flush-to-zero and default NaN; boundary operands with each other and random ones.
 */
import assert from 'node:assert/strict';
import { FPSCR_AHP, FPSCR_DN, FPSCR_FZ, FPSCR_RMode_shift } from '../../src/arm/fpscr.js';
import { FloatResult } from '../../src/arm/float/common.js';
import { seededRandom, type RandomSource } from '../../src/isa/random.js';
import { hex32 } from '../../src/util/bits.js';
import { ASSEMBLER } from '../support/assemble.js';
import { need } from '../support/tools.js';
import { boundary, boundaryCount, randomOperand } from './float-operands.js';
import { families, type FloatOperation } from './float-operations.js';
import { RECORD, runBatches } from './qemu-float.js';

const SEED = Number(process.env.TRAPLINE_SEED ?? 4711);
/** Random records of an operation: `TRAPLINE_VECTORS` asks for more than a test run usually wants. */
const RANDOM = Number(process.env.TRAPLINE_VECTORS ?? 0) || 8_000;
/** Records of boundary operands of an operation in a mode: all combinations where there are no more, else some by chance. */
const BOUNDARIES = 1_200;

/** Where operands lie in a record: D1, D2, D0. */
const PLACE = [4, 6, 2];

const NZCV = 0xf000_0000 | 0;

/** All control settings. */
function modes(half: boolean): number[] {
  const all: number[] = [];
  for (let mode = 0; mode < (half ? 32 : 16); mode++) {
    all.push(
      ((mode & 3) << FPSCR_RMode_shift) |
        ((mode & 4) !== 0 ? FPSCR_FZ : 0) |
        ((mode & 8) !== 0 ? FPSCR_DN : 0) |
        ((mode & 16) !== 0 ? FPSCR_AHP : 0),
    );
  }
  return all;
}

function records({ operands, vector, half }: FloatOperation, random: RandomSource): Int32Array {
  const all: number[] = [];
  const add = (fpscr: number, operand: (slot: number, lane: number) => readonly [number, number]): void => {
    const at = all.length;
    all.push(fpscr, 0);
    for (let i = 2; i < RECORD; i++) all.push(random() | 0);
    operands.forEach((format, slot) => {
      const [low, high] = operand(slot, 0);
      all[at + PLACE[slot]] = low;
      if (vector === true) all[at + PLACE[slot] + 1] = operand(slot, 1)[0];
      else if (format === 'double') all[at + PLACE[slot] + 1] = high;
    });
  };
  const counts = operands.map(boundaryCount);
  const combinations = counts.reduce((product, count) => product * count, 1);
  for (const mode of modes(half === true)) {
    for (let i = 0; i < Math.min(combinations, BOUNDARIES); i++) {
      let chosen = combinations <= BOUNDARIES ? i : random() % combinations;
      const picks = counts.map((count) => {
        const pick = chosen % count;
        chosen = Math.floor(chosen / count);
        return pick;
      });
      add(mode, (slot, lane) => boundary(operands[slot], lane === 0 ? picks[slot] : random() % counts[slot]));
    }
  }
  const settings = modes(half === true);
  for (let i = 0; i < RANDOM; i++) {
    const near = random() % 4 === 0 ? random() & 0xfff : 0;
    add(settings[i % settings.length], (slot) => randomOperand(operands[slot], random, near));
  }
  return Int32Array.from(all);
}

const words = (w: Int32Array): string => [...w].map(hex32).join(' ');

function compare(operation: FloatOperation, before: Int32Array, theirs: Int32Array): void {
  const out = new FloatResult();
  const differences: string[] = [];
  let count = 0;
  const ours = new Int32Array(RECORD);
  for (let at = 0; at < before.length; at += RECORD) {
    for (let i = 0; i < RECORD; i++) ours[i] = before[at + i];
    out.cumulative = 0;
    const flags = operation.ours(ours, before[at], out);
    ours[0] = flags === undefined ? before[at] : (before[at] & ~NZCV) | flags;
    ours[0] |= out.cumulative;
    let same = true;
    for (let i = 0; i < RECORD; i++) same &&= ours[i] === theirs[at + i];
    if (same) continue;
    count++;
    if (differences.length < 5) {
      const [was, expected] = [before, theirs].map((all) => words(all.subarray(at, at + RECORD)));
      differences.push(`before ${was}\nours   ${words(ours)}\nqemu   ${expected}`);
    }
  }
  const total = before.length / RECORD;
  assert.equal(count, 0, `${operation.name}: ${count} of ${total} differ (seed ${SEED})\n${differences.join('\n\n')}`);
}

describe('floating-point arithmetic against qemu-arm', function () {
  this.timeout(120_000);

  before(function () {
    need(this, 'qemu-arm', ...ASSEMBLER);
  });

  for (const [family, operations] of Object.entries(families)) {
    it(`${family}: results, NaNs and cumulative flags in all modes`, () => {
      const random = seededRandom(SEED);
      const batches = operations.map((operation) => ({ text: operation.text, records: records(operation, random) }));
      const results = runBatches(batches);
      operations.forEach((operation, i) => compare(operation, batches[i].records, results[i]));
    });
  }

  const named = (name: string): FloatOperation => {
    const found = Object.values(families)
      .flat()
      .find((operation) => operation.name === name);
    assert.ok(found, name);
    return found;
  };

  it('every half, by each format, with and without default NaN', () => {
    const operation = named('FPHalfToSingle');
    const all = new Int32Array(4 * 0x1_0000 * RECORD);
    [0, FPSCR_AHP, FPSCR_DN, FPSCR_AHP | FPSCR_DN].forEach((fpscr, setting) => {
      for (let half = 0; half < 0x1_0000; half++) {
        const at = (setting * 0x1_0000 + half) * RECORD;
        all[at] = fpscr;
        all[at + PLACE[0]] = half;
      }
    });
    compare(operation, all, runBatches([{ text: operation.text, records: all }])[0]);
  });

  // Estimates go by less than the upper 17 bits.
  const ESTIMATES = [
    'FPRecipEstimate lanes',
    'FPRSqrtEstimate lanes',
    'UnsignedRecipEstimate lanes',
    'UnsignedRSqrtEstimate lanes',
  ];
  for (const name of ESTIMATES)
    it(`${name.replace(' lanes', '')} of every sign, exponent and fraction that make a difference`, () => {
      const operation = named(name);
      const all = new Int32Array(0x1_0000 * RECORD);
      for (let i = 0; i < 0x1_0000; i++) {
        all[i * RECORD + PLACE[0]] = i << 15;
        all[i * RECORD + PLACE[0] + 1] = (1 << 31) | (i << 15) | 0x7fff;
      }
      compare(operation, all, runBatches([{ text: operation.text, records: all }])[0]);
    });
});
