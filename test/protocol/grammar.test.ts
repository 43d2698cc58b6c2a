import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { allRows } from '../../src/isa/table.js';
import { grammar, mnemonicPattern, mnemonics } from '../support/grammar.js';

const file = path.resolve(import.meta.dirname, '../../syntaxes/arm-asm.tmLanguage.json');

interface Grammar {
  readonly repository: { readonly instruction: { readonly patterns: readonly { name?: string; match?: string }[] } };
}

describe('grammar of ARM assembly', () => {
  const made = grammar(allRows);

  it('is what the instruction table makes of it (ACCEPT=1 writes it)', () => {
    const text = `${JSON.stringify(made, null, 2)}\n`;
    if (process.env.ACCEPT === '1') fs.writeFileSync(file, text);
    assert.equal(fs.readFileSync(file, 'utf8'), text);
  });

  it('reads the syntax column', () => {
    assert.equal(mnemonicPattern('ADD{S}<c> <Rd>, <Rn>, #<const>'), 'add(?:s)?');
    assert.equal(mnemonicPattern('SMLA<x><y><c> <Rd>'), 'smla(?:[bt])(?:[bt])');
    assert.equal(mnemonicPattern('VAND<c>{.<dt>} <Qd>, <Qn>, <Qm>'), 'vand');
    assert.equal(mnemonicPattern('VCVT<c>.F32.<S32|U32> <Sd>, <Sm>'), 'vcvt');
    assert.equal(mnemonicPattern('TB{B|H}<c> [<Rn>]'), 'tb(?:b|h)?');
    assert.equal(mnemonicPattern('<op>S<c> PC, LR'), undefined);
    assert.throws(() => mnemonicPattern('ADD<what> r0'));
  });

  /** The scope of the first instruction pattern that matches the whole word. */
  function scopeOf(word: string): string | undefined {
    const { patterns } = (made as Grammar).repository.instruction;
    return patterns.find(({ match }) => {
      const found = match && new RegExp(match.replace(/^\(\?i\)/, ''), 'i').exec(word);
      return found && found[0] === word;
    })?.name;
  }

  it('tells branches, sensitive instructions and others apart', () => {
    const words: Readonly<Record<string, string>> = {
      add: 'support.function.mnemonic.arm-asm',
      ADDSEQ: 'support.function.mnemonic.arm-asm',
      'ldr.w': 'support.function.mnemonic.arm-asm',
      ldmia: 'support.function.mnemonic.arm-asm',
      mov: 'support.function.mnemonic.arm-asm',
      smlabt: 'support.function.mnemonic.arm-asm',
      ittee: 'support.function.mnemonic.arm-asm',
      'vadd.i16': 'support.function.mnemonic.arm-asm',
      'vcvteq.f32.s32': 'support.function.mnemonic.arm-asm',
      vldm: 'support.function.mnemonic.arm-asm',
      vldmia: 'support.function.mnemonic.arm-asm',
      'vld4.8': 'support.function.mnemonic.arm-asm',
      vand: 'support.function.mnemonic.arm-asm',
      bne: 'keyword.control.branch.arm-asm',
      bl: 'keyword.control.branch.arm-asm',
      bls: 'keyword.control.branch.arm-asm',
      bxeq: 'keyword.control.branch.arm-asm',
      cbnz: 'keyword.control.branch.arm-asm',
      mrs: 'keyword.other.sensitive.arm-asm',
      cpsid: 'keyword.other.sensitive.arm-asm',
      cps: 'keyword.other.sensitive.arm-asm',
      svc: 'keyword.other.sensitive.arm-asm',
      r10: 'variable.language.register.arm-asm',
      cpsr: 'variable.language.register.arm-asm',
      spsr_irq: 'variable.language.register.arm-asm',
      '#0x10': 'constant.numeric.hex.arm-asm',
    };
    for (const [word, scope] of Object.entries(words)) assert.equal(scopeOf(word), scope, word);
    assert.equal(scopeOf('main'), undefined);
    assert.equal(scopeOf('address'), undefined);
  });

  it('lists each mnemonic once', () => {
    const { branch, sensitive, other } = mnemonics(allRows);
    const all = [...branch, ...sensitive, ...other];
    assert.equal(new Set(all).size, all.length);
    assert.ok(all.length > 150);
  });
});
