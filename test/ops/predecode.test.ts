import assert from 'node:assert/strict';
import { effectsOf } from '../../src/ops/effects.js';
import { operationByName } from '../../src/ops/index.js';
import { predecode, UNPREDICTABLE } from '../../src/ops/predecode.js';

describe('predecoding', () => {
  it('gives operands in the order of the operation, and the same key for the same handler', () => {
    const adds = predecode('A32', 0xe0910102); // adds r0, r1, r2, lsl #2
    assert.equal(adds.operation?.name, 'ADD_reg');
    assert.deepEqual([adds.regs, adds.imms, adds.statics], [[0, 1, 2], [2], [1, 0]]);
    assert.equal(adds.key, 'ADD_reg/1,0');
    assert.equal(predecode('T32', 0xeb153687).key, adds.key); // adds.w r6, r5, r7, lsl #14
    assert.notEqual(predecode('A32', 0xe0810102).key, adds.key);
    assert.deepEqual([adds.length, predecode('T16', 0x1888).length], [4, 2]);
  });

  it('makes a word once', () => {
    assert.equal(predecode('A32', 0xe0910102), predecode('A32', 0xe0910102 | 0));
    assert.notEqual(predecode('A32', 0x1888), predecode('T16', 0x1888));
  });

  it('takes the condition from the word, in A32 and in conditional branches', () => {
    assert.equal(predecode('A32', 0x00910102).cond, 0);
    assert.equal(predecode('A32', 0xe0910102).cond, 14);
    assert.equal(predecode('T16', 0x1888).cond, 14);
    assert.equal(predecode('T16', 0xd1fe).cond, 1); // bne
  });

  it('knows Undefined words: unallocated, and recognised without an operation', () => {
    assert.equal(predecode('A32', 0xe7f000f8).operation, null);
    const teqp = predecode('A32', 0xe330f000);
    assert.equal(teqp.row?.name, 'CMPP, CMNP, TEQP, TSTP');
    assert.deepEqual([teqp.operation, teqp.key, teqp.cond], [null, '', 14]);
  });

  describe('@unpredictable', () => {
    it('executes a word with a wrong should-be bit the obvious way', () => {
      assert.equal(predecode('A32', 0xe0025293).operation?.name, 'MUL');
    });
    it('executes T32 with SP as if it were any register', () => {
      assert.equal(predecode('T32', 0xfb01fd02).operation?.name, 'MUL');
    });
    it('refuses what would write R15 as a general register', () => {
      assert.equal(predecode('A32', 0xe00f0192).operation, UNPREDICTABLE); // mul pc, r2, r1
      assert.equal(predecode('T32', 0xf04f0f01).operation, UNPREDICTABLE); // mov.w pc, #1
      assert.equal(predecode('A32', 0xe0010f92).operation?.name, 'MUL'); // mul r1, r2, pc only reads it
    });
    it('refuses a sensitive instruction', () => {
      assert.equal(predecode('A32', 0xe1b1f00e).operation, UNPREDICTABLE); // movs pc, lr with Rn not zero
      assert.equal(predecode('A32', 0xe1b0f00e).operation?.name, 'SUBS_PC_LR_reg');
    });
  });
});

describe('effects of operations', () => {
  const all = (name: string, statics: number[]) => {
    const operation = operationByName.get(name);
    assert.ok(operation?.kind === 'plain');
    return effectsOf(operation, statics);
  };
  const effects = (name: string, statics: number[]): unknown => {
    const { reads, writes } = all(name, statics);
    return { reads, writes };
  };

  it('on branches, the PC and IT blocks are found by watching the body', () => {
    const rest = (name: string, statics: number[]): unknown => {
      const { branches, branchOffset, usesPC, asksITBlock } = all(name, statics);
      return { branches, branchOffset, usesPC, asksITBlock };
    };
    const none = { branches: false, branchOffset: -1, usesPC: false, asksITBlock: false };
    assert.deepEqual(rest('ADD_imm', [0]), none);
    assert.deepEqual(rest('ADD_imm', [2]), { ...none, asksITBlock: true });
    assert.deepEqual(rest('LDR_lit', []), { ...none, usesPC: true });
    assert.deepEqual(rest('B', []), { ...none, branches: true, branchOffset: 0, usesPC: true });
    assert.deepEqual(rest('BX', []), { ...none, branches: true, usesPC: true });
  });

  it('on their registers are found by watching the body', () => {
    assert.deepEqual(effects('ADD_reg', [0, 5]), { reads: 0b110, writes: 0b001 });
    assert.deepEqual(effects('CMP_imm', []), { reads: 0b1, writes: 0 });
    assert.deepEqual(effects('BFI', []), { reads: 0b11, writes: 0b01 });
    assert.deepEqual(effects('UMLAL', [1]), { reads: 0b1111, writes: 0b0011 });
    assert.deepEqual(effects('UMULL', [0]), { reads: 0b1100, writes: 0b0011 });
    assert.deepEqual(effects('MOV_reg_pc', [0, 5]), { reads: 0b1, writes: 0 });
  });
});
