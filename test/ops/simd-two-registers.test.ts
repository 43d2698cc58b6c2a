/**
 * Advanced SIMD with a shift amount, on two registers, with an immediate, and what moves bytes: every row, in both instruction sets, on random
 * and boundary vectors, against qemu-arm; and the out-of-line handlers against the reference.
 */
import assert from 'node:assert/strict';
import { Cp15 } from '../../src/arm/cp15.js';
import { FPEXC_EN } from '../../src/arm/fpscr.js';
import { Word } from '../../src/arm/state.js';
import * as immediate from '../../src/isa/vector/simd-immediate.js';
import * as miscellaneous from '../../src/isa/vector/simd-miscellaneous.js';
import * as shift from '../../src/isa/vector/simd-shift.js';
import { CpuRig } from '../support/cpu-rig.js';
import { simdAgainstQemu } from './simd-oracle.js';

simdAgainstQemu('two registers and a shift amount', shift.rows);
simdAgainstQemu('two registers, tables and single elements', miscellaneous.rows);
simdAgainstQemu('one register and a modified immediate', immediate.rows);

describe('UNPREDICTABLE operands of Advanced SIMD', () => {
  /** Of the register file's words, word `i` is the byte `byteOf(i)` four times. */
  function execute(word: number, byteOf: (i: number) => number): readonly number[] {
    const rig = new CpuRig();
    rig.state[Cp15.CPACR] = 0x00f0_0000;
    rig.state[Word.FPEXC] = FPEXC_EN;
    rig.cpu.commit();
    for (let i = 0; i < 64; i++) rig.state[Word.V + i] = 0x0101_0101 * byteOf(i);
    rig.arm([word]).step();
    return [...rig.state.subarray(Word.V, Word.V + 64)];
  }

  it('VTBL and VTBX with a table beyond D31: it goes on at D0', () => {
    const register = (i: number): number => i >> 1;
    // vtbl.8 d5, {d30, d31, d0, d1}, d24: index 24 is the first byte of D1
    assert.deepEqual(execute(0xf3be_5ba8 | 0, register).slice(10, 12), [0x0101_0101, 0x0101_0101]);
    // vtbx.8 d5, {d31, d0}, d9: index 9 is in D0
    assert.deepEqual(execute(0xf3bf_59c9 | 0, register).slice(10, 12), [0, 0]);
  });

  it('VTRN, VUZP, VZIP and VSWP of a register with itself: what belongs to m stays', () => {
    const itself = (i: number): number => i;
    // vtrn.32 d2, d2: the upper words of both; vswp d2, d2
    assert.deepEqual(execute(0xf3ba_2082 | 0, itself).slice(4, 6), [0x0505_0505, 0x0505_0505]);
    assert.deepEqual(execute(0xf3b2_2002 | 0, itself).slice(4, 6), [0x0404_0404, 0x0505_0505]);
  });
});
