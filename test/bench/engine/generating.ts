/**
 * What it costs to make regions: of bigcode, whose regions are many and no two alike. Generating and encoding is timed apart from V8's part
 * (compiling and instantiating), when V8 has optimised the generator. Rounds translate the same in the same order, so that of each translation the
 * quickest counts: the time is the wall's, which other work on the host adds to.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Disposition } from '../../../src/arm/exceptions.js';
import { Word } from '../../../src/arm/state.js';
import { RegionTier } from '../../../src/jit/regions/tier.js';
import { RAM, Rig } from '../../jit/rig.js';
import { build, COLD, LOAD_ADDRESS, type State } from '../kernels.js';

/** Rounds until V8 has optimised the generator, and those that are measured. */
const WARM = 3;
const ROUNDS = 8;
const ATTEMPTS = 1 << 24;
const SYS_EXIT = 0x18;

/** Milliseconds of the translations of a round, one after another: all, and V8's part. */
const spent = { all: [] as number[], engine: [] as number[] };
let inEngine = 0;

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

/** Times what makes regions, from now on. */
function watch(): void {
  const { Module, Instance } = WebAssembly;
  const engine = (ms: number): void => void (inEngine += ms);
  WebAssembly.Module = new Proxy(Module, {
    construct: timed(engine, (_target, of) => Reflect.construct(Module, of) as object),
  });
  WebAssembly.Instance = new Proxy(Instance, {
    construct: timed(engine, (_target, of) => Reflect.construct(Instance, of) as object),
  });
  const translate = Reflect.get<RegionTier, 'translate'>(RegionTier.prototype, 'translate');
  RegionTier.prototype.translate = function (this: RegionTier): void {
    const from = performance.now();
    inEngine = 0;
    translate.call(this);
    spent.all.push(performance.now() - from);
    spent.engine.push(inEngine);
  };
}

/** Microseconds, and bytes of WebAssembly, for each guest instruction; milliseconds of the longest translation at once. */
export interface Generating {
  readonly instructions: number;
  readonly bytes: number;
  readonly generating: number;
  readonly engine: number;
  readonly longest: number;
}

interface Round {
  readonly all: readonly number[];
  readonly engine: readonly number[];
  readonly instructions: number;
  readonly bytes: number;
}

function round(binary: string): Round {
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
  Object.assign(spent, { all: [], engine: [] });
  rig.interpreter.run(ATTEMPTS, false);
  const { instructions, bytes } = rig.interpreter.tier1?.statistics ?? { instructions: 0, bytes: 0 };
  return { ...spent, instructions, bytes };
}

/** For a process of its own. */
export function measureGenerating(state: State): Generating {
  watch();
  const image = build(COLD, state, 900);
  const rounds = Array.from({ length: WARM + ROUNDS }, () => round(image.binary)).slice(WARM);
  const [{ instructions, bytes, all }] = rounds;
  for (const other of rounds) assert.equal(other.all.length, all.length, 'rounds translate the same');
  const least = (of: (round: Round, i: number) => number): number[] =>
    all.map((_, i) => Math.min(...rounds.map((round) => of(round, i))));
  const each = (times: readonly number[]): number => (times.reduce((sum, ms) => sum + ms, 0) * 1000) / instructions;
  return {
    instructions,
    bytes: bytes / instructions,
    generating: each(least((round, i) => round.all[i] - round.engine[i])),
    engine: each(least((round, i) => round.engine[i])),
    longest: Math.max(...least((round, i) => round.all[i])),
  };
}
