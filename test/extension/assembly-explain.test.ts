/** What hovers and inline values say of lines of assembly. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DIRECTIVES } from '../../src/extension/assembly/directives.js';
import {
  explainDirective,
  explainMnemonic,
  InstructionDocs,
  type InstructionDoc,
} from '../../src/extension/assembly/explain.js';
import { assemblyOfListing } from '../../src/extension/decode-lines.js';
import { inlineNames } from '../../src/extension/assembly/inline-names.js';
import { memoryOperands } from '../../src/extension/assembly/memory-operands.js';
import { parseExpression } from '../../src/debug/expressions/parser.js';
import { need } from '../support/tools.js';

const root = path.resolve(import.meta.dirname, '../..');
const AS = 'arm-none-eabi-as';
const docs = new InstructionDocs(
  JSON.parse(fs.readFileSync(path.join(root, 'syntaxes/arm-asm.instructions.json'), 'utf8')) as InstructionDoc[],
);

describe('hovers over mnemonics', () => {
  const said = (word: string): string => explainMnemonic(word, docs) ?? '';

  it('take a word apart', () => {
    const parts = (word: string) => {
      const found = docs.find(word);
      return found && [found.doc.name, found.base, found.condition ?? '', ...found.suffixes].join(' ').trim();
    };
    assert.equal(parts('ADD'), 'ADD add');
    assert.equal(parts('addseq.w'), 'ADD adds eq w');
    assert.equal(parts('bls'), 'B b ls');
    assert.equal(parts('bleq'), 'BL bl eq');
    assert.equal(parts('teq'), 'TEQ teq');
    assert.equal(parts('svc'), 'SVC svc');
    assert.equal(parts('movs'), 'MOV movs');
    assert.equal(parts('vcvtne.f32.s32'), 'VCVT vcvt ne f32 s32');
    assert.equal(parts('cbnz'), 'CBZ cbnz');
    for (const none of ['main', 'addxx', 'add.q', '', '.word', 'eq']) assert.equal(parts(none), undefined, none);
  });

  it('say what it means, with conditions, flags and widths', () => {
    const text = said('subsne.w');
    assert.match(text, /^\*\*SUBS\*\* Subtracts/);
    assert.match(text, /`NE`: executes only if the flags say not equal \(Z clear\)/);
    assert.match(text, /`S`: sets the flags/);
    assert.match(text, /`\.W` demands the 32-bit encoding/);
    assert.match(text, /^SUB\{S\}<c> <Rd>, <Rn>, #<const>$/m);
    assert.match(text, /DDI 0406C A8\.8\.222, /);
    assert.doesNotMatch(said('cmp'), /`S`/);
    assert.doesNotMatch(said('vcls.s16'), /`S`/);
    assert.match(said('vmul.f32'), /`\.F32`: floating-point numbers of 32 bits[^]*Needs VFPv2/);
    assert.match(
      said('itte'),
      /The first one executes if the condition holds, the next if it holds, the next if it does not/,
    );
  });

  it('say what a monitor makes of it', () => {
    assert.match(said('mrs'), /^Sensitive: /m);
    assert.match(said('ldm'), /^Some forms are sensitive/m);
    assert.doesNotMatch(said('add'), /ensitive/);
  });
});

describe('hovers over directives', () => {
  it('say what they take and do', () => {
    assert.match(explainDirective('.ALIGN') ?? '', /^```text\n\.align power[^]*2 to that power/);
    assert.equal(explainDirective('.nonsense'), undefined);
    assert.equal(explainDirective('constructor'), undefined);
  });

  it('know none that the assembler does not', function () {
    need(this, AS);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-directives-'));
    const file = path.join(folder, 'x.s');
    // these would hide the rest of the file
    const alone = /^\.(end|macro|endm|rept|irp|irpc|endr|if.*|else|elseif|endif|exitm|altmacro|noaltmacro|req|dn|qn)$/;
    const names = [...Object.keys(DIRECTIVES), '.nonsense'].filter((name) => !alone.test(name));
    fs.writeFileSync(file, names.map((name) => ` ${name}\n`).join(''));
    const { stderr } = spawnSync(AS, [file, '-o', path.join(folder, 'x.o')], { encoding: 'utf8' });
    fs.rmSync(folder, { recursive: true });
    assert.deepEqual(
      [...stderr.matchAll(/unknown pseudo-op: `([^']+)'/g)].map(([, name]) => name),
      ['.nonsense'],
    );
  });
});

describe('memory operands', () => {
  const expression = (mnemonic: string, operands: string): string | undefined =>
    memoryOperands(mnemonic, operands, (name) => (name === 'count' ? 'r4' : name)).at(0)?.expression;

  it('are expressions of the debugger', () => {
    assert.equal(expression('ldr', ' r0, [r1]'), '*(u32*)(r1)');
    assert.equal(expression('ldr', ' r0, [r1, #4]'), '*(u32*)(r1 + (4))');
    assert.equal(expression('ldrb', ' r0, [fp, #-0x10]!'), '*(u8*)(r11 + (-0x10))');
    assert.equal(expression('strh', ' r0, [sp], #2'), '*(u16*)(sp)');
    assert.equal(expression('ldrsbne', ' r0, [r1, r2]'), '*(s8*)(r1 + r2)');
    assert.equal(expression('ldrsh', ' r0, [r1, -r2]'), '*(s16*)(r1 - r2)');
    assert.equal(expression('ldr.w', ' r0, [r1, r2, lsl #2]'), '*(u32*)(r1 + (r2 << 2))');
    assert.equal(expression('ldrd', ' r0, r1, [count, #UART+8]'), '*(u64*)(r4 + (UART+8))');
    assert.equal(expression('ldrexb', ' r0, [r1]'), '*(u8*)(r1)');
    assert.equal(expression('vldr', ' d1, [r0, #8]'), '*(u64*)(r0 + (8))');
    assert.equal(expression('vld1.8', ' {d0}, [r0:128]!'), '*(u32*)(r0)');
    assert.equal(expression('str', ' r1, [r3, #(0x100 << 2)]'), '*(u32*)(r3 + ((0x100 << 2)))');
    for (const each of [
      ' r0, [pc, #4]',
      ' r0, =UART',
      ' r0, [r1, r2, asr #1]',
      ' r0, [UART]',
      ' r0, []',
      ' r0, [r1, #',
    ])
      assert.equal(expression('ldr', each), undefined, each);
  });

  it('are parsed by the debugger', () => {
    for (const operands of [' r0, [r1, #4]', ' r0, [r1, #(0x100 << 2)]', ' r0, [r1, -r2]', ' r0, [r1, r2, lsr #3]'])
      assert.doesNotThrow(() => parseExpression(expression('ldrsb', operands) ?? ''), operands);
  });
});

describe('inline values', () => {
  const source = [
    'before: mov r9, r8', // 0
    'start:  ldr r4, =UART @ r7', // 1
    '        mov fp, #0; add r1, r2, r3', // 2
    '        .word r10', // 3
    '        cpsid aif', // 4
    'loop: 1: bl  before', // 5
    '        ldrb r0, [r4, #2]', // 6
    '        mov r5, r6', // 7
  ];
  const shown = (stopped: number): string[] =>
    inlineNames(
      (line) => source[line],
      stopped,
      (label) => label !== 'loop',
    ).map(({ line, label, expression }) => `${line} ${label} ${expression}`);

  it('stand beside the nearest line of the function that names them', () => {
    assert.deepEqual(shown(6), [
      '6 r0 r0',
      '6 r4 r4',
      '6 [r4, #2] *(u8*)(r4 + (2))',
      '2 r1 r1',
      '2 r2 r2',
      '2 r3 r3',
      '2 fp r11',
      '1 UART UART',
    ]);
    assert.deepEqual(shown(0), ['0 r9 r9', '0 r8 r8']);
  });

  it('stand in listings, too', () => {
    const listing = [
      '; kernel',
      '_start:',
      '  0x40010000  24 40 9f e5  e59f4024  ldr r4, [pc, #0x24]  ; 0x4001002c',
      '  0x40010004  30 00 84 e5  e5840030  str r0, [r4, #0x30]  ; planted ef000000 (svc #0)',
    ];
    const found = inlineNames(
      (at) => assemblyOfListing(listing[at]),
      3,
      () => true,
    );
    assert.deepEqual(
      found.map(({ line, start, end }) => `${line} ${listing[line].slice(start, end)}`),
      ['3 r0', '3 r4', '3 [r4, #0x30]', '2 pc'],
    );
  });

  it('have their columns', () => {
    for (const { line, start, end, label } of inlineNames(
      (at) => source[at],
      6,
      () => true,
    )) {
      assert.equal(source[line].slice(start, end), label);
    }
  });
});
