/**
 * Generates a fast loop of ARM or of Thumb state: one function that dispatches over predecoded slots and never calls, so that its state
 * stays in registers. It runs while ITSTATE is 0, or as a decoded IT block expects it, and while the attempts left suffice for the rest of
 * the page in a straight run, which is looked at when a branch is taken and when a page is entered. Whatever it cannot do it leaves to
 * the driver (driver.ts). Knows no operation.
 *
 * PERF: three things that look odd make it fast on V8 (measured by engine.bench).
 * - It is a leaf: V8 keeps no register across a call in WebAssembly, so that with slow paths called from here every local would live on the
 *   stack. Flags lie in the state block all the same: in locals they gain nothing, and take the registers that handlers need.
 * - There is one loop, and each handler fetches the next one's number at its end. Within a second loop for the dispatch proper, V8 would
 *   compute ahead, for every instruction, whatever any handler derives from slot and flags.
 * - The next slot follows from the current one without a load (wide instructions have handlers of their own), and nothing is counted on
 *   the way (see FastLoop.count).
 */
import { Word } from '../arm/state.js';
import { CODE_HASH, PAGE, SLOT_BYTES } from '../mem/layout.js';
import { emitCharge, type FastLoop, type Heat, HotBuilder } from './emit-hot.js';
import { stateAddress } from './emitter.js';
import { countingCoverage, noCoverage } from './slot-coverage.js';
import { Temporaries } from './values.js';
import { emitHeat, pushCondition, pushHashMisses, pushITAdvance } from './fragments.js';
import { Scratch } from './scratch.js';
import { BODY_MASK, closingSlot, Handler, SlotByte } from './slots.js';
import { emitBody, type Variant } from './variant.js';
import { CodeWriter, Label } from './wasm/code.js';
import { Op } from './wasm/opcodes.js';

/** What the fast loop returns. COUNT is in the state block then. */
export const FastExit = {
  /** The instruction of Scratch.SLOT is next. */
  step: 0,
  /** PC holds the address of the next instruction. */
  goTo: 1,
  /** The instruction of Scratch.SLOT is next, and has been branched to often enough to become a region. */
  hot: 2,
} as const;

/** The fast loops of a state, as bits. Each has part of the handlers; the driver goes from one to the other. */
export const Loop = {
  /** Code on general registers. */
  general: 1 << 0,
  /** Code on floating-point numbers, with the commonest of the rest. */
  floatingPoint: 1 << 1,
  /** Code on vectors, with the commonest of the rest. */
  vectors: 1 << 2,
} as const;

/** The loops that are made when a guest needs them; their places in the table are in this order, ARM state's first. */
export const EXTENSION_LOOPS = [Loop.floatingPoint, Loop.vectors] as const;

/** What the generated code counts, for others: bits. */
export const Counts = {
  nothing: 0,
  /** Executions of instructions, for coverage (slot-coverage.ts). */
  executions: 1 << 0,
  /** Arrivals at slots by branches, for tier control (regions/tier.ts). */
  arrivals: 1 << 1,
} as const;

/** A handler of fast loops: a variant, executed under a condition or always. */
export interface HotHandler {
  readonly variant: Variant;
  /** 0 to 13, or 14 for always. */
  readonly cond: number;
  /** Bits of {@link Loop}: the loops that have it. */
  readonly loops: number;
}

/** From attempts to bytes of slots, as a shift: see FastLoop.count. */
export const COUNT_SHIFT = 4;

/**
 * @param thumb the state whose code it executes.
 * @param hot the handlers from Handler.first on, in order.
 * @param which the bit of {@link Loop} of those that it is to have
 * @param counts what it counts, bits of {@link Counts}
 */
export function emitFastLoop(thumb: number, hot: readonly HotHandler[], which: number, counts: number): CodeWriter {
  const code = new CodeWriter(0, 1 << 16);
  const coverage = (counts & Counts.executions) !== 0 ? countingCoverage(code) : noCoverage;
  const local = (): number => code.local();
  const handler = local();
  const slot = local();
  const count = local();
  const target = local();
  const left = local();
  /** Whether the arrival at `target` counts. */
  const counted = local();
  const itstate = local();
  const dispatch = new Label('dispatch');
  const goTo = new Label('go to');
  const isHot = new Label('hot');
  const next = (): void => {
    code.get(slot);
    code.load(Op.i32_load16_u, SlotByte.handler);
    code.set(handler);
    code.br(dispatch);
  };
  const advance = (wide: number): void => {
    code.get(slot);
    code.const(wide ? 2 * SLOT_BYTES : SLOT_BYTES);
    code.op(Op.i32_add);
    code.set(slot);
    if (wide) addToCount(SLOT_BYTES);
    next();
  };
  const addToCount = (amount: number): void => {
    code.get(count);
    code.const(amount);
    code.op(Op.i32_add);
    code.set(count);
  };
  const arrival = (): void => {
    emitHeat(code, slot, handler);
    code.brIf(isHot);
  };
  const nothing = (): void => {};
  const heat: Heat =
    (counts & Counts.arrivals) === 0
      ? { arrival: nothing, depart: nothing, arrivalBack: nothing, counts: nothing }
      : {
          arrival,
          depart: () => {
            code.get(slot);
            code.set(handler);
          },
          arrivalBack: () => {
            code.get(slot);
            code.get(handler);
            code.op(Op.i32_le_u);
            code.if(arrival);
          },
          counts: (does) => {
            code.const(+does);
            code.set(counted);
          },
        };
  const loop: FastLoop = {
    code,
    temporaries: new Temporaries(code),
    coverage,
    slot,
    count,
    bank: local(),
    target,
    next,
    advance,
    step: new Label('step'),
    sliced: new Label('sliced'),
    heat,
    far: new Label('far'),
    exchange: new Label('exchange'),
  };

  /** Goes on with the body of the current slot. */
  const dispatchBody = (): void => {
    code.get(slot);
    code.load(Op.i32_load16_u, SlotByte.body);
    code.const(BODY_MASK);
    code.op(Op.i32_and);
    code.set(handler);
    code.br(dispatch);
  };
  /** Goes past the current slot, whose instruction may be wide. */
  const skip = (): void => {
    coverage.failed(slot);
    code.get(slot);
    code.load(Op.i32_load, 0);
    code.const(0);
    code.op(Op.i32_lt_s);
    code.if(
      () => advance(1),
      () => advance(0),
    );
  };
  /** The same, where its width is known. */
  const fail = (wide: number): void => {
    coverage.failed(slot);
    advance(wide);
  };
  /** Writes COUNT back; `pushLeft` pushes 16 × the attempts left. */
  const saveCount = (pushLeft: () => void): void => {
    code.storeWord(stateAddress(Word.COUNT), () => {
      pushLeft();
      code.const(COUNT_SHIFT);
      code.op(Op.i32_shr_s);
      code.loadWord(Scratch.FLOOR);
      code.op(Op.i32_add);
    });
  };

  // ---- handlers that no operation makes

  const emitCondition = (cond: number): void => {
    pushCondition(code, cond ^ 1);
    code.if(() => {
      if (thumb) skip();
      else fail(0);
    });
    dispatchBody();
  };
  const emitPageEnd = (): void => {
    // No instruction: what the branch will charge is given first.
    addToCount(SLOT_BYTES);
    coverage.endBefore(slot);
    code.get(slot);
    code.const(thumb ? 3 : 2);
    code.op(Op.i32_shr_u);
    code.loadWord(Scratch.PC_BASE);
    code.op(Op.i32_add);
    code.set(target);
    if (thumb) {
      // An IT block that goes on in the next page is the driver's.
      emitCharge(loop);
      code.set(left);
      code.loadWord(stateAddress(Word.ITSTATE));
      code.brIf(goTo);
    }
    heat.counts(false);
    code.br(loop.far);
  };
  const emitIT = (): void => {
    code.storeWord(stateAddress(Word.ITSTATE), () => {
      code.get(slot);
      code.load(Op.i32_load, SlotByte.immediates);
    });
    advance(0);
  };
  /** In an IT block. The body may have to leave the loop: then it starts anew, with ITSTATE as it was. */
  const emitInIT = (cond: number): void => {
    code.storeWord(Scratch.IT_SLOT, () => code.const(0));
    code.loadWord(stateAddress(Word.ITSTATE));
    code.set(itstate);
    code.get(itstate);
    code.const(15);
    code.op(Op.i32_and);
    code.op(Op.i32_eqz);
    code.brIf(loop.step);
    code.get(itstate);
    code.const(4);
    code.op(Op.i32_shr_u);
    code.const(cond);
    code.op(Op.i32_ne);
    code.brIf(loop.step);
    code.storeWord(stateAddress(Word.ITSTATE), () => pushITAdvance(code, itstate));
    if (cond < 14) {
      pushCondition(code, cond ^ 1);
      code.if(skip);
    }
    code.storeWord(Scratch.IT_SLOT, () => code.get(slot));
    code.storeWord(Scratch.ITSTATE, () => code.get(itstate));
    dispatchBody();
  };

  const emitters: (() => void)[] = [];
  for (let cond = 0; cond < 14; cond++) emitters[Handler.condition + cond] = () => emitCondition(cond);
  emitters[Handler.pageEnd] = emitPageEnd;
  if (thumb) {
    emitters[Handler.IT] = emitIT;
    for (let cond = 0; cond < 15; cond++) emitters[Handler.inIT + cond] = () => emitInIT(cond);
  }
  hot.forEach(({ variant, cond, loops }, i) => {
    if ((loops & which) === 0) return;
    emitters[Handler.first + i] = () => {
      if (cond < 14) {
        pushCondition(code, cond ^ 1);
        code.if(() => fail(variant.wide));
      }
      loop.temporaries.release();
      const builder = new HotBuilder(loop, variant);
      builder.prologue();
      emitBody(variant, builder);
      builder.finish();
      if (code.reachable) advance(variant.wide);
    };
  });

  const emitDispatch = (): void => {
    const labels = emitters.map((_, i) => new Label(`handler ${i}`));
    const targets = Array.from({ length: emitters.length }, (_, i) => labels[i] ?? loop.step);
    const nest = (i: number): void => {
      if (i < 0) {
        code.get(handler);
        code.brTable(targets, loop.step);
        return;
      }
      const label = labels[i];
      if (label === undefined) {
        nest(i - 1);
        return;
      }
      code.block(label, () => nest(i - 1));
      emitters[i]();
    };
    nest(emitters.length - 1);
  };

  /** Goes on at `target`: by the code page hash. */
  const emitFar = (): void => {
    const shift = thumb ? 3 : 2;
    emitCharge(loop);
    code.set(left);
    pushHashMisses(code, target, handler);
    code.brIf(goTo);
    code.get(handler);
    code.load(Op.i32_load, CODE_HASH + 4);
    code.set(slot);
    code.storeWord(Scratch.PC_BASE, () => {
      code.get(target);
      code.const(-PAGE);
      code.op(Op.i32_and);
      code.get(slot);
      code.const(shift);
      code.op(Op.i32_shr_u);
      code.op(Op.i32_sub);
    });
    code.storeWord(Scratch.PAGE_END, () => {
      code.get(slot);
      code.const(closingSlot(thumb));
      code.op(Op.i32_add);
    });
    code.get(slot);
    code.get(target);
    code.const(PAGE - 1);
    code.op(Op.i32_and);
    code.const(shift);
    code.op(Op.i32_shl);
    code.op(Op.i32_add);
    code.set(slot);
    coverage.begin(slot);
    // PERF: a short block at the loop's end. V8 puts it before the loop's head, which it aligns to a cache line together with it; with a
    // long one there the dispatch straddles two lines, and costs up to three times as much.
    code.get(left);
    code.get(slot);
    code.op(Op.i32_add);
    code.loadWord(Scratch.PAGE_END);
    code.op(Op.i32_sub);
    code.set(count);
    code.get(count);
    code.const(0);
    code.op(Op.i32_lt_s);
    code.brIf(loop.sliced);
    if ((counts & Counts.arrivals) !== 0) {
      code.get(counted);
      code.if(arrival);
    }
    next();
  };

  code.loadWord(Scratch.SLOT);
  code.set(slot);
  coverage.begin(slot);
  code.loadWord(stateAddress(Word.TLB_BANK));
  code.set(loop.bank);
  code.storeWord(Scratch.IT_SLOT, () => code.const(0));
  code.loadWord(stateAddress(Word.COUNT));
  code.loadWord(Scratch.FLOOR);
  code.op(Op.i32_sub);
  code.const(COUNT_SHIFT);
  code.op(Op.i32_shl);
  code.get(slot);
  code.op(Op.i32_add);
  code.loadWord(Scratch.PAGE_END);
  code.op(Op.i32_sub);
  code.set(count);
  code.get(slot);
  code.load(Op.i32_load16_u, SlotByte.handler);
  code.set(handler);

  const pushLeftHere = (): void => {
    code.get(count);
    code.loadWord(Scratch.PAGE_END);
    code.op(Op.i32_add);
    code.get(slot);
    code.op(Op.i32_sub);
  };
  const emitLoop = (): void => {
    code.block(loop.sliced, () => {
      code.block(loop.step, () => {
        code.loop(dispatch, () => {
          code.block(loop.exchange, () => {
            code.block(loop.far, emitDispatch);
            emitFar();
          });
          // The other state has a loop of its own.
          emitCharge(loop);
          code.set(left);
          code.br(goTo);
        });
      });
      code.loadWord(Scratch.IT_SLOT);
      code.get(slot);
      code.op(Op.i32_eq);
      code.if(() => code.storeWord(stateAddress(Word.ITSTATE), () => code.loadWord(Scratch.ITSTATE)));
    });
  };
  code.block(goTo, () => {
    code.block(isHot, () => {
      emitLoop();
      coverage.endBefore(slot);
      saveCount(pushLeftHere);
      code.storeWord(Scratch.SLOT, () => code.get(slot));
      code.const(FastExit.step);
      code.op(Op.return);
    });
    coverage.endBefore(slot);
    saveCount(pushLeftHere);
    code.storeWord(Scratch.SLOT, () => code.get(slot));
    code.const(FastExit.hot);
    code.op(Op.return);
  });
  saveCount(() => code.get(left));
  code.storeWord(stateAddress(Word.PC), () => code.get(target));
  code.const(FastExit.goTo);
  return code;
}
