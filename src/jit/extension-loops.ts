/**
 * The extension loops of one engine: made when a guest has executed enough on extension registers, so that others do not pay for them. Owns when
 * that is, and what the driver is told of hot handlers (Scratch.HANDLERS). Knows no operation.
 */
import { assert } from '../util/assert.js';
import { loopEntry } from './driver.js';
import { EXTENSION_LOOPS, type HotHandler, Loop } from './fast-loop.js';
import { ENVIRONMENT, generateExtensionLoop } from './interpreter.js';
import { LOOPS_SHIFT, MAX_HOT, Scratch } from './scratch.js';
import { Handler } from './slots.js';

/**
 * A loop is made when it was missed so often: before the first out-of-line handler of theirs is compiled (handlers.ts).
 * PERF: making one takes some 50 ms, of which a guest that only saves extension registers now and then should have nothing.
 */
const PATIENCE = 150;

/** By what they count. */
const modules: (WebAssembly.Module | undefined)[][] = [[], [], [], []];

export class ExtensionLoops {
  readonly #u8: Uint8Array;
  readonly #hot: readonly (readonly HotHandler[])[];
  readonly #memory: WebAssembly.Memory;
  readonly #table: WebAssembly.Table;
  readonly #asked = EXTENSION_LOOPS.map(() => 0);
  /** Bits of the loops that exist. */
  #existing: number = Loop.general;

  /** @param table the interpreter's, which has places for the loops @param counts what they count */
  constructor(
    u8: Uint8Array,
    memory: WebAssembly.Memory,
    table: WebAssembly.Table,
    hot: readonly (readonly HotHandler[])[],
    private readonly counts: number,
  ) {
    this.#u8 = u8;
    this.#memory = memory;
    this.#table = table;
    this.#hot = hot;
    this.tellDriver();
  }

  /** Told that a handler is executed out of line, and is not compiled yet; `thumb` and `handler` say which. */
  want(thumb: number, handler: number): void {
    const hot = this.#hot[thumb][handler - Handler.first] as HotHandler | undefined;
    if (hot === undefined || (hot.loops & this.#existing) !== 0) return;
    const which = EXTENSION_LOOPS.findIndex((loop) => (hot.loops & loop) !== 0);
    if (++this.#asked[which] >= PATIENCE) this.#make(which);
  }

  #make(which: number): void {
    const module = (modules[this.counts][which] ??= new WebAssembly.Module(
      generateExtensionLoop(this.#hot, EXTENSION_LOOPS[which], this.counts),
    ));
    const { exports } = new WebAssembly.Instance(module, { [ENVIRONMENT]: { memory: this.#memory } });
    this.#table.set(loopEntry(which, 0), exports['arm']);
    this.#table.set(loopEntry(which, 1), exports['thumb']);
    this.#existing |= EXTENSION_LOOPS[which];
    this.tellDriver();
  }

  /** Writes under which condition each hot handler executes its instruction, and which loops have it. */
  tellDriver(): void {
    this.#hot.forEach((list, thumb) => {
      assert(Handler.first + list.length < MAX_HOT, 'too many hot handlers');
      const table = Scratch.HANDLERS + thumb * MAX_HOT;
      this.#u8.fill(14, table, table + MAX_HOT);
      for (let cond = 0; cond < 14; cond++) this.#u8[table + Handler.condition + cond] = cond;
      list.forEach(({ cond, loops }, i) => {
        this.#u8[table + Handler.first + i] = cond | ((loops & this.#existing) << LOOPS_SHIFT);
      });
    });
  }
}
