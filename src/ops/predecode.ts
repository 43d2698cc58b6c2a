/**
 * From a word to what engines work on: operation, operands in the operation's order, condition, length. Cached by word; the same for all
 * engines. Owns the one policy for UNPREDICTABLE words. Knows no engine and no address.
 *
 * @unpredictable A word that is UNPREDICTABLE by its fields is executed the obvious way, except where that could go unnoticed: a sensitive
 * instruction, or one that would write R15 as if it were a general register, becomes the operation {@link UNPREDICTABLE}.
 */
import { assert } from '../util/assert.js';
import { decode, extractFields, unpredictableReasons } from '../isa/decode.js';
import { EVERY_FEATURE, featureMask } from '../isa/features.js';
import type { CompiledRow, Isa, Operands } from '../isa/row.js';
import { Fact } from '../isa/row.js';
import { effectsOf } from './effects.js';
import { operationByName } from './index.js';
import type { Operation } from './operation.js';
import { system } from './operation.js';

/** What a word does. Immutable and shared: one object per word and set of features. */
export interface Predecoded {
  readonly isa: Isa;
  readonly word: number;
  /** The row, or undefined for an unallocated word. */
  readonly row: CompiledRow | undefined;
  /** What to execute, or null: an UNDEFINED instruction. */
  readonly operation: Operation | null;
  /** The condition in the word itself, 0 to 14; 14 also where it has none (then ITSTATE decides in Thumb). */
  readonly cond: number;
  /** Bytes. */
  readonly length: 2 | 4;
  /** Values of the operation's registers, immediates (i32) and statics, in its order; empty for a system operation. */
  readonly regs: readonly number[];
  readonly imms: readonly number[];
  readonly statics: readonly number[];
  /** The same for equal (operation, statics): what a handler is made for. `ADD_reg/1,5`; a system operation's name; '' for UNDEFINED. */
  readonly key: string;
  /** All operands by name: what a body takes when it is evaluated. */
  readonly operands: Operands;
}

/** Stands for UNPREDICTABLE words that must not run as they are; the run's policy decides. */
export const UNPREDICTABLE = system('UNPREDICTABLE', [], (p) => p.unpredictable());

const NONE: readonly number[] = [];
const NO_OPERANDS: Operands = {};

/** Operands of system operations that are destination registers. */
const DESTINATIONS = ['d', 't', 't2', 'n'];

const writesByKey = new Map<string, number>();

/** Keys by their operations and, of each, by its statics as one number, six bits each. */
const keys = new Map<Operation, Map<number, string>>();
const STATIC_BITS = 6;
const MOST_STATICS = 5;

/**
 * The key of an operation with its statics, see {@link Predecoded.key}.
 * PERF: always the same string, so that maps by key need not hash it again; made anew each time it was a tenth of decoding cold code (bigcode).
 */
export function handlerKey(operation: Operation, statics: readonly number[]): string {
  if (statics.length === 0) return operation.name;
  let packed = 0;
  for (let i = 0; i < statics.length; i++) {
    if (statics[i] >>> STATIC_BITS !== 0 || i === MOST_STATICS) return `${operation.name}/${statics.join(',')}`;
    packed = (packed << STATIC_BITS) | statics[i];
  }
  let ofOperation = keys.get(operation);
  if (ofOperation === undefined) keys.set(operation, (ofOperation = new Map<number, string>()));
  let key = ofOperation.get(packed);
  if (key === undefined) ofOperation.set(packed, (key = `${operation.name}/${statics.join(',')}`));
  return key;
}

function writesR15(
  operation: Operation,
  key: string,
  predecoded: Pick<Predecoded, 'regs' | 'statics' | 'operands'>,
): boolean {
  if (operation.kind === 'system')
    return operation.operands.some((name) => DESTINATIONS.includes(name) && predecoded.operands[name] === 15);
  if (!predecoded.regs.includes(15)) return false;
  let writes = writesByKey.get(key);
  if (writes === undefined) writesByKey.set(key, (writes = effectsOf(operation, predecoded.statics).writes));
  return predecoded.regs.some((register, i) => register === 15 && ((writes >>> i) & 1) === 1);
}

function values(operands: Operands, names: readonly string[], row: CompiledRow): readonly number[] {
  if (names.length === 0) return NONE;
  const found = new Array<number>(names.length);
  for (let i = 0; i < names.length; i++) {
    const value = operands[names[i]];
    // PERF: the message is made where it is needed.
    if (value === undefined) assert(false, `${row.isa} ${row.name} ${row.encoding}: no operand ${names[i]}`);
    found[i] = value;
  }
  return found;
}

const V7 = featureMask(['v7']);
const D32 = featureMask(['d32']);

/** The word names D16 to D31, and the processor has them not: the operand `d32` of rows with doubleword registers. */
function lacksRegisters(row: CompiledRow, word: number, features: number): boolean {
  return (features & D32) === 0 && row.args(extractFields(row, word))['d32'] === 1;
}

/** ALUWritePC (A2.3.1): before ARMv7 it does not interwork in ARM state either, as the operand `thumb` of operations with it says. */
function architectural(operation: Operation, operands: Operands, features: number): Operands {
  const writesPc = operation.kind === 'plain' && operation.name.endsWith('_pc') && operation.statics.includes('thumb');
  return writesPc && (features & V7) === 0 ? { ...operands, thumb: 1 } : operands;
}

/** The same as {@link predecode}, for who keeps of it what is needed. */
export function predecodeAnew(isa: Isa, word: number, features: number): Predecoded {
  return predecodeAs(decode(isa, word, features), isa, word, features);
}

/** The same of a word that was decoded. */
export function predecodeAs(row: CompiledRow | undefined, isa: Isa, word: number, features: number): Predecoded {
  const length = isa === 'T16' ? 2 : 4;
  if (row === undefined || row.operation === null || lacksRegisters(row, word, features)) {
    // An UNDEFINED instruction whose condition fails is a NOP.
    const cond = isa === 'A32' && word >>> 28 !== 15 ? word >>> 28 : 14;
    return {
      isa,
      word,
      row,
      operation: null,
      cond,
      length,
      regs: NONE,
      imms: NONE,
      statics: NONE,
      key: '',
      operands: NO_OPERANDS,
    };
  }
  const operation = operationByName.get(row.operation);
  if (operation === undefined) assert(false, `${row.isa} ${row.name} ${row.encoding}: no operation ${row.operation}`);
  const operands = architectural(operation, row.args(extractFields(row, word)), features);
  const cond = row.conditional ? word >>> 28 : (operands['cond'] ?? 14);
  const plain = operation.kind === 'plain';
  const regs = plain ? values(operands, operation.regs, row) : NONE;
  const imms = plain ? values(operands, operation.imms, row) : NONE;
  const statics = plain ? values(operands, operation.statics, row) : NONE;
  const key = handlerKey(operation, statics);
  // PERF: whether it would matter is quicker to see than whether it is.
  const refused =
    ((row.facts & Fact.sensitive) !== 0 || writesR15(operation, key, { regs, statics, operands })) &&
    unpredictableReasons(row, word).length > 0;
  if (refused)
    return {
      isa,
      word,
      row,
      operation: UNPREDICTABLE,
      cond,
      length,
      regs: NONE,
      imms: NONE,
      statics: NONE,
      key: UNPREDICTABLE.name,
      operands,
    };
  return { isa, word, row, operation, cond, length, regs, imms, statics, key, operands };
}

/** Words kept per instruction set before a cache starts anew; more distinct words than any kernel has in use. */
const CACHE_LIMIT = 1 << 17;
const RECENT_LIMIT = 1 << 15;

/** What was predecoded of one instruction set. */
class Cache {
  readonly #known = new Map<number, Predecoded>();
  /** By a hash of the word: what was asked for last. PERF: one look into an array in place of several into a large Map, which are misses of the host's cache; made when
   * the first word is asked for, since a run uses one or two of the six that there are (start). */
  #recent: (Predecoded | undefined)[] | undefined;

  constructor(
    private readonly isa: Isa,
    private readonly features: number,
  ) {}

  get(word: number): Predecoded {
    const place = (Math.imul(word, 0x9e37_79b1) >>> 17) & (RECENT_LIMIT - 1);
    const recent = (this.#recent ??= new Array<Predecoded | undefined>(RECENT_LIMIT).fill(undefined));
    const last = recent[place];
    if (last?.word === word) return last;
    let predecoded = this.#known.get(word);
    if (predecoded === undefined) {
      if (this.#known.size >= CACHE_LIMIT) this.#known.clear();
      predecoded = predecodeAnew(this.isa, word, this.features);
      this.#known.set(word, predecoded);
    }
    return (recent[place] = predecoded);
  }
}

type Caches = Readonly<Record<Isa, Cache>>;

const cachesByFeatures = new Map<number, Caches>();

function cachesFor(features: number): Caches {
  let caches = cachesByFeatures.get(features);
  if (caches === undefined) {
    const cache = (isa: Isa): Cache => new Cache(isa, features);
    caches = { A32: cache('A32'), T16: cache('T16'), T32: cache('T32') };
    cachesByFeatures.set(features, caches);
  }
  return caches;
}

/** PERF: the caches of the features that were asked for last; a run asks for one set alone. */
let recent = { features: EVERY_FEATURE, caches: cachesFor(EVERY_FEATURE) };

/**
 * Predecodes a word (a T16 word in the low half; a T32 word with its first halfword in the high half).
 * @param features of the processor, as a mask of isa/features.ts; by default all that the table holds
 */
export function predecode(isa: Isa, word: number, features = EVERY_FEATURE): Predecoded {
  if (features !== recent.features) recent = { features, caches: cachesFor(features) };
  return recent.caches[isa].get(word | 0);
}
