/**
 * Floating point in vectors, evaluated at once: arm/float lane by lane, the reference for what jit/emit-vector-float.ts emits. Knows no
 * encoding.
 */
import { FloatResult, StandardFPSCRValue } from '../arm/float/common.js';
import * as convert from '../arm/float/convert.js';
import * as estimate from '../arm/float/estimate.js';
import * as single from '../arm/float/single.js';
import { Word } from '../arm/state.js';
import type { Value } from '../ops/builder.js';
import type { Vector } from '../ops/vector-builder.js';
import type { Lanes, VectorFloatBuilder } from '../ops/vector-float-builder.js';
import { VectorEvaluator } from './vector-evaluator.js';

const FPSCR = Word.FPSCR - Word.V;

type Unary = (a: number, fpscr: number, out: FloatResult) => number;
type Binary = (a: number, b: number, fpscr: number, out: FloatResult) => number;

const result = new FloatResult();

const mask =
  (compare: (a: number, b: number, fpscr: number, out: FloatResult) => boolean): Binary =>
  (a, b, fpscr, out) =>
    compare(a, b, fpscr, out) ? -1 : 0;

const equal = mask(single.FPCompareEQ);
const greaterOrEqual = mask(single.FPCompareGE);
const greater = mask(single.FPCompareGT);
const recipStep: Binary = (a, b, _fpscr, out) => estimate.FPRecipStep(a, b, out);
const rsqrtStep: Binary = (a, b, _fpscr, out) => estimate.FPRSqrtStep(a, b, out);
const recipEstimate: Unary = (a, _fpscr, out) => estimate.FPRecipEstimate(a, out);
const rsqrtEstimate: Unary = (a, _fpscr, out) => estimate.FPRSqrtEstimate(a, out);

export class VectorFloatEvaluator extends VectorEvaluator implements VectorFloatBuilder {
  readonly #block: Int32Array;
  readonly #accumulate: (bits: number) => void;

  /**
   * @param block the vector block of the state
   * @param accumulate sets cumulative exception bits of FPSCR
   */
  constructor(block: Int32Array, accumulate: (bits: number) => void) {
    super(block);
    this.#block = block;
    this.#accumulate = accumulate;
  }

  /** Lanes computed from 0 on; the others are zero. */
  #lanes(lanes: Lanes, compute: (i: number, fpscr: number) => number): Vector {
    const fpscr = StandardFPSCRValue(this.#block[FPSCR]);
    const lane = (i: number): number => (i < lanes ? compute(i, fpscr) : 0);
    result.cumulative = 0;
    const value = this.const(lane(0), lane(1), lane(2), lane(3));
    this.#accumulate(result.cumulative);
    return value;
  }

  #unary(lanes: Lanes, of: Unary, a: Vector): Vector {
    return this.#lanes(lanes, (i, fpscr) => of(this.extract_lane_s(32, a, i), fpscr, result));
  }

  #binary(lanes: Lanes, of: Binary, a: Vector, b: Vector): Vector {
    return this.#lanes(lanes, (i, fpscr) =>
      of(this.extract_lane_s(32, a, i), this.extract_lane_s(32, b, i), fpscr, result),
    );
  }

  FPAdd(lanes: Lanes, a: Vector, b: Vector): Vector {
    return this.#binary(lanes, single.FPAdd, a, b);
  }
  FPSub(lanes: Lanes, a: Vector, b: Vector): Vector {
    return this.#binary(lanes, single.FPSub, a, b);
  }
  FPMul(lanes: Lanes, a: Vector, b: Vector): Vector {
    return this.#binary(lanes, single.FPMul, a, b);
  }
  FPMulAdd(lanes: Lanes, addend: Vector, a: Vector, b: Vector): Vector {
    return this.#lanes(lanes, (i, fpscr) =>
      single.FPMulAdd(
        this.extract_lane_s(32, addend, i),
        this.extract_lane_s(32, a, i),
        this.extract_lane_s(32, b, i),
        fpscr,
        result,
      ),
    );
  }
  FPMax(lanes: Lanes, a: Vector, b: Vector): Vector {
    return this.#binary(lanes, single.FPMax, a, b);
  }
  FPMin(lanes: Lanes, a: Vector, b: Vector): Vector {
    return this.#binary(lanes, single.FPMin, a, b);
  }

  FPCompareEQ(lanes: Lanes, a: Vector, b: Vector): Vector {
    return this.#binary(lanes, equal, a, b);
  }
  FPCompareGE(lanes: Lanes, a: Vector, b: Vector): Vector {
    return this.#binary(lanes, greaterOrEqual, a, b);
  }
  FPCompareGT(lanes: Lanes, a: Vector, b: Vector): Vector {
    return this.#binary(lanes, greater, a, b);
  }

  FPRecipEstimate(lanes: Lanes, a: Vector): Vector {
    return this.#unary(lanes, recipEstimate, a);
  }
  FPRSqrtEstimate(lanes: Lanes, a: Vector): Vector {
    return this.#unary(lanes, rsqrtEstimate, a);
  }
  FPRecipStep(lanes: Lanes, a: Vector, b: Vector): Vector {
    return this.#binary(lanes, recipStep, a, b);
  }
  FPRSqrtStep(lanes: Lanes, a: Vector, b: Vector): Vector {
    return this.#binary(lanes, rsqrtStep, a, b);
  }
  UnsignedRecipEstimate(a: Vector): Vector {
    return this.#unary(4, estimate.UnsignedRecipEstimate, a);
  }
  UnsignedRSqrtEstimate(a: Vector): Vector {
    return this.#unary(4, estimate.UnsignedRSqrtEstimate, a);
  }

  FPToFixed(lanes: Lanes, a: Vector, fraction_bits: Value, unsigned: boolean): Vector {
    return this.#lanes(lanes, (i, fpscr) =>
      convert.FPSingleToFixed(this.extract_lane_s(32, a, i), 32, fraction_bits, unsigned, true, fpscr, result),
    );
  }
  FixedToFP(lanes: Lanes, a: Vector, fraction_bits: Value, unsigned: boolean): Vector {
    return this.#lanes(lanes, (i, fpscr) =>
      convert.FixedToFPSingle(this.extract_lane_s(32, a, i), 32, fraction_bits, unsigned, true, fpscr, result),
    );
  }

  FPHalfToSingle(a: Vector): Vector {
    return this.#lanes(4, (i, fpscr) => convert.FPHalfToSingle(this.extract_lane_u(16, a, i), fpscr, result));
  }
  FPSingleToHalf(a: Vector): Vector {
    const halves = this.#unary(4, convert.FPSingleToHalf, a);
    return this.shuffle(halves, this.splatConst(32, 0), [0, 1, 4, 5, 8, 9, 12, 13, 16, 16, 16, 16, 16, 16, 16, 16]);
  }
}
