/**
 * What it costs to leave translated or interpreted code and come back: to a handler of traps and to a device with nothing behind them, which is the
 * engine's part; and to the VMM with arbitration, at level 1 (an exception) and level 2 (inline). Nanoseconds of processor time per round trip, less the
 * loop; medians of rounds that take turns between tier 0 and both tiers.
 *
 *   npm run bench -- exits        TRAPLINE_RUNS: rounds (default 5)
 */
import { Disposition } from '../../src/arm/exceptions.js';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import type { Device } from '../../src/mem/device.js';
import { TIER_DEFAULTS } from '../../src/jit/regions/tier.js';
import { RAM, Rig } from '../jit/rig.js';
import type { Way } from '../support/guest.js';
import { MICRO_GUESTS } from './vmm/guests.js';
import { measureMicro } from './vmm/measure.js';
import { spreadOf } from './report/statistics.js';
import { tableText, type Table } from './report/table.js';

const RUNS = Number(process.env.TRAPLINE_RUNS ?? 5);
const TURNS = 400_000;
const CODE = RAM + 0x1_0000;
const DEVICE = 0x1000_0000;
const ENGINES = ['interpreter', 'jit'] as const;
type EngineName = (typeof ENGINES)[number];

const NOP = 0xe1a0_1001; // mov r1, r1
const SVC = 0xef00_0000;
const LDR = 0xe592_1000; // ldr r1, [r2]
const STR = 0xe582_1000;
const LDR_AGAIN = 0xe593_1000; // ldr r1, [r3]

const nothing: Device = { name: 'nothing', base: DEVICE, size: 0x1000, read: () => 0, write: () => undefined } as never;

/** Nanoseconds of a turn of a loop with one word in its body. */
function loop(engine: EngineName): (word: number) => number {
  const rig = new Rig(1 << 20, undefined, engine === 'jit' ? TIER_DEFAULTS : undefined);
  rig.bus.mapDevice(DEVICE, nothing);
  rig.processor.trapHandler = {
    take: (e) => {
      rig.state[Word.PC] = e.pc + 4;
      return Disposition.Resume;
    },
  };
  return (word) => {
    rig.processor.setCpsr(Mode.svc | Psr.I | Psr.F | Psr.A);
    rig.state[2] = DEVICE;
    rig.state[3] = (RAM + 0x2_0001) | 0;
    rig.state[8] = -1;
    rig.loop(CODE, 'A32', [word, NOP, NOP, NOP]);
    rig.interpreter.run(TURNS, false);
    const start = process.cpuUsage();
    for (let left = 6 * TURNS; left > 0; left -= TURNS) rig.interpreter.run(TURNS, false);
    const { user } = process.cpuUsage(start);
    return (user * 1000) / TURNS;
  };
}

function engineRows(): string[][] {
  const loops = ENGINES.map(loop);
  const things = [
    ['SVC to a handler', SVC],
    ['device load', LDR],
    ['device store', STR],
    ['unaligned load', LDR_AGAIN],
  ] as const;
  return things.map(([title, word]) => [
    title,
    ...loops.map((measure) => {
      const rounds = Array.from({ length: RUNS }, () => measure(word) - measure(NOP));
      return spreadOf(rounds).median.toFixed(0);
    }),
  ]);
}

const GUESTS = [
  'mrs-cpsr',
  'msr-cpsr-control',
  'msr-mode-switch',
  'cps-interrupts',
  'spsr',
  'exception-return',
  'cp15-write',
  'svc-round-trip',
  'device-read',
];

function guestRows(): string[][] {
  return MICRO_GUESTS.filter(({ name }) => GUESTS.includes(name)).map((guest) => [
    guest.title,
    ...[undefined, 1 as const, 2 as const].flatMap((level) =>
      ENGINES.map((engine) => {
        const way: Way = { engine, level };
        return spreadOf(
          Array.from({ length: Math.ceil(RUNS / 3) }, () => measureMicro(guest, way).ns).flat(),
        ).median.toFixed(0);
      }),
    ),
  ]);
}

const engine: Table = {
  title: 'the engine alone, ns',
  about: '',
  columns: ['what', 'tier 0', 'both tiers'],
  rows: engineRows(),
};
console.log(`${tableText(engine)}\n`);
const guests: Table = {
  title: 'with arbitration, ns',
  about: '',
  columns: [
    'what',
    'bare, tier 0',
    'bare, both',
    'level 1, tier 0',
    'level 1, both',
    'level 2, tier 0',
    'level 2, both',
  ],
  rows: guestRows(),
};
console.log(tableText(guests));
