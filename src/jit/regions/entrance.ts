/**
 * The functions of the base module that lead into regions and out of them: what enters the region at an address, and what regions call to have an
 * instruction executed by its out-of-line handler or by the reference. Generates code; knows no operation.
 */
import { Attention, Word } from '../../arm/state.js';
import { CODE_HASH, PAGE, REGION_BYTES, REGION_TABLE } from '../../mem/layout.js';
import { Outcome } from '../emit-cold.js';
import { stateAddress } from '../emitter.js';
import { pushHashEntry, pushHashKey } from '../fragments.js';
import { Scratch } from '../scratch.js';
import { countingCoverage, emitReached, emitWasReached } from '../slot-coverage.js';
import { Handler, SlotByte } from '../slots.js';
import { CodeWriter, Label } from '../wasm/code.js';
import { Op } from '../wasm/opcodes.js';
import { Left, MOST_NESTED, RegionByte, SLOT_REGION_BASE } from './table.js';

/** Pushes the byte address of the entry of the region that begins at the slot in a local. */
export function pushRegionEntry(code: CodeWriter, slot: number): void {
  code.get(slot);
  code.const(2);
  code.op(Op.i32_shr_u);
  code.load(Op.i32_load16_u, SLOT_REGION_BASE + 2);
  code.const(REGION_BYTES);
  code.op(Op.i32_mul);
  code.const(REGION_TABLE);
  code.op(Op.i32_add);
}

/**
 * `enter(value, depth)`: enters the region at an address (bit 0 set in Thumb state, which must be the present one) and returns what it returns; or
 * `value` itself, if there is none that may be executed, or calls are nested too deep.
 * @param first the table's element of region 0
 */
export function emitEnter(regionType: number, first: number): CodeWriter {
  const [value, depth] = [0, 1];
  const code = new CodeWriter(2);
  const entry = code.local();
  const slot = code.local();
  const another = new Label('another region');
  const returnIf = (): void =>
    code.if(() => {
      code.get(value);
      code.op(Op.return);
    });
  const pushDifference = (at: number, push: () => void): void => {
    code.get(entry);
    code.load(Op.i32_load, at);
    push();
    code.op(Op.i32_xor);
  };
  code.get(depth);
  code.const(MOST_NESTED);
  code.op(Op.i32_gt_s);
  returnIf();
  pushHashEntry(code, value);
  code.set(entry);
  pushDifference(CODE_HASH, () => pushHashKey(code, value));
  returnIf();
  code.get(entry);
  code.load(Op.i32_load, CODE_HASH + 4);
  code.get(value);
  code.const(PAGE - 2);
  code.op(Op.i32_and);
  code.const(2);
  code.loadWord(stateAddress(Word.T));
  code.op(Op.i32_add);
  code.op(Op.i32_shl);
  code.op(Op.i32_add);
  code.set(slot);
  code.get(slot);
  code.load(Op.i32_load16_u, SlotByte.handler);
  code.const(Handler.region);
  code.op(Op.i32_ne);
  returnIf();
  pushRegionEntry(code, slot);
  code.set(entry);
  code.loop(another, () => {
    pushDifference(RegionByte.VALUE, () => code.get(value));
    pushDifference(RegionByte.KEY, () => code.loadWord(stateAddress(Word.CODE_KEY)));
    code.op(Op.i32_or);
    pushDifference(RegionByte.BANK, () => code.loadWord(stateAddress(Word.TLB_BANK)));
    code.op(Op.i32_or);
    code.if(() => {
      code.get(entry);
      code.load(Op.i32_load, RegionByte.NEXT);
      code.set(entry);
      code.get(entry);
      code.op(Op.i32_eqz);
      returnIf();
      code.br(another);
    });
  });
  code.get(depth);
  code.get(entry);
  code.const(REGION_TABLE);
  code.op(Op.i32_sub);
  code.const(REGION_BYTES);
  code.op(Op.i32_div_u);
  code.const(first);
  code.op(Op.i32_add);
  code.callIndirect(regionType);
  return code;
}

/** COUNT is to be right, for others than regions. */
export function emitLeaveRegions(code: CodeWriter): void {
  code.storeWord(stateAddress(Word.COUNT), () => {
    code.loadWord(Scratch.LEFT);
    code.loadWord(Scratch.FLOOR);
    code.op(Op.i32_add);
  });
}

/** COUNT is not looked at any more, but LEFT. */
export function emitEnterRegions(code: CodeWriter): void {
  code.storeWord(Scratch.LEFT, () => {
    code.loadWord(stateAddress(Word.COUNT));
    code.loadWord(Scratch.FLOOR);
    code.op(Op.i32_sub);
  });
}

/** Pushes whether something is to be heeded before a region goes on. */
function pushInterrupted(code: CodeWriter): void {
  code.loadWord(stateAddress(Word.ATTENTION));
  code.loadWord(Scratch.DROPPED);
  code.op(Op.i32_or);
}

/**
 * `handler(slot, entry)`: see RegionCalls. An instruction that is to be executed anew is given its attempt back.
 * @param reached where what is executed is counted: what counts an instruction that has taken its slot away
 */
export function emitRegionHandler(handlerType: number, reached: number | undefined): CodeWriter {
  const code = new CodeWriter(2);
  const outcome = code.local();
  emitLeaveRegions(code);
  const before = code.local();
  const word = code.local();
  const pc = code.local();
  const thumb = code.local();
  if (reached !== undefined) {
    code.loadWord(stateAddress(Word.COUNT));
    code.set(before);
    code.get(0);
    code.load(Op.i32_load, 0);
    code.set(word);
    code.loadWord(stateAddress(Word.PC));
    code.set(pc);
    code.loadWord(stateAddress(Word.T));
    code.set(thumb);
  }
  code.get(0);
  code.get(1);
  code.get(1);
  code.callIndirect(handlerType);
  code.set(outcome);
  emitEnterRegions(code);
  code.get(outcome);
  code.const(Outcome.reference);
  code.op(Op.i32_eq);
  code.if(() => {
    code.storeWord(Scratch.LEFT, () => {
      code.loadWord(Scratch.LEFT);
      code.const(1);
      code.op(Op.i32_add);
    });
    code.const(Left.step);
    code.op(Op.return);
  });
  if (reached !== undefined) {
    // Not if a repaired fault gave the attempt back.
    code.loadWord(stateAddress(Word.COUNT));
    code.get(before);
    code.op(Op.i32_eq);
    code.if(() => {
      emitWasReached(code, countingCoverage(code), { slot: 0, word, pc }, reached, () => code.get(thumb));
    });
  }
  code.get(outcome);
  code.loadWord(stateAddress(Word.ATTENTION));
  code.const(Attention.abandoned);
  code.op(Op.i32_and);
  code.op(Op.i32_or);
  code.if(() => {
    code.const(Left.attention);
    code.op(Op.return);
  });
  pushInterrupted(code);
  code.const(0);
  code.op(Op.i32_ne);
  return code;
}

/** Returns 0 if execution goes on as two locals say, an address with bit 0 set in Thumb state and ITSTATE; else Left.attention. */
function returnWhether(code: CodeWriter, next: number, itstate: number): void {
  pushInterrupted(code);
  code.loadWord(stateAddress(Word.PC));
  code.loadWord(stateAddress(Word.T));
  code.op(Op.i32_or);
  code.get(next);
  code.op(Op.i32_xor);
  code.op(Op.i32_or);
  code.loadWord(stateAddress(Word.ITSTATE));
  code.get(itstate);
  code.op(Op.i32_xor);
  code.op(Op.i32_or);
  code.if(() => {
    code.const(Left.attention);
    code.op(Op.return);
  });
  code.const(0);
}

/** `reference(slot, next, itstate)`: see RegionCalls. */
export function emitRegionReference(executeReference: number): CodeWriter {
  const code = new CodeWriter(3);
  emitLeaveRegions(code);
  code.get(0);
  code.call(executeReference);
  // PERF: an exception whose handler goes on behind the instruction is no reason to leave (SVC in `engine.bench`, sites of levels 0 and 1).
  code.loadWord(stateAddress(Word.ATTENTION));
  code.const(Attention.abandoned);
  code.op(Op.i32_eq);
  code.if(() => code.storeWord(stateAddress(Word.ATTENTION), () => code.const(0)));
  emitEnterRegions(code);
  returnWhether(code, 1, 2);
  return code;
}

/** `arbitrate(slot, next, itstate)`: see RegionCalls. @param covers whether what is executed is counted */
export function emitRegionArbitrate(arbitrate: number, covers: boolean): CodeWriter {
  const code = new CodeWriter(3);
  emitLeaveRegions(code);
  if (covers) emitReached(code, countingCoverage(code), 0);
  code.get(0);
  code.call(arbitrate);
  emitEnterRegions(code);
  returnWhether(code, 1, 2);
  return code;
}
