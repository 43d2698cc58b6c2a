/** Each primitive of the vector builder: what is emitted computes what the evaluator computes. */
import assert from 'node:assert/strict';
import { VECTOR_WORDS, Word } from '../../src/arm/state.js';
import { VectorEvaluator } from '../../src/cpu/vector-evaluator.js';
import { seededRandom } from '../../src/isa/random.js';
import { VectorEmitter } from '../../src/jit/emit-vector.js';
import { Temporaries, ValueBuilder } from '../../src/jit/values.js';
import { CodeWriter } from '../../src/jit/wasm/code.js';
import { ModuleWriter } from '../../src/jit/wasm/module.js';
import { STATE_BASE } from '../../src/mem/layout.js';
import type { Value, VReg } from '../../src/ops/builder.js';
import type { Esize, Vector, VectorBuilder } from '../../src/ops/vector-builder.js';

/** A function from the registers Q0, Q1 and Q2 (two operands and a third, whose words 8 to 11 count as Values) to D8 and on. */
type Body = (b: VectorBuilder, a: Vector, c: Vector, x: Vector) => void;

const reg = (n: number): VReg => n as VReg;
const value = (n: number): Value => n as Value;
const RESULT = reg(8);

/** Primitives by name. */
const bodies = new Map<string, Body>();
const define = (name: string, body: Body): void => {
  assert.ok(!bodies.has(name));
  bodies.set(name, body);
};
const vector = (name: string, compute: (b: VectorBuilder, a: Vector, c: Vector, x: Vector) => Vector): void =>
  define(name, (b, a, c, x) => b.setQ(RESULT, compute(b, a, c, x)));
const number = (name: string, compute: (b: VectorBuilder, a: Vector, c: Vector, x: Vector) => Value): void =>
  vector(name, (b, a, c, x) => b.splat(32, compute(b, a, c, x)));

const ALL = [8, 16, 32, 64] as const;
const NARROW = [8, 16, 32] as const;

for (const name of ['not', 'popcnt'] as const) vector(name, (b, a) => b[name](a));
for (const name of ['and', 'or', 'xor', 'andnot', 'q15mulr_sat_s', 'swizzle'] as const)
  vector(name, (b, a, c) => b[name](a, c));
vector('bitselect', (b, a, c, x) => b.bitselect(a, c, x));
vector('select', (b, a, c, x) => b.select(b.any_true(b.and(x, b.const(1, 0, 0, 0))), a, c));
vector('const', (b) => b.const(0x01234567, -1, 0x89abcdef, 1 << 31));
number('any_true', (b, a, c) => b.any_true(b.and(a, c)));
for (const e of ALL) {
  for (const name of ['neg', 'abs'] as const) vector(`${name} ${e}`, (b, a) => b[name](e, a));
  for (const name of [
    ...(['add', 'sub', 'mul', 'min_s', 'min_u', 'max_s', 'max_u'] as const),
    ...(['add_sat_s', 'add_sat_u', 'sub_sat_s', 'sub_sat_u'] as const),
    ...(['eq', 'ne', 'lt_s', 'lt_u', 'gt_s', 'gt_u', 'le_s', 'le_u', 'ge_s', 'ge_u'] as const),
    ...(['shlLanes', 'shrLanes_s', 'shrLanes_u'] as const),
  ])
    vector(`${name} ${e}`, (b, a, c) => b[name](e, a, c));
  // Counts within reach, too: a random one hardly ever is.
  for (const name of ['shlLanes', 'shrLanes_s', 'shrLanes_u'] as const)
    vector(`${name} ${e} near`, (b, a, c) => b[name](e, a, b.and(c, b.splatConst(e, 2 * e - 1))));
  for (const name of ['shl', 'shr_s', 'shr_u'] as const)
    vector(`${name} ${e}`, (b, a, c) => b[name](e, a, b.extract_lane_u(32, c, 0)));
  vector(`splatConst ${e}`, (b) => b.splatConst(e, -2));
  vector(`splatConst ${e} positive`, (b) => b.splatConst(e, 0x1234));
}
for (const e of NARROW) {
  vector(`avgr_u ${e}`, (b, a, c) => b.avgr_u(e, a, c));
  for (const name of ['extend_low_s', 'extend_low_u'] as const) vector(`${name} ${e}`, (b, a) => b[name](e, a));
  for (const name of ['extadd_pairwise_s', 'extadd_pairwise_u'] as const)
    vector(`${name} ${e}`, (b, a) => b[name](e, a));
  for (const name of ['narrow_s', 'narrow_u', 'extmul_low_s', 'extmul_low_u', 'extmul_high_s'] as const)
    vector(`${name} ${e}`, (b, a, c) => b[name](e, a, c));
  // Values that need not be cut, too.
  for (const name of ['narrow_s', 'narrow_u'] as const)
    vector(`${name} ${e} near`, (b, a, c) => {
      const near = (x: Vector): Vector => b.shr_s((2 * e) as Esize, x, b.extract_lane_u(8, b.const(e - 2, 0, 0, 0), 0));
      return b[name](e, near(a), near(c));
    });
  const last = 128 / e - 1;
  for (const lane of [0, 1, last]) {
    number(`extract_lane_s ${e} ${lane}`, (b, a) => b.extract_lane_s(e, a, lane));
    number(`extract_lane_u ${e} ${lane}`, (b, a) => b.extract_lane_u(e, a, lane));
  }
  vector(`splat ${e}`, (b, a) => b.splat(e, b.extract_lane_u(32, a, 2)));
  number(`Elem ${e}`, (b, a) => b.Elem(e, reg(2), b.extract_lane_u(32, a, 0), 1));
  vector(`splatElem ${e}`, (b, a) => b.splatElem(e, reg(2), b.extract_lane_u(32, a, 0)));
  define(`setElem ${e}`, (b, a, c) => b.setElem(e, RESULT, b.extract_lane_u(32, a, 0), b.extract_lane_u(32, c, 0), 1));
}
vector('shuffle', (b, a, c) => b.shuffle(a, c, [31, 0, 16, 15, 1, 1, 17, 30, 2, 29, 3, 28, 4, 27, 5, 26]));
vector('D', (b) => b.D(reg(3)));
vector('D wraps', (b) => b.D(reg(31), 3));
vector('Q wraps', (b) => b.Q(reg(30), 4));
define('setD', (b, a) => b.setD(RESULT, a));
define('setD wraps', (b, a) => b.setD(reg(31), a, 9));
define('setQ further on', (b, a) => b.setQ(reg(6), a, 2));
define('orQC', (b, a) => b.orQC(b.any_true(b.shl(8, a, b.extract_lane_u(8, b.const(7, 0, 0, 0), 0)))));

/** A builder of values that knows no choice. */
class Values extends ValueBuilder {
  choose(): Value {
    return assert.fail('no primitive chooses');
  }
  readonly vectors = new VectorEmitter({
    code: () => this.code,
    temporaries: this.temporaries,
    const: (n) => this.const(n),
    push: (v) => this.push(v),
    take: () => this.take(),
    pushOffset: (operand) => this.code.const(4 * operand),
    reading: () => {},
    effect: () => {},
    escapeIf: () => assert.fail('no primitive gives up'),
    access: () => 0,
  });
}

function run(body: Body, b: VectorBuilder): void {
  body(b, b.Q(reg(0)), b.Q(reg(2)), b.Q(reg(4)));
}

const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });

function compile(): WebAssembly.Exports {
  const module = new ModuleWriter();
  module.importMemory('e', 'memory');
  const type = module.type(0, 0);
  for (const [name, body] of bodies) {
    const code = new CodeWriter(0);
    run(body, new Values(code, new Temporaries(code)).vectors);
    module.exportFunction(name, module.addFunction(type, code));
  }
  return new WebAssembly.Instance(new WebAssembly.Module(module.finish() as BufferSource), { e: { memory } }).exports;
}

/** Lanes at which something changes, of every width. */
const BOUNDARIES = [
  0,
  1,
  -1,
  0x7fff_ffff,
  1 << 31,
  0x80,
  0x7f,
  0x7fff,
  0x8000,
  -0x8000,
  0x8000_7f80,
  0x7fff_8001,
].concat([0x807f_ff01, 0x0100_0100, 0x00ff_00ff, 0x8080_8080, 0x7f7f_7f7f]);

describe('vector primitives', () => {
  const emitted = new Int32Array(memory.buffer, STATE_BASE + 4 * Word.V, VECTOR_WORDS);
  const evaluated = new Int32Array(VECTOR_WORDS);
  const evaluator = new VectorEvaluator(evaluated);
  const random = seededRandom(20261);
  const words = (n: number): string =>
    Array.from(evaluated.subarray(4 * n, 4 * n + 4), (word) => (word >>> 0).toString(16).padStart(8, '0'))
      .reverse()
      .join('_');

  /** Random registers, every other time of boundary words. */
  function fill(round: number): void {
    for (let i = 0; i < evaluated.length; i++) {
      const boundary = round % 2 === 1 && random() % 4 !== 0;
      evaluated[i] = boundary ? BOUNDARIES[random() % BOUNDARIES.length] : random();
    }
    if (round % 5 === 0) evaluated.copyWithin(4, 0, 4);
    evaluated[64] = 0;
    emitted.set(evaluated);
  }

  it('are emitted as they are evaluated', () => {
    const exports = compile();
    for (const [name, body] of bodies)
      for (let round = 0; round < 300; round++) {
        fill(round);
        const operands = `${words(0)}, ${words(1)}, ${words(2)}`;
        run(body, evaluator);
        (exports[name] as () => void)();
        const at = evaluated.findIndex((word, i) => word !== emitted[i]);
        if (at >= 0)
          assert.fail(
            `${name} of ${operands}: word ${at} is ${emitted[at].toString(16)}, evaluated ${evaluated[at].toString(16)}`,
          );
      }
  });

  it('evaluate to what the definitions say', () => {
    const of = (body: (b: VectorBuilder) => Vector): string => {
      evaluator.setQ(reg(0), body(evaluator));
      return words(0);
    };
    const b = evaluator;
    assert.equal(
      of(() => b.add(8, b.splatConst(8, 255), b.splatConst(8, 2))),
      '01010101_01010101_01010101_01010101',
    );
    assert.equal(of(() => b.add_sat_s(16, b.splatConst(16, 0x7ffe), b.splatConst(16, 3))).slice(0, 8), '7fff7fff');
    assert.equal(of(() => b.sub_sat_u(64, b.splatConst(64, 1), b.splatConst(64, 2))).slice(0, 8), '00000000');
    assert.equal(
      of(() => b.shrLanes_s(64, b.const(0, 1 << 31, 8, 0), b.const(63, 0, 64, 0))),
      '00000000_00000000_ffffffff_ffffffff',
    );
    assert.equal(of(() => b.shlLanes(8, b.splatConst(8, 3), b.const(0x08070100, 0, 0, 0xff))).slice(-8), '00800603');
    assert.equal(
      of(() => b.narrow_u(16, b.const(-1, 70000, 5, 0), b.const(0, 0, 0, 65535))),
      'ffff0000_00000000_00000005_ffff0000',
    );
    assert.equal(
      of(() => b.extmul_high_s(32, b.const(0, 0, -2, 3), b.const(0, 0, 5, 7))),
      '00000000_00000015_ffffffff_fffffff6',
    );
    assert.equal(
      of(() => b.swizzle(b.const(0x03020100, 0, 0, 0xff000000), b.const(0x1f100f02, 0, 0, 0))).slice(-8),
      '0000ff02',
    );
    assert.equal(of(() => b.q15mulr_sat_s(b.splatConst(16, 0x8000), b.splatConst(16, 0x8000))).slice(0, 4), '7fff');
    assert.equal(of(() => b.splatElem(16, reg(0), value(5))).slice(0, 4), '7fff');
  });
});
