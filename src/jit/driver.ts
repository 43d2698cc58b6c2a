/**
 * Generates the driver of tier 0: it finds the code page of PC, runs the fast loop of the present state, and executes by itself what that
 * leaves: single instructions by their out-of-line handlers, near the end of the budget, within IT blocks that the fast loop does not know, and
 * where memory must be reached the slow way. Owns the order in which attention, budget and breakpoints are looked at; knows no operation.
 */
import { Attention, Word } from '../arm/state.js';
import { CODE_HASH, PAGE, SLOT_BYTES } from '../mem/layout.js';
import { COLD_PARAMS, Outcome } from './emit-cold.js';
import { LOOP_ACCESS } from './emit-hot.js';
import { stateAddress } from './emitter.js';
import { COUNT_SHIFT, EXTENSION_LOOPS, FastExit, Loop } from './fast-loop.js';
import { emitHeat, pushCondition, pushHashMisses, pushITAdvance } from './fragments.js';
import { emitEnterRegions, emitLeaveRegions, pushRegionEntry } from './regions/entrance.js';
import { Left, MOST_INSTRUCTIONS, RegionByte } from './regions/table.js';
import { LOOPS_SHIFT, MAX_HOT, Scratch } from './scratch.js';
import { countingCoverage, emitReached, emitWasReached, noCoverage } from './slot-coverage.js';
import {
  BODY_MASK,
  BODY_SHIFT,
  closingSlot,
  Handler,
  HANDLER_LIMIT,
  HANDLER_MASK,
  SlotByte,
  WIDE_SHIFT,
} from './slots.js';
import { CodeWriter, Label } from './wasm/code.js';
import { Op } from './wasm/opcodes.js';

/** Why `run()` returned. */
export const Exit = {
  /** COUNT is not above FLOOR. */
  slice: 0,
  /** ATTENTION is set (and `abandoned` in it has been dealt with). */
  attention: 1,
  /** PC is at a slot with a breakpoint. */
  stop: 2,
} as const;

/** The condition number of what has no condition. */
const ALWAYS = 14;
const CONDITION_MASK = 15;

/** ConditionPassed of a condition number on the state block's flags; 14 and 15 always pass. */
export function emitConditionPassed(): CodeWriter {
  const code = new CodeWriter(1);
  const labels = Array.from({ length: 14 }, (_, cond) => new Label(`condition ${cond}`));
  const always = new Label('always');
  const emit = (cond: number): void => {
    if (cond < 0) {
      code.get(0);
      code.brTable(labels, always);
      return;
    }
    code.block(labels[cond], () => emit(cond - 1));
    pushCondition(code, cond);
    code.op(Op.return);
  };
  code.block(always, () => emit(13));
  code.const(1);
  return code;
}

/** What the table holds before a handler is compiled. */
export function emitMissing(want: number, handlerType: number): CodeWriter {
  const code = new CodeWriter(COLD_PARAMS);
  code.get(1);
  code.call(want);
  code.op(Op.i32_eqz);
  code.if(() => {
    code.const(Outcome.reference);
    code.op(Op.return);
  });
  code.get(0);
  code.get(1);
  code.get(1);
  code.callIndirect(handlerType);
  return code;
}

/** Entries of the table: the out-of-line handlers of ARM and Thumb state, then the extension loops, each in both. */
const FIRST_LOOP = 2 * HANDLER_LIMIT;
export const TABLE_ENTRIES = FIRST_LOOP + 2 * EXTENSION_LOOPS.length;
/** With tier 1 the regions by their numbers follow, empty at first. */
export const FIRST_REGION = TABLE_ENTRIES;

/** The entry of one of {@link EXTENSION_LOOPS}. */
export function loopEntry(index: number, thumb: number): number {
  return FIRST_LOOP + 2 * index + thumb;
}

/** Indices of the functions that the driver calls, and of the handlers' type. */
export interface DriverParts {
  readonly enterPage: number;
  readonly decode: number;
  readonly executeReference: number;
  readonly arbitrate: number;
  /** The general fast loops, for ARM and for Thumb state. */
  readonly general: readonly number[];
  /** The type of fast loops: those of extension registers are in the table, behind all handlers. */
  readonly loopType: number;
  readonly passes: number;
  readonly handlerType: number;
  /** Where what is executed is counted (slot-coverage.ts): what counts an instruction that has taken its slot away. */
  readonly reached: number | undefined;
  readonly tier1: Tier1Calls | undefined;
}

/** What enters a region (regions/entrance.ts), what is told of a slot that has become hot, and of an instruction that a region was left for. */
interface Tier1Calls {
  readonly enter: number;
  readonly hot: number;
  readonly leftFor: number;
}

/** ITAdvance() (A2.5.2) of ITSTATE in the state block. */
function emitITAdvance(code: CodeWriter, itstate: number): void {
  code.storeWord(stateAddress(Word.ITSTATE), () => pushITAdvance(code, itstate));
}

/** The function `run`. */
export function emitDriver(parts: DriverParts): CodeWriter {
  const code = new CodeWriter(0, 1024);
  const pc = code.local();
  const slot = code.local();
  const word = code.local();
  const handler = code.local();
  const body = code.local();
  const shift = code.local();
  const entry = code.local();
  const itstate = code.local();
  const outcome = code.local();
  const cond = code.local();
  const exit = code.local();
  /** The bit of the fast loop in use, and those of the loops that have a handler. */
  const loop = code.local();
  const loops = code.local();
  /** COUNT before the instruction at hand. */
  const before = code.local();
  const coverage = parts.reached !== undefined ? countingCoverage(code) : noCoverage;
  /** 1 while the next instruction is to be executed by itself; 1 when execution has come out of a region. */
  const single = code.local();
  const outside = code.local();
  const lookup = new Label('lookup');
  const instruction = new Label('instruction');
  const done = new Label('done');
  const state = (name: keyof typeof Word): number => stateAddress(Word[name]);

  const leave = (exit: number): void => {
    code.const(exit);
    code.op(Op.return);
  };
  /** PC = address of the instruction at `slot`. */
  const storePc = (): void =>
    code.storeWord(state('PC'), () => {
      code.get(slot);
      code.get(shift);
      code.op(Op.i32_shr_u);
      code.loadWord(Scratch.PC_BASE);
      code.op(Op.i32_add);
    });
  /** Returns unless ATTENTION says no more than that the instruction was abandoned, or that what is kept here is not right; PC is, by now. */
  const heedAttention = (): void => {
    code.loadWord(state('ATTENTION'));
    code.if(() => {
      code.storeWord(state('ATTENTION'), () => {
        code.loadWord(state('ATTENTION'));
        code.const(~(Attention.abandoned | Attention.context));
        code.op(Op.i32_and);
      });
      code.loadWord(state('ATTENTION'));
      code.if(() => leave(Exit.attention));
      code.br(lookup);
    });
  };
  const returnIfOver = (): void => {
    code.loadWord(state('COUNT'));
    code.loadWord(Scratch.FLOOR);
    code.op(Op.i32_le_s);
    code.if(() => leave(Exit.slice));
  };
  const addToCount = (amount: number): void =>
    code.storeWord(state('COUNT'), () => {
      code.loadWord(state('COUNT'));
      code.const(amount);
      code.op(Op.i32_add);
    });
  /** The instruction at `slot` is reached; the reference's are counted by who calls it. */
  const reached = (): void => {
    if (parts.reached === undefined) return;
    emitReached(code, coverage, slot);
  };
  const ifHandlerIs = (which: number, then: () => void): void => {
    code.get(handler);
    code.const(which);
    code.op(Op.i32_eq);
    code.if(then);
  };

  /** Adds to what is on the stack, in Thumb state, the number of entries that ARM state has. */
  const pushStateOffset = (entries: number): void => {
    code.loadWord(state('T'));
    code.const(entries);
    code.op(Op.i32_mul);
    code.op(Op.i32_add);
  };
  const callFast = (thumb: number): void => {
    code.get(loop);
    code.const(Loop.general);
    code.op(Op.i32_eq);
    code.loadWord(state('FP_ACCESS'));
    code.const(LOOP_ACCESS);
    code.op(Op.i32_and);
    code.const(LOOP_ACCESS);
    code.op(Op.i32_ne);
    code.op(Op.i32_or);
    code.if(
      () => {
        code.call(parts.general[thumb]);
        code.set(exit);
      },
      () => {
        // The loops' bits follow each other, that of the general one first.
        code.get(loop);
        code.op(Op.i32_ctz);
        code.const(1);
        code.op(Op.i32_shl);
        code.const(loopEntry(-1, thumb));
        code.op(Op.i32_add);
        code.callIndirect(parts.loopType);
        code.set(exit);
      },
    );
  };
  /** Pushes the byte of HANDLERS of a handler: that of none, if it is not hot. */
  const pushHot = (which: number): void => {
    code.get(which);
    code.const(MAX_HOT - 1);
    code.get(which);
    code.const(MAX_HOT);
    code.op(Op.i32_lt_u);
    code.op(Op.select);
    pushStateOffset(MAX_HOT);
    code.load(Op.i32_load8_u, Scratch.HANDLERS);
  };

  const setTo = (local: number, value: number): void => {
    code.const(value);
    code.set(local);
  };
  /** Pushes whether a region begins at `slot` that may be entered here. */
  const pushAtRegion = (): void => {
    code.get(slot);
    code.load(Op.i32_load16_u, SlotByte.handler);
    code.const(Handler.region);
    code.op(Op.i32_eq);
    code.loadWord(state('ITSTATE'));
    code.op(Op.i32_eqz);
    code.op(Op.i32_and);
  };
  /** Pushes whether the instruction at `slot` and PC no longer crosses into the page that it was decoded with, whose slots the one that closes its page has. */
  const pushCrossingGone = (): void => {
    code.loadWord(state('PC'));
    code.const(2);
    code.op(Op.i32_add);
    code.set(pc);
    pushHashMisses(code, pc, entry);
    code.get(entry);
    code.load(Op.i32_load, CODE_HASH + 4);
    code.get(slot);
    code.load(Op.i32_load, SLOT_BYTES + SlotByte.registers);
    code.op(Op.i32_ne);
    code.op(Op.i32_or);
  };
  /** From region to region, as long as there is one where the last one leads. */
  const enterRegions = ({ enter, leftFor }: Tier1Calls): void => {
    const again = new Label('next region');
    setTo(outside, 0);
    code.storeWord(Scratch.DROPPED, () => code.const(0));
    storePc();
    code.loadWord(state('PC'));
    code.loadWord(state('T'));
    code.op(Op.i32_or);
    code.set(pc);
    emitEnterRegions(code);
    code.loop(again, () => {
      code.get(pc);
      code.const(0);
      code.call(enter);
      code.set(outcome);
      for (const other of [() => code.get(pc), () => code.const(Left.step), () => code.const(Left.attention)]) {
        code.get(outcome);
        other();
        code.op(Op.i32_ne);
      }
      code.op(Op.i32_and);
      code.op(Op.i32_and);
      code.if(() => {
        code.get(outcome);
        code.set(pc);
        setTo(outside, 1);
        code.br(again);
      });
    });
    emitLeaveRegions(code);
    code.get(outcome);
    code.const(Left.step);
    code.op(Op.i32_eq);
    code.if(() => {
      setTo(single, 1);
      // Too few attempts are no fault of the instruction.
      code.loadWord(state('COUNT'));
      code.loadWord(Scratch.FLOOR);
      code.op(Op.i32_sub);
      code.const(MOST_INSTRUCTIONS);
      code.op(Op.i32_gt_s);
      code.if(() => code.call(leftFor));
      code.br(lookup);
    });
    code.get(outcome);
    code.const(Left.attention);
    code.op(Op.i32_eq);
    code.if(() => {
      heedAttention();
      code.br(lookup);
    });
    code.get(outside);
    code.if(() => {
      code.storeWord(state('PC'), () => {
        code.get(pc);
        code.const(-2);
        code.op(Op.i32_and);
      });
      code.br(lookup);
    });
    setTo(single, 1);
  };

  setTo(loop, Loop.general);
  code.loop(lookup, () => {
    returnIfOver();
    code.loadWord(state('PC'));
    code.set(pc);
    pushHashMisses(code, pc, entry);
    code.if(() => {
      code.call(parts.enterPage);
      code.if(() => leave(Exit.stop));
      heedAttention();
      code.br(lookup);
    });
    code.const(2);
    code.loadWord(state('T'));
    code.op(Op.i32_add);
    code.set(shift);
    code.get(entry);
    code.load(Op.i32_load, CODE_HASH + 4);
    code.set(entry);
    code.storeWord(Scratch.PC_BASE, () => {
      code.get(pc);
      code.const(-PAGE);
      code.op(Op.i32_and);
      code.get(entry);
      code.get(shift);
      code.op(Op.i32_shr_u);
      code.op(Op.i32_sub);
    });
    code.storeWord(Scratch.PAGE_END, () => {
      code.get(entry);
      code.const(closingSlot(0));
      code.loadWord(state('T'));
      code.op(Op.i32_shl);
      code.op(Op.i32_add);
    });
    code.get(entry);
    code.get(pc);
    code.const(PAGE - 1);
    code.op(Op.i32_and);
    code.get(shift);
    code.op(Op.i32_shl);
    code.op(Op.i32_add);
    code.set(slot);
    const { tier1 } = parts;
    if (tier1 !== undefined) {
      code.get(outside);
      code.if(() => {
        setTo(outside, 0);
        emitHeat(code, slot, handler);
        code.if(() => {
          code.get(slot);
          code.call(tier1.hot);
        });
      });
    }

    code.loop(instruction, () => {
      if (tier1 !== undefined) {
        code.get(single);
        code.op(Op.i32_eqz);
        pushAtRegion();
        code.op(Op.i32_and);
        code.if(() => enterRegions(tier1));
      }
      // The fast loop looks at COUNT at branches only: whatever comes, it must last to the page's end.
      code.loadWord(state('COUNT'));
      code.loadWord(Scratch.FLOOR);
      code.op(Op.i32_sub);
      code.const(COUNT_SHIFT);
      code.op(Op.i32_shl);
      code.get(slot);
      code.op(Op.i32_add);
      code.loadWord(Scratch.PAGE_END);
      code.op(Op.i32_ge_s);
      code.if(() => {
        code.loadWord(state('ITSTATE'));
        code.get(single);
        code.op(Op.i32_or);
        code.op(Op.i32_eqz);
        code.if(() => {
          code.storeWord(Scratch.SLOT, () => code.get(slot));
          code.loadWord(state('T'));
          code.if(
            () => callFast(1),
            () => callFast(0),
          );
          code.get(exit);
          code.const(FastExit.goTo);
          code.op(Op.i32_eq);
          code.brIf(lookup);
          code.loadWord(Scratch.SLOT);
          code.set(slot);
          if (tier1 !== undefined) {
            code.get(exit);
            code.const(FastExit.hot);
            code.op(Op.i32_eq);
            code.if(() => {
              storePc();
              code.get(slot);
              code.call(tier1.hot);
              code.br(instruction);
            });
            pushAtRegion();
            code.brIf(instruction);
          }
        });
      });
      code.get(slot);
      code.load(Op.i32_load, 0);
      code.set(word);
      code.get(word);
      code.const(BODY_SHIFT);
      code.op(Op.i32_shr_u);
      code.const(BODY_MASK);
      code.op(Op.i32_and);
      code.set(body);
      // What only the other fast loop has is not executed by itself: that loop goes on.
      pushHot(body);
      code.const(LOOPS_SHIFT);
      code.op(Op.i32_shr_u);
      code.set(loops);
      code.get(loops);
      code.if(() => {
        code.get(loops);
        code.get(loop);
        code.op(Op.i32_and);
        code.op(Op.i32_eqz);
        code.if(() => {
          // The first that has it.
          code.get(loops);
          code.const(0);
          code.get(loops);
          code.op(Op.i32_sub);
          code.op(Op.i32_and);
          code.set(loop);
          code.br(instruction);
        });
      });

      storePc();
      returnIfOver();

      code.get(word);
      code.const(HANDLER_MASK);
      code.op(Op.i32_and);
      code.set(handler);
      code.get(handler);
      code.op(Op.i32_eqz);
      code.if(() => {
        code.get(slot);
        code.call(parts.decode);
        code.br(lookup);
      });
      ifHandlerIs(Handler.stop, () => leave(Exit.stop));
      code.get(handler);
      code.const(Handler.pageEnd);
      code.op(Op.i32_eq);
      code.brIf(lookup);

      if (parts.reached !== undefined) {
        code.loadWord(state('COUNT'));
        code.set(before);
        code.loadWord(state('PC'));
        code.set(pc);
      }
      if (tier1 !== undefined) {
        setTo(single, 0);
        ifHandlerIs(Handler.region, () => {
          pushRegionEntry(code, slot);
          code.load(Op.i32_load, RegionByte.HANDLER);
          code.set(handler);
        });
      }
      addToCount(-1);
      code.loadWord(state('ITSTATE'));
      code.set(itstate);
      const byReference = (): void => {
        code.get(slot);
        code.call(parts.executeReference);
        heedAttention();
        code.br(lookup);
      };
      ifHandlerIs(Handler.reference, byReference);
      ifHandlerIs(Handler.crossing, () => {
        pushCrossingGone();
        code.if(byReference);
      });
      code.block(done, () => {
        ifHandlerIs(Handler.IT, () => {
          // Met inside the block of another one, it is conditional.
          code.get(itstate);
          code.if(byReference);
          code.storeWord(state('ITSTATE'), () => {
            code.get(slot);
            code.load(Op.i32_load, SlotByte.immediates);
          });
          reached();
          code.br(done);
        });
        // The instruction's own condition; without one, that of the IT block.
        pushHot(handler);
        code.const(CONDITION_MASK);
        code.op(Op.i32_and);
        code.set(cond);
        code.get(itstate);
        code.const(15);
        code.op(Op.i32_and);
        code.if(() => {
          code.get(itstate);
          code.const(4);
          code.op(Op.i32_shr_u);
          code.get(cond);
          code.get(cond);
          code.const(ALWAYS);
          code.op(Op.i32_eq);
          code.op(Op.select);
          code.set(cond);
        });
        code.get(cond);
        code.const(ALWAYS);
        code.op(Op.i32_lt_u);
        code.if(() => {
          code.get(cond);
          code.call(parts.passes);
          code.op(Op.i32_eqz);
          code.if(() => {
            reached();
            coverage.failed(slot);
            code.br(done);
          });
        });
        code.get(body);
        code.const(Handler.inlined);
        code.op(Op.i32_eq);
        code.if(() => {
          reached();
          code.get(slot);
          code.call(parts.arbitrate);
          heedAttention();
          code.br(lookup);
        });
        code.get(body);
        pushStateOffset(HANDLER_LIMIT);
        code.set(body);
        code.get(slot);
        code.get(body);
        code.get(body);
        code.callIndirect(parts.handlerType);
        code.set(outcome);
        code.get(outcome);
        code.const(Outcome.reference);
        code.op(Op.i32_eq);
        code.if(byReference);
        const { reached: wasReached } = parts;
        if (wasReached !== undefined) {
          // Not if a repaired fault gave the attempt back.
          code.loadWord(state('COUNT'));
          code.get(before);
          code.op(Op.i32_ne);
          code.if(() => {
            emitWasReached(code, coverage, { slot, word, pc }, wasReached, () => {
              code.get(shift);
              code.const(2);
              code.op(Op.i32_sub);
            });
          });
        }
        code.loadWord(state('ATTENTION'));
        code.const(Attention.abandoned);
        code.op(Op.i32_and);
        code.if(() => heedAttention());
        code.get(outcome);
        code.if(() => {
          // A branch to ARM state has ended the IT block already.
          code.loadWord(state('ITSTATE'));
          code.set(itstate);
          emitITAdvance(code, itstate);
          heedAttention();
          code.br(lookup);
        });
      });
      code.get(itstate);
      code.if(() => emitITAdvance(code, itstate));
      code.const(SLOT_BYTES);
      code.get(word);
      code.const(WIDE_SHIFT);
      code.op(Op.i32_shr_u);
      code.op(Op.i32_shl);
      code.get(slot);
      code.op(Op.i32_add);
      code.set(slot);
      // In the next page it is not the slot behind this one.
      ifHandlerIs(Handler.crossing, () => {
        storePc();
        heedAttention();
        code.br(lookup);
      });
      code.loadWord(state('ATTENTION'));
      code.if(() => {
        storePc();
        heedAttention();
      });
      code.br(instruction);
    });
  });
  code.op(Op.unreachable);
  return code;
}
