/** ConditionPassed (A8.3.1) over flags that lie anywhere: emits the test of one condition. */
import type { FlagWord } from './emitter.js';
import type { CodeWriter } from './wasm/code.js';
import { Op } from './wasm/opcodes.js';

/** Pushes non-zero if condition `cond` (0 to 13) holds. `pushFlag` pushes a flag word as arm/state.ts has it. */
export function pushCondition(code: CodeWriter, cond: number, pushFlag: (flag: FlagWord) => void): void {
  pushEvenCondition(code, cond & 14, pushFlag);
  if ((cond & 1) === 1) code.op(Op.i32_eqz);
}

function pushEvenCondition(code: CodeWriter, cond: number, pushFlag: (flag: FlagWord) => void): void {
  const pushSignOf = (flag: FlagWord): void => {
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
