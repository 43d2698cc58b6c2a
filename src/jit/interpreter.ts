/**
 * Generates tier 0: the base module. It holds the fast loop (fast-loop.ts), the driver around it, which executes single instructions by
 * their out-of-line handlers, and the table of those. Owns the protocol between the driver and its JavaScript side; knows no operation.
 *
 * `run()` executes from PC until COUNT is not above FLOOR, or something stops it, and returns an {@link Exit}. On return all state is in the
 * state block. The JavaScript side is called through four imports, always with PC and COUNT in the state block:
 *
 *   enterPage()         there is no code page for PC in the hash: put one there, or take the prefetch abort
 *   decode(slot)        the slot at PC is not decoded: decode it
 *   executeReference()  execute the instruction at PC by the reference
 *   want(entry)         the handler's table entry is still empty: fill it and return 1, or 0 to have the reference execute the instruction
 */
import { Attention, Word } from '../arm/state.js';
import { CODE_HASH, CODE_HASH_ENTRIES, PAGE, SLOT_BYTES } from '../mem/layout.js';
import { pushCondition } from './conditions.js';
import { COLD_PARAMS } from './emit-cold.js';
import { stateAddress } from './emitter.js';
import { emitFastLoop, FastExit, type HotHandler } from './fast-loop.js';
import { MAX_HOT, Scratch } from './scratch.js';
import { BODY_MASK, BODY_SHIFT, Handler, HANDLER_LIMIT, HANDLER_MASK, SlotByte, WIDE_SHIFT } from './slots.js';
import { CodeWriter, Label } from './wasm/code.js';
import { ModuleWriter } from './wasm/module.js';
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

/** What the base module imports from JavaScript. */
export interface DriverCalls {
  enterPage(): void;
  decode(slot: number): void;
  executeReference(): void;
  want(entry: number): number;
  slowLoad(va: number, size: number, flags: number): number;
  slowStore(va: number, size: number, value: number, flags: number): void;
}

/** What the base module exports. */
export interface DriverExports {
  readonly run: () => number;
  slowLoad: WebAssembly.ExportValue;
  slowStore: WebAssembly.ExportValue;
  handlers: WebAssembly.Table;
}

/** The import module's name; the memory's name in it is `memory`. */
export const ENVIRONMENT = 'trapline';

/** The binary of the base module. @param hot the handlers of the fast loops for ARM and Thumb state. */
export function generateInterpreter(hot: readonly (readonly HotHandler[])[]): Uint8Array {
  const module = new ModuleWriter();
  module.importMemory(ENVIRONMENT, 'memory');
  const nothing = module.type(0, 0);
  const takesOne = module.type(1, 0);
  const handlerType = module.type(COLD_PARAMS, 1);
  const enterPage = module.importFunction(ENVIRONMENT, 'enterPage', nothing);
  const decode = module.importFunction(ENVIRONMENT, 'decode', takesOne);
  const executeReference = module.importFunction(ENVIRONMENT, 'executeReference', nothing);
  const want = module.importFunction(ENVIRONMENT, 'want', module.type(1, 1));
  const slowLoad = module.importFunction(ENVIRONMENT, 'slowLoad', module.type(3, 1));
  const slowStore = module.importFunction(ENVIRONMENT, 'slowStore', module.type(4, 0));

  const fast = hot.map((handlers, thumb) => module.addFunction(module.type(0, 1), emitFastLoop(thumb, handlers)));
  const passes = module.addFunction(module.type(1, 1), emitConditionPassed());
  const missing = module.addFunction(handlerType, emitMissing(want, handlerType));
  const run = module.addFunction(
    module.type(0, 1),
    emitDriver({ enterPage, decode, executeReference, fast, passes, handlerType }),
  );
  module.exportFunction('run', run);
  module.exportFunction('slowLoad', slowLoad);
  module.exportFunction('slowStore', slowStore);
  module.exportTable('handlers', 2 * HANDLER_LIMIT, missing);
  return module.finish();
}

/** ConditionPassed of a condition number on the state block's flags; 14 and 15 always pass. */
function emitConditionPassed(): CodeWriter {
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

/** What an out-of-line handler returns. */
const Outcome = { advance: 0, branched: 1, missing: 2 } as const;

/** What the table holds before a handler is compiled. */
function emitMissing(want: number, handlerType: number): CodeWriter {
  const code = new CodeWriter(COLD_PARAMS);
  code.get(1);
  code.call(want);
  code.op(Op.i32_eqz);
  code.if(() => {
    code.const(Outcome.missing);
    code.op(Op.return);
  });
  code.get(0);
  code.get(1);
  code.get(1);
  code.callIndirect(handlerType);
  return code;
}

interface DriverParts {
  readonly enterPage: number;
  readonly decode: number;
  readonly executeReference: number;
  /** For ARM and for Thumb state. */
  readonly fast: readonly number[];
  readonly passes: number;
  readonly handlerType: number;
}

/** ITAdvance() (A2.5.2) of ITSTATE in the state block. */
function emitITAdvance(code: CodeWriter, itstate: number): void {
  code.storeWord(stateAddress(Word.ITSTATE), () => pushITAdvance(code, itstate));
}

/** Pushes ITAdvance() of the ITSTATE in a local. */
export function pushITAdvance(code: CodeWriter, itstate: number): void {
  code.get(itstate);
  code.const(0xe0);
  code.op(Op.i32_and);
  code.get(itstate);
  code.const(1);
  code.op(Op.i32_shl);
  code.const(0x1f);
  code.op(Op.i32_and);
  code.op(Op.i32_or);
  code.const(0);
  code.get(itstate);
  code.const(7);
  code.op(Op.i32_and);
  code.op(Op.select);
}

function emitDriver(parts: DriverParts): CodeWriter {
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
  /** Returns unless ATTENTION says no more than that the instruction was abandoned; PC is right by now. */
  const heedAttention = (): void => {
    code.loadWord(state('ATTENTION'));
    code.if(() => {
      code.storeWord(state('ATTENTION'), () => {
        code.loadWord(state('ATTENTION'));
        code.const(~Attention.abandoned);
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
    code.call(parts.fast[thumb]);
    code.set(exit);
  };

  code.loop(lookup, () => {
    returnIfOver();
    code.loadWord(state('PC'));
    code.set(pc);
    pushHashEntry(code, pc);
    code.set(entry);
    code.get(entry);
    code.load(Op.i32_load, CODE_HASH);
    pushHashKey(code, pc);
    code.op(Op.i32_ne);
    code.if(() => {
      code.call(parts.enterPage);
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
    code.get(entry);
    code.get(pc);
    code.const(PAGE - 1);
    code.op(Op.i32_and);
    code.get(shift);
    code.op(Op.i32_shl);
    code.op(Op.i32_add);
    code.set(slot);

    code.loop(instruction, () => {
      code.loadWord(state('COUNT'));
      code.loadWord(Scratch.FAST_FLOOR);
      code.op(Op.i32_gt_s);
      code.if(() => {
        code.loadWord(state('ITSTATE'));
        code.op(Op.i32_eqz);
        code.if(() => {
          code.storeWord(Scratch.SLOT, () => code.get(slot));
          code.loadWord(state('T'));
          code.if(
            () => callFast(1),
            () => callFast(0),
          );
          code.get(exit);
          code.const(FastExit.step);
          code.op(Op.i32_ne);
          code.brIf(lookup);
          code.loadWord(Scratch.SLOT);
          code.set(slot);
        });
      });
      storePc();
      returnIfOver();

      code.get(slot);
      code.load(Op.i32_load, 0);
      code.set(word);
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

      addToCount(-1);
      code.loadWord(state('ITSTATE'));
      code.set(itstate);
      const byReference = (): void => {
        code.call(parts.executeReference);
        heedAttention();
        code.br(lookup);
      };
      ifHandlerIs(Handler.reference, byReference);
      code.block(done, () => {
        ifHandlerIs(Handler.IT, () => {
          // Met inside the block of another one, it is conditional.
          code.get(itstate);
          code.if(byReference);
          code.storeWord(state('ITSTATE'), () => {
            code.get(slot);
            code.load(Op.i32_load, SlotByte.immediates);
          });
          code.br(done);
        });
        // The instruction's own condition; without one, that of the IT block.
        code.get(handler);
        pushStateOffset(MAX_HOT);
        code.load(Op.i32_load8_u, Scratch.CONDITIONS);
        code.set(cond);
        code.get(cond);
        code.get(itstate);
        code.const(4);
        code.op(Op.i32_shr_u);
        code.get(cond);
        code.const(ALWAYS);
        code.op(Op.i32_ne);
        code.get(itstate);
        code.const(15);
        code.op(Op.i32_and);
        code.op(Op.i32_eqz);
        code.op(Op.i32_or);
        code.op(Op.select);
        code.call(parts.passes);
        code.op(Op.i32_eqz);
        code.brIf(done);
        code.get(word);
        code.const(BODY_SHIFT);
        code.op(Op.i32_shr_u);
        code.const(BODY_MASK);
        code.op(Op.i32_and);
        pushStateOffset(HANDLER_LIMIT);
        code.set(body);
        code.get(slot);
        code.get(body);
        code.get(body);
        code.callIndirect(parts.handlerType);
        code.set(outcome);
        code.get(outcome);
        code.const(Outcome.missing);
        code.op(Op.i32_eq);
        code.if(byReference);
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

/** Pushes the byte offset of an address's entry in the code page hash. */
export function pushHashEntry(code: CodeWriter, address: number): void {
  code.get(address);
  code.const(9);
  code.op(Op.i32_shr_u);
  code.const((CODE_HASH_ENTRIES - 1) * 8);
  code.op(Op.i32_and);
}

/** Pushes the key that the entry of an address has in the current translation context. */
export function pushHashKey(code: CodeWriter, address: number): void {
  code.get(address);
  code.const(-PAGE);
  code.op(Op.i32_and);
  code.loadWord(stateAddress(Word.CODE_KEY));
  code.op(Op.i32_or);
}
