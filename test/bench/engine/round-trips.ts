/** What it takes to leave for JavaScript and to come back: an exception that a handler resumes, and an access to a device. */
import { Disposition } from '../../../src/arm/exceptions.js';
import { Word } from '../../../src/arm/state.js';
import { TIER_DEFAULTS } from '../../../src/jit/regions/tier.js';
import type { Device } from '../../../src/mem/device.js';
import { RAM, Rig } from '../../jit/rig.js';
import { spreadOf } from '../report/statistics.js';

const TURNS = 1_000_000;
const ROUNDS = 9;
const DEVICE = 0x0900_0000;
const UNALIGNED = RAM + 0x2001;

const SVC = 0xef00_0000;
const LDR_R0_R1 = 0xe591_0000;
const STR_R0_R1 = 0xe581_0000;
const LDR_R0_R2 = 0xe592_0000;

const device: Device = {
  name: 'probe',
  size: 0x1000,
  read: (offset) => offset,
  write: () => {},
  reset: () => {},
  save: () => undefined,
  restore: () => {},
};

/** Nanoseconds of processor time for a turn of a loop with this in it. */
function turn(words: readonly number[], tier1: boolean): number {
  const rig = new Rig(1 << 20, undefined, tier1 ? TIER_DEFAULTS : undefined);
  rig.bus.mapDevice(DEVICE, device);
  rig.processor.trapHandler = {
    take: (exception) => {
      rig.state[Word.PC] = exception.lr;
      return Disposition.Resume;
    },
  };
  const attempts = TURNS * (words.length + 2);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rig.loop(RAM + 0x1000, 'A32', words);
    rig.state[1] = DEVICE;
    rig.state[2] = UNALIGNED;
    rig.state[8] = 0x7fff_ffff;
    const before = process.cpuUsage();
    for (let left = attempts; left > 0;) {
      rig.interpreter.run(left, false);
      left = rig.state[Word.COUNT];
    }
    const { user, system } = process.cpuUsage(before);
    // The first half is while code is compiled.
    if (round >= ROUNDS >> 1) times.push(((user + system) * 1000) / TURNS);
  }
  return spreadOf(times).median;
}

/** Nanoseconds each, less the loop around it: on tier 0, and on both tiers. */
export interface RoundTrips {
  readonly name: string;
  readonly tier0: number;
  readonly both: number;
}

/** For a process of its own. */
export function measureRoundTrips(): RoundTrips[] {
  const empty = [false, true].map((tier1) => turn([], tier1));
  const cases: readonly (readonly [string, number])[] = [
    ['SVC to a handler and back', SVC],
    ['device read', LDR_R0_R1],
    ['device write', STR_R0_R1],
    ['load of a word that is not aligned', LDR_R0_R2],
  ];
  return cases.map(([name, word]) => {
    const [tier0, both] = [false, true].map((tier1, i) => turn([word], tier1) - empty[i]);
    return { name, tier0, both };
  });
}
