/** Small pieces of code that both the fast loop and the driver around it need: conditions, ITSTATE, the code page hash. */
import { Word } from '../arm/state.js';
import { CODE_HASH, CODE_HASH_ENTRIES, CODE_KEY_SHIFT, PAGE } from '../mem/layout.js';
import { SLOT_REGION_BASE } from './regions/table.js';
import { stateAddress } from './emitter.js';
import type { CodeWriter } from './wasm/code.js';
import { Op } from './wasm/opcodes.js';

/** ConditionPassed (A8.3.1) on the flags in the state block: pushes non-zero if condition `cond` (0 to 13) holds. */
export function pushCondition(code: CodeWriter, cond: number): void {
  pushEvenCondition(code, cond & 14);
  if ((cond & 1) === 1) code.op(Op.i32_eqz);
}

/** Conditions 0, 2, … 12, of which the others are the opposites. */
function pushEvenCondition(code: CodeWriter, cond: number): void {
  const pushFlag = (flag: 'NF' | 'ZF' | 'CF' | 'VF'): void => code.loadWord(stateAddress(Word[flag]));
  const pushSignOf = (flag: 'NF' | 'VF'): void => {
    pushFlag(flag);
    code.const(31);
    code.op(Op.i32_shr_u);
  };
  const pushNEqualsV = (): void => {
    pushFlag('NF');
    pushFlag('VF');
    code.op(Op.i32_xor);
    code.const(0);
    code.op(Op.i32_ge_s);
  };
  const pushNotZ = (): void => {
    pushFlag('ZF');
    code.const(0);
    code.op(Op.i32_ne);
  };
  switch (cond) {
    case 0:
      pushFlag('ZF');
      code.op(Op.i32_eqz);
      break;
    case 2:
      pushFlag('CF');
      break;
    case 4:
      pushSignOf('NF');
      break;
    case 6:
      pushSignOf('VF');
      break;
    case 8:
      pushFlag('CF');
      pushNotZ();
      code.op(Op.i32_and);
      break;
    case 10:
      pushNEqualsV();
      break;
    default:
      pushNEqualsV();
      pushNotZ();
      code.op(Op.i32_and);
  }
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

/** Pushes the byte offset of an address's entry in the code page hash, in the current translation context. */
export function pushHashEntry(code: CodeWriter, address: number): void {
  code.get(address);
  code.const(9);
  code.op(Op.i32_shr_u);
  code.loadWord(stateAddress(Word.CODE_KEY));
  code.const(CODE_KEY_SHIFT + 3);
  code.op(Op.i32_shl);
  code.op(Op.i32_xor);
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

/** Sets the local `entry` to the byte offset of an address's entry in the code page hash, and pushes whether that is not there for its page. */
export function pushHashMisses(code: CodeWriter, address: number, entry: number): void {
  pushHashEntry(code, address);
  code.set(entry);
  code.get(entry);
  code.load(Op.i32_load, CODE_HASH);
  pushHashKey(code, address);
  code.op(Op.i32_ne);
}

/** Counts an arrival by a branch at the slot in a local, and pushes whether that was the last one before the slot becomes hot. `scratch` is a local. */
export function emitHeat(code: CodeWriter, slot: number, scratch: number): void {
  code.get(slot);
  code.const(2);
  code.op(Op.i32_shr_u);
  code.set(scratch);
  code.get(scratch);
  code.get(scratch);
  code.load(Op.i32_load16_u, SLOT_REGION_BASE);
  code.const(1);
  code.op(Op.i32_sub);
  code.set(scratch);
  code.get(scratch);
  code.store(Op.i32_store16, SLOT_REGION_BASE);
  code.get(scratch);
  code.op(Op.i32_eqz);
}
