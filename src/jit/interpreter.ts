/**
 * Generates tier 0: the base module. It holds the general fast loops (fast-loop.ts), the driver around them (driver.ts), and the table of
 * out-of-line handlers and extension loops. In it are the out-of-line handlers of what the general loops have, which are executed so under a condition, and
 * for accesses that the TLB does not serve; the others, and the extension loops, are modules of their own, made when they are asked for. Owns the protocol between the driver and its JavaScript side; knows no operation.
 *
 * `run()` executes from PC until COUNT is not above FLOOR, or something stops it, and returns an `Exit`. On return all state is in the
 * state block. The JavaScript side is called through five imports, always with PC and COUNT in the state block:
 *
 *   enterPage()         there is no code page for PC in the hash: put one there, or take the prefetch abort, and return 0; or 1, to stop at PC
 *   decode(slot)        the slot at PC is not decoded: decode it
 *   executeReference(slot)  execute the instruction at PC, whose slot that is, by the reference
 *   arbitrate(slot)     the slot at PC has a patch that executes in its place, and its condition holds: let it
 *   want(entry)         the handler's table entry is still empty: fill it and return 1, or 0 to have the reference execute the instruction
 *
 * With tier 1 the driver enters regions where one begins at a slot, and there are two calls more:
 *
 *   hot(slot)           the slot at PC has been branched to so often that a region is to begin there
 *   leftFor()           a region was left so that the instruction at PC be executed by itself, and not for want of attempts
 *
 * With coverage, one:
 *
 *   reached(pc, thumb)  the instruction at that address was reached, and has taken its slot away
 */
import { REGIONS } from '../mem/layout.js';
import {
  type DriverParts,
  emitConditionPassed,
  emitDriver,
  emitMissing,
  FIRST_REGION,
  TABLE_ENTRIES,
} from './driver.js';
import { COLD_PARAMS, emitCold } from './emit-cold.js';
import { Counts, emitFastLoop, Loop, type HotHandler } from './fast-loop.js';
import { emitEnter, emitRegionArbitrate, emitRegionHandler, emitRegionReference } from './regions/entrance.js';
import { Handler, HANDLER_LIMIT } from './slots.js';
import { ModuleWriter } from './wasm/module.js';

/** What the base module imports from JavaScript. */
export interface DriverCalls {
  enterPage(): number;
  decode(slot: number): void;
  executeReference(slot: number): void;
  arbitrate(slot: number): void;
  want(entry: number): number;
  hot(slot: number): void;
  leftFor(): void;
  reached(pc: number, thumb: number): void;
  slowLoad(va: number, size: number, flags: number): number;
  slowStore(va: number, size: number, value: number, flags: number): void;
}

/** What the base module exports. */
export interface DriverExports {
  readonly run: () => number;
  slowLoad: WebAssembly.ExportValue;
  slowStore: WebAssembly.ExportValue;
  /** With tier 1: what regions import, see RegionCalls. */
  readonly enter?: WebAssembly.ExportValue;
  readonly handler?: WebAssembly.ExportValue;
  readonly reference?: WebAssembly.ExportValue;
  readonly arbitrate?: WebAssembly.ExportValue;
  handlers: WebAssembly.Table;
}

/** The import module's name; the memory's name in it is `memory`. */
export const ENVIRONMENT = 'trapline';

/**
 * The binary of the base module.
 * @param hot the handlers of the fast loops for ARM and Thumb state
 * @param counts what it counts, bits of {@link Counts}; where arrivals are among that, it also enters regions
 */
export function generateInterpreter(hot: readonly (readonly HotHandler[])[], counts: number): Uint8Array {
  const tier1 = (counts & Counts.arrivals) !== 0;
  const module = new ModuleWriter();
  module.importMemory(ENVIRONMENT, 'memory');
  const nothing = module.type(0, 0);
  const takesOne = module.type(1, 0);
  const handlerType = module.type(COLD_PARAMS, 1);
  const enterPage = module.importFunction(ENVIRONMENT, 'enterPage', module.type(0, 1));
  const decode = module.importFunction(ENVIRONMENT, 'decode', takesOne);
  const executeReference = module.importFunction(ENVIRONMENT, 'executeReference', takesOne);
  const arbitrate = module.importFunction(ENVIRONMENT, 'arbitrate', takesOne);
  const want = module.importFunction(ENVIRONMENT, 'want', module.type(1, 1));
  const slowLoad = module.importFunction(ENVIRONMENT, 'slowLoad', module.type(3, 1));
  const slowStore = module.importFunction(ENVIRONMENT, 'slowStore', module.type(4, 0));

  const becomesHot = tier1 ? module.importFunction(ENVIRONMENT, 'hot', takesOne) : -1;
  const leftFor = tier1 ? module.importFunction(ENVIRONMENT, 'leftFor', nothing) : -1;
  const covers = (counts & Counts.executions) !== 0;
  const reached = covers ? module.importFunction(ENVIRONMENT, 'reached', module.type(2, 0)) : undefined;

  const loopType = module.type(0, 1);
  const general = hot.map((handlers, thumb) =>
    module.addFunction(loopType, emitFastLoop(thumb, handlers, Loop.general, counts)),
  );
  const passes = module.addFunction(module.type(1, 1), emitConditionPassed());
  const missing = module.addFunction(handlerType, emitMissing(want, handlerType));
  const parts = { enterPage, decode, executeReference, arbitrate, general, loopType, passes, handlerType, reached };
  let enters: DriverParts['tier1'];
  if (tier1) {
    const called = module.type(2, 1);
    const enter = module.addFunction(called, emitEnter(module.type(1, 1), FIRST_REGION));
    enters = { enter, hot: becomesHot, leftFor };
    module.exportFunction('enter', enter);
    module.exportFunction('handler', module.addFunction(called, emitRegionHandler(handlerType, reached)));
    module.exportFunction('reference', module.addFunction(module.type(3, 1), emitRegionReference(executeReference)));
    module.exportFunction('arbitrate', module.addFunction(module.type(3, 1), emitRegionArbitrate(arbitrate, covers)));
  }
  const run = module.addFunction(module.type(0, 1), emitDriver({ ...parts, tier1: enters }));
  module.exportFunction('run', run);
  module.exportFunction('slowLoad', slowLoad);
  module.exportFunction('slowStore', slowStore);
  const handlers = new Array<number>(TABLE_ENTRIES).fill(missing);
  hot.forEach((list, thumb) => {
    list.forEach(({ variant, cond, loops }, i) => {
      if (cond !== 14 || (loops & Loop.general) === 0) return;
      const code = emitCold(variant, { slowLoad, slowStore }, covers);
      handlers[thumb * HANDLER_LIMIT + Handler.first + i] = module.addFunction(handlerType, code);
    });
  });
  module.exportTable('handlers', tier1 ? FIRST_REGION + REGIONS : TABLE_ENTRIES, handlers);
  return module.finish();
}

/** The binary of the module of an extension loop, for those guests that need it: it exports `arm` and `thumb`. @param which bit of {@link Loop} @param counts as above */
export function generateExtensionLoop(
  hot: readonly (readonly HotHandler[])[],
  which: number,
  counts: number,
): Uint8Array {
  const module = new ModuleWriter();
  module.importMemory(ENVIRONMENT, 'memory');
  hot.forEach((handlers, thumb) => {
    const loop = module.addFunction(module.type(0, 1), emitFastLoop(thumb, handlers, which, counts));
    module.exportFunction(thumb ? 'thumb' : 'arm', loop);
  });
  return module.finish();
}
