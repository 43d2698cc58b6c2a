/** The fifth invariant: no image makes the machine or the VMM throw or hang. Random bytes as guests, which moreover run the same in every way. */
import assert from 'node:assert/strict';
import { seededRandom, type RandomSource } from '../../src/isa/random.js';
import type { GuestImages } from '../../src/machine/images.js';
import { MIB } from '../support/guest.js';
import { BRIEF_WAYS, runAlike } from './compare.js';

const GUESTS = Number(process.env.TRAPLINE_GUESTS ?? 4);
const LIMIT = 10_000;
const SIZE = 0x8000;

/** Thumb words are legal more often than ARM ones; branches that stay near keep a guest going. */
const MAKERS: Readonly<Record<string, (random: RandomSource) => number>> = {
  'any words': (random) => random(),
  'unconditional ARM words': (random) => (random() & 0x0fff_ffff) | 0xe000_0000,
  'ARM words and near branches': (random) =>
    random() % 4 === 0 ? 0xea00_0000 | (((random() % 64) - 16) & 0xff_ffff) : (random() & 0x03ff_ffff) | 0xe000_0000,
  'small numbers': (random) => random() % 0x400,
};

/** Random words behind vectors that branch into them: a guest without any would end at its first exception. */
function bytes(random: RandomSource, make: (random: RandomSource) => number): Uint8Array {
  const words = Int32Array.from({ length: SIZE / 4 }, () => make(random));
  for (let vector = 1; vector < 8; vector++) words[vector] = 0xea00_0000 | (random() % (SIZE / 4 - 16));
  return new Uint8Array(words.buffer);
}

describe('garbage as a guest', function () {
  this.timeout(0);

  for (const [kind, make] of Object.entries(MAKERS)) {
    it(`${kind}: ends or goes on, bare and hypervised alike`, () => {
      let executed = 0;
      for (let seed = 1; seed <= GUESTS; seed++) {
        const random = seededRandom(seed);
        const program = { name: 'garbage', bytes: bytes(random, make) };
        const bios = { name: 'garbage in flash', bytes: bytes(random, make) };
        const images: GuestImages = seed % 4 === 3 ? { program, loads: [] } : { program, bios, loads: [] };
        const [{ stop, test }] = runAlike({ images, memory: MIB, semihosting: seed % 3 === 0 }, LIMIT, BRIEF_WAYS);
        executed += test.instructions;
        assert.ok(
          ['limit', 'dead', 'waiting', 'exit', 'reset'].includes(stop.kind),
          `seed ${seed}: ${JSON.stringify(stop)}`,
        );
      }
      assert.ok(executed > LIMIT, `${executed} instructions of ${GUESTS} guests are no test`);
    });
  }
});
