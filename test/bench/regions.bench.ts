/**
 * What it costs to make regions: microseconds for each guest instruction, for generating and encoding, and for V8's part (compiling and
 * instantiating). The code is bigcode, whose regions are many and no two alike; every second round is measured, when V8 has optimised the generator.
 *
 *   node scripts/bench.mjs regions
 */
import fs from 'node:fs';
import { Disposition } from '../../src/arm/exceptions.js';
import { Word } from '../../src/arm/state.js';
import { RegionTier } from '../../src/jit/regions/tier.js';
import { RAM, Rig } from '../jit/rig.js';
import { build, LOAD_ADDRESS, type State } from './kernels.js';

const ROUNDS = 6;
const ATTEMPTS = 1 << 24;
const SYS_EXIT = 0x18;

const spent = { all: 0, engine: 0 };

/** Makes a function add the time that it takes. */
function timed<A extends unknown[], R>(add: (ms: number) => void, body: (...of: A) => R): (...of: A) => R {
  return (...of) => {
    const from = performance.now();
    try {
      return body(...of);
    } finally {
      add(performance.now() - from);
    }
  };
}

const { Module, Instance } = WebAssembly;
WebAssembly.Module = new Proxy(Module, {
  construct: timed(
    (ms) => (spent.engine += ms),
    (_target, of) => Reflect.construct(Module, of) as object,
  ),
});
WebAssembly.Instance = new Proxy(Instance, {
  construct: timed(
    (ms) => (spent.engine += ms),
    (_target, of) => Reflect.construct(Instance, of) as object,
  ),
});
const translate: unknown = Reflect.get(RegionTier.prototype, 'translate');
RegionTier.prototype.translate = function (this: RegionTier): void {
  const from = performance.now();
  (translate as (this: RegionTier) => void).call(this);
  spent.all += performance.now() - from;
};

function round(binary: string): { instructions: number; bytes: number } {
  const rig = new Rig(64 << 20, undefined, { threshold: 100 });
  rig.ram.set(fs.readFileSync(binary), LOAD_ADDRESS - RAM);
  rig.jump(LOAD_ADDRESS);
  rig.processor.trapHandler = {
    take: (exception) => {
      if (rig.state[0] === SYS_EXIT) rig.processor.requestStop();
      rig.state[Word.PC] = exception.lr;
      return Disposition.Resume;
    },
  };
  spent.all = 0;
  spent.engine = 0;
  rig.interpreter.run(ATTEMPTS, false);
  return rig.interpreter.tier1?.statistics ?? { instructions: 0, bytes: 0 };
}

for (const state of ['arm', 'thumb'] as State[]) {
  const image = build('bigcode', state, 900);
  for (let i = 1; i <= ROUNDS; i++) {
    const { instructions, bytes } = round(image.binary);
    if (i % 2 === 1) continue;
    const perInstruction = (ms: number): string => ((ms * 1000) / instructions).toFixed(2);
    console.log(
      `${state}: ${instructions} instructions, ${(bytes / instructions).toFixed(0)} bytes for each; ` +
        `generating ${perInstruction(spent.all - spent.engine)} µs, V8 ${perInstruction(spent.engine)} µs for each`,
    );
  }
}
