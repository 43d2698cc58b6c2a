/** Runs a kernel's image in this process. */
import fs from 'node:fs';
import { Stop } from '../../../src/arm/engine.js';
import { Disposition, Exception } from '../../../src/arm/exceptions.js';
import { Word } from '../../../src/arm/state.js';
import { TIER_DEFAULTS, type TierOptions, type TierStatistics } from '../../../src/jit/regions/tier.js';
import { RAM, Rig } from '../../jit/rig.js';
import { LOAD_ADDRESS } from '../kernels.js';

/** Tier 0 alone; tier 1 as far as that goes alone: what is not quite new is a region; both, as the product has them. */
export const TIERS = ['zero', 'one', 'both'] as const;
export type Tiers = (typeof TIERS)[number];

const OPTIONS: Record<Tiers, TierOptions | undefined> = {
  zero: undefined,
  one: { threshold: 64 },
  both: TIER_DEFAULTS,
};

export interface Result {
  /** What the guest wrote. */
  readonly text: string;
  /** Processor time of all threads, the engine's and V8's compiling included, the making of the machine not. */
  readonly seconds: number;
  readonly instructions: number;
  /** Pages that were dirty at the ends of epochs, in all. */
  readonly dirtyPages?: number;
  /** Bytes that were resident at most. */
  readonly peakMemory: number;
  readonly statistics?: TierStatistics | undefined;
}

const GUEST_RAM = 64 << 20;
const SYS_WRITE0 = 4;
const SYS_EXIT = 0x18;
const BUDGET = 1 << 28;

function makeRig(tiers: Tiers, covers = false): Rig {
  return new Rig(GUEST_RAM, undefined, OPTIONS[tiers], covers);
}

/** Runs until the guest takes an exception that `over` is true of. @param epoch instructions of an epoch of dirty pages */
function execute(rig: Rig, over: (kind: number, pc: number) => boolean, epoch?: number): Omit<Result, 'text'> {
  const { state, processor } = rig;
  let done = false;
  processor.trapHandler = {
    take: (exception) => {
      done = over(exception.kind, exception.pc);
      if (done) processor.requestStop();
      state[Word.PC] = exception.lr;
      return Disposition.Resume;
    },
  };
  const before = process.cpuUsage();
  let instructions = 0;
  const budget = epoch ?? BUDGET;
  let dirtyPages = 0;
  while (!done) {
    const stop = rig.interpreter.run(budget, false);
    instructions += budget - state[Word.COUNT];
    dirtyPages += rig.memory.dirty.count;
    if (epoch !== undefined) rig.memory.dirty.beginEpoch();
    if (stop === Stop.WaitForInterrupt || stop === Stop.Breakpoint) throw new Error(`stopped for ${stop}`);
  }
  const used = process.cpuUsage(before);
  return {
    seconds: (used.user + used.system) / 1e6,
    instructions,
    dirtyPages,
    peakMemory: process.resourceUsage().maxRSS * 1024,
    statistics: rig.interpreter.tier1?.statistics,
  };
}

function zeroTerminated(rig: Rig, va: number): string {
  const bytes = rig.ram.subarray(va - RAM);
  return Buffer.from(bytes.subarray(0, bytes.indexOf(0)))
    .toString()
    .trim();
}

/** @param covers what is executed is counted by instruction @param epoch instructions of an epoch of dirty pages, if there are any */
export function runImage(binary: string, tiers: Tiers, covers = false, epoch?: number): Result {
  const rig = makeRig(tiers, covers);
  rig.ram.set(fs.readFileSync(binary), LOAD_ADDRESS - RAM);
  rig.jump(LOAD_ADDRESS);
  let text = '';
  const result = execute(
    rig,
    (kind, pc) => {
      if (kind !== Exception.SupervisorCall) throw new Error(`exception ${kind} at ${pc}`);
      if (rig.state[0] === SYS_WRITE0) text = zeroTerminated(rig, rig.state[1] >>> 0);
      return rig.state[0] === SYS_EXIT;
    },
    epoch,
  );
  return { ...result, text };
}

/** Where the images for a Cortex-M0 lie in our RAM. */
export const M0_HERE = { code: LOAD_ADDRESS, data: RAM + (32 << 20) } as const;

/** Runs an image for a Cortex-M0, which leaves by BKPT. */
export function runM0Image(code: string, data: string): Result {
  const rig = makeRig('both');
  rig.ram.set(fs.readFileSync(code), M0_HERE.code - RAM);
  rig.ram.set(fs.readFileSync(data), M0_HERE.data - RAM);
  rig.jump(M0_HERE.code | 1);
  const result = execute(rig, (kind, pc) => {
    if (kind !== Exception.PrefetchAbort) throw new Error(`exception ${kind} at ${pc}`);
    return true;
  });
  return { ...result, text: (rig.state[0] >>> 0).toString(16) };
}
