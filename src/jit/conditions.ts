/** ConditionPassed (A8.3.1) on the flags in the state block: emits the test of one condition. */
import { Word } from '../arm/state.js';
import { stateAddress } from './emitter.js';
import type { CodeWriter } from './wasm/code.js';
import { Op } from './wasm/opcodes.js';

/** Pushes non-zero if condition `cond` (0 to 13) holds. */
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
