/**
 * Generates the fast loop: one function that dispatches over predecoded slots and never calls, so that its state stays in registers. It runs
 * while ITSTATE is 0, or as a decoded IT block expects it, and while COUNT is above FAST_FLOOR, which is looked at when a branch is taken
 * and at the end of a page. Whatever it cannot do it leaves to the driver (interpreter.ts). Knows no operation.
 *
 * PERF: flags and count live in locals and the function is a leaf, because V8 keeps no register across a call in WebAssembly: with slow paths
 * called from here every loop-carried local would be stored in each iteration (see engine.bench).
 */
import { Word } from '../arm/state.js';
import { CODE_HASH, PAGE } from '../mem/layout.js';
import { pushCondition } from './conditions.js';
import { type FastLoop, HotBuilder } from './emit-hot.js';
import { stateAddress, Temporaries, type FlagWord } from './emitter.js';
import { pushHashEntry, pushHashKey, pushITAdvance } from './interpreter.js';
import { Scratch } from './scratch.js';
import { ADVANCE_SHIFT, BODY_SHIFT, Handler, HANDLER_LIMIT, SlotByte } from './slots.js';
import { emitBody, type Variant } from './variant.js';
import { CodeWriter, Label } from './wasm/code.js';
import { Op } from './wasm/opcodes.js';

/** What the fast loop returns. Flags and COUNT are in the state block then. */
export const FastExit = {
  /** The instruction of Scratch.SLOT is next; it is not counted yet. */
  step: 0,
  /** PC holds the address of the next instruction. */
  goTo: 1,
} as const;

/** A handler of the fast loop: a variant, executed under a condition or always. */
export interface HotHandler {
  readonly variant: Variant;
  /** 0 to 13, or 14 for always. */
  readonly cond: number;
}

const FLAGS: readonly FlagWord[] = ['NF', 'ZF', 'CF', 'VF'];

/** @param hot the handlers from Handler.first on, in order. */
export function emitFastLoop(hot: readonly HotHandler[]): CodeWriter {
  const code = new CodeWriter(0, 1 << 15);
  const local = (): number => code.local();
  const loop: FastLoop = {
    code,
    temporaries: new Temporaries(code),
    slot: local(),
    word: local(),
    count: local(),
    flags: { NF: local(), ZF: local(), CF: local(), VF: local() },
    bank: local(),
    target: local(),
    next: new Label('next'),
    step: new Label('step'),
    sliced: new Label('sliced'),
    farArm: new Label('far arm'),
    farThumb: new Label('far thumb'),
  };
  const handler = local();
  const itstate = local();
  const itSlot = local();
  const goTo = new Label('go to');
  const dispatch = new Label('dispatch');
  const { slot, word, count, target } = loop;

  const pushFlag = (flag: FlagWord): void => code.get(loop.flags[flag]);
  const advance = (): void => {
    code.get(slot);
    code.get(word);
    code.const(ADVANCE_SHIFT);
    code.op(Op.i32_shr_u);
    code.op(Op.i32_add);
    code.set(slot);
    code.br(loop.next);
  };
  const giveBack = (): void => {
    code.get(count);
    code.const(1);
    code.op(Op.i32_add);
    code.set(count);
  };
  /** Goes on with the body of the current slot. */
  const dispatchBody = (): void => {
    code.get(word);
    code.const(BODY_SHIFT);
    code.op(Op.i32_shr_u);
    code.const(HANDLER_LIMIT - 1);
    code.op(Op.i32_and);
    code.set(handler);
    code.br(dispatch);
  };
  const saveState = (): void => {
    for (const flag of FLAGS) code.storeWord(stateAddress(Word[flag]), () => pushFlag(flag));
    code.storeWord(stateAddress(Word.COUNT), () => {
      code.get(count);
      code.loadWord(Scratch.FAST_FLOOR);
      code.op(Op.i32_add);
    });
  };

  // ---- handlers that no operation makes

  const emitCondition = (cond: number): void => {
    pushCondition(code, cond ^ 1, pushFlag);
    code.if(advance);
    dispatchBody();
  };
  const emitPageEnd = (thumb: number): void => {
    giveBack();
    code.get(slot);
    code.const(thumb ? 3 : 2);
    code.op(Op.i32_shr_u);
    code.loadWord(Scratch.PC_BASE);
    code.op(Op.i32_add);
    code.set(target);
    if (thumb) {
      // An IT block that goes on in the next page is the driver's.
      code.loadWord(stateAddress(Word.ITSTATE));
      code.brIf(goTo);
    }
    code.br(thumb ? loop.farThumb : loop.farArm);
  };
  const emitIT = (): void => {
    code.storeWord(stateAddress(Word.ITSTATE), () => {
      code.get(slot);
      code.load(Op.i32_load, SlotByte.immediates);
    });
    advance();
  };
  /** In an IT block. If the body has to leave the loop, `itstate` and `itSlot` tell that ITSTATE was advanced already. */
  const emitInIT = (cond: number): void => {
    code.const(0);
    code.set(itSlot);
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
      pushCondition(code, cond ^ 1, pushFlag);
      code.if(advance);
    }
    code.get(slot);
    code.set(itSlot);
    dispatchBody();
  };

  const emitters: (() => void)[] = [];
  for (let cond = 0; cond < 14; cond++) emitters[Handler.condition + cond] = () => emitCondition(cond);
  emitters[Handler.pageEndArm] = () => emitPageEnd(0);
  emitters[Handler.pageEndThumb] = () => emitPageEnd(1);
  emitters[Handler.IT] = emitIT;
  for (let cond = 0; cond < 15; cond++) emitters[Handler.inIT + cond] = () => emitInIT(cond);
  hot.forEach(({ variant, cond }, i) => {
    emitters[Handler.first + i] = () => {
      if (cond < 14) {
        pushCondition(code, cond ^ 1, pushFlag);
        code.if(advance);
      }
      loop.temporaries.release();
      const builder = new HotBuilder(loop, variant);
      builder.prologue();
      emitBody(variant, builder);
      builder.finish();
      if (code.reachable) advance();
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
      (emitters[i] as () => void)();
    };
    code.loop(dispatch, () => nest(emitters.length - 1));
  };

  /** Goes on at `target`: by the code page hash, unless the attempts are used up. */
  const emitFar = (thumb: number): void => {
    const shift = thumb ? 3 : 2;
    code.get(count);
    code.const(0);
    code.op(Op.i32_lt_s);
    code.brIf(goTo);
    pushHashEntry(code, target);
    code.set(handler);
    code.get(handler);
    code.load(Op.i32_load, CODE_HASH);
    pushHashKey(code, target);
    code.op(Op.i32_ne);
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
    code.get(slot);
    code.get(target);
    code.const(PAGE - 1);
    code.op(Op.i32_and);
    code.const(shift);
    code.op(Op.i32_shl);
    code.op(Op.i32_add);
    code.set(slot);
    code.br(loop.next);
  };

  code.loadWord(Scratch.SLOT);
  code.set(slot);
  for (const flag of FLAGS) {
    code.loadWord(stateAddress(Word[flag]));
    code.set(loop.flags[flag]);
  }
  code.loadWord(stateAddress(Word.TLB_BANK));
  code.set(loop.bank);
  code.loadWord(stateAddress(Word.COUNT));
  code.loadWord(Scratch.FAST_FLOOR);
  code.op(Op.i32_sub);
  code.set(count);

  code.block(goTo, () => {
    code.block(loop.sliced, () => {
      code.block(loop.step, () => {
        code.loop(loop.next, () => {
          code.block(loop.farThumb, () => {
            code.block(loop.farArm, () => {
              code.get(slot);
              code.load(Op.i32_load, 0);
              code.set(word);
              code.get(count);
              code.const(1);
              code.op(Op.i32_sub);
              code.set(count);
              code.get(word);
              code.const(HANDLER_LIMIT - 1);
              code.op(Op.i32_and);
              code.set(handler);
              emitDispatch();
            });
            emitFar(0);
          });
          emitFar(1);
        });
      });
      // step: the instruction starts anew, with ITSTATE as it was.
      giveBack();
      code.get(slot);
      code.get(itSlot);
      code.op(Op.i32_eq);
      code.if(() => code.storeWord(stateAddress(Word.ITSTATE), () => code.get(itstate)));
    });
    saveState();
    code.storeWord(Scratch.SLOT, () => code.get(slot));
    code.const(FastExit.step);
    code.op(Op.return);
  });
  saveState();
  code.storeWord(stateAddress(Word.PC), () => code.get(target));
  code.const(FastExit.goTo);
  return code;
}
