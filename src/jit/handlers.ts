/**
 * The handlers of one engine in one instruction set state: which number executes which variant, and the out-of-line functions behind them, compiled when they are first
 * called. Owns the numbers; knows no slot and no address.
 */
import { assert } from '../util/assert.js';
import { COLD_PARAMS, type ColdCalls, emitCold } from './emit-cold.js';
import type { HotHandler } from './fast-loop.js';
import { ENVIRONMENT } from './interpreter.js';
import { Handler, HANDLER_LIMIT } from './slots.js';
import type { PlainOperation } from '../ops/operation.js';
import { type Variant, variantKey } from './variant.js';
import { ModuleWriter } from './wasm/module.js';

/**
 * A handler's function is compiled when it has been asked for so often, or when so many wait for theirs.
 * PERF: a module costs V8 close to a millisecond whatever is in it, as much as some hundred instructions cost the reference.
 */
const PATIENCE = 200;
const BATCH = 32;

/** Indices of the functions that a module of out-of-line handlers imports, in this order. */
const CALLS: ColdCalls = { slowLoad: 0, slowStore: 1 };

/** A condition's handler number by body: index `body * 16 + cond`. */
const CONDITIONS = 16;

const signatures = new Map<string, string>();

/**
 * What tells whether two variants can share a handler: the bytes of their out-of-line functions, as a string. (A static may change nothing,
 * as the carry of an immediate does where no flags are set.)
 */
function signature(variant: Variant): string {
  const key = variantKey(variant);
  let known = signatures.get(key);
  if (known === undefined) {
    const bytes = emitCold(variant, CALLS).finish().finish();
    known = (variant.inIT ? 'it' : '') + (variant.wide ? 'wide' : '') + String.fromCharCode(...bytes);
    signatures.set(key, known);
  }
  return known;
}

export class HandlerSet {
  /** Handlers of the fast loop by their variants' names: what compiled code consists of is found without emitting anything. */
  readonly #hotByKey = new Map<string, number>();
  /** The same by operation: those whose signatures are not known yet. */
  readonly #unsigned = new Map<PlainOperation, number[]>();
  readonly #bodiesBySignature = new Map<string, number>();
  readonly #variants: (Variant | undefined)[] = [];
  readonly #conditional = new Int16Array(HANDLER_LIMIT * CONDITIONS);
  /** How often each handler's function was asked for while it was missing. */
  readonly #asked = new Uint8Array(HANDLER_LIMIT);
  /** Handlers whose function was asked for and is missing. */
  #waiting: number[] = [];
  readonly #environment: Record<string, WebAssembly.ImportValue>;
  readonly #table: WebAssembly.Table;
  readonly #firstEntry: number;
  /** The first free number. */
  #next: number;

  /**
   * @param hot the handlers of the fast loop, in the order of their numbers.
   * @param environment what out-of-line handlers import: memory, slowLoad, slowStore.
   * @param table the interpreter's table of out-of-line handlers; `firstEntry` is that of handler 0.
   * @param covers whether they count what is executed (slot-coverage.ts).
   */
  constructor(
    hot: readonly HotHandler[],
    environment: Record<string, WebAssembly.ImportValue>,
    table: WebAssembly.Table,
    firstEntry: number,
    private readonly covers: boolean,
  ) {
    this.#environment = environment;
    this.#table = table;
    this.#firstEntry = firstEntry;
    this.#next = Handler.first + hot.length;
    hot.forEach(({ variant, cond }, i) => {
      if (cond === 14) this.#enterHot(variant, Handler.first + i);
    });
    hot.forEach(({ variant, cond }, i) => {
      if (cond === 14) return;
      const body = this.#hotByKey.get(variantKey(variant));
      assert(body !== undefined, `${variantKey(variant)} is hot under a condition only`);
      this.#conditional[body * CONDITIONS + cond] = Handler.first + i;
    });
  }

  #enterHot(variant: Variant, handler: number): void {
    const { operation } = variant;
    this.#variants[handler] = variant;
    this.#hotByKey.set(variantKey(variant), handler);
    const others = this.#unsigned.get(operation);
    if (others === undefined) this.#unsigned.set(operation, [handler]);
    else others.push(handler);
  }

  /** The number of a variant's handler; {@link Handler.reference} when the numbers are used up. */
  body(variant: Variant): number {
    return this.#hotByKey.get(variantKey(variant)) ?? this.#bodyLike(variant);
  }

  /** The same of a variant that is not hot by name, but may be emitted as one that is. PERF: (START) */
  #bodyLike(variant: Variant): number {
    const { operation } = variant;
    for (const handler of this.#unsigned.get(operation) ?? [])
      this.#bodiesBySignature.set(signature(this.#variants[handler] as Variant), handler);
    this.#unsigned.delete(operation);
    const code = signature(variant);
    let body = this.#bodiesBySignature.get(code);
    if (body === undefined) {
      if (this.#next === HANDLER_LIMIT) return Handler.reference;
      body = this.#next++;
      this.#bodiesBySignature.set(code, body);
      this.#variants[body] = variant;
    }
    return body;
  }

  /** The handler that executes a body under a condition (0 to 14). */
  under(cond: number, body: number): number {
    if (cond === 14) return body;
    return this.#conditional[body * CONDITIONS + cond] || Handler.condition + cond;
  }

  /**
   * Told that the out-of-line function of a handler is needed. Returns whether it is there now; if not, the instruction is the reference's
   * to execute.
   */
  want(handler: number): boolean {
    if (this.#asked[handler]++ === 0) this.#waiting.push(handler);
    if (this.#asked[handler] < PATIENCE && this.#waiting.length < BATCH) return false;
    this.#compile(this.#waiting);
    this.#waiting = [];
    return true;
  }

  #compile(batch: readonly number[]): void {
    const module = new ModuleWriter();
    module.importMemory(ENVIRONMENT, 'memory');
    module.importFunction(ENVIRONMENT, 'slowLoad', module.type(3, 1));
    module.importFunction(ENVIRONMENT, 'slowStore', module.type(4, 0));
    const type = module.type(COLD_PARAMS, 1);
    for (const one of batch) {
      const code = emitCold(this.#variants[one] as Variant, CALLS, this.covers);
      module.exportFunction(String(one), module.addFunction(type, code));
    }
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), {
      [ENVIRONMENT]: this.#environment,
    });
    for (const one of batch) {
      this.#table.set(this.#firstEntry + one, exports[String(one)]);
    }
  }
}
