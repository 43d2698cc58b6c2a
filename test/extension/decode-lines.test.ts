/** Which word of a line of assembly or of a listing is meant; `|` stands for the place that is pointed at. */
import assert from 'node:assert/strict';
import { hasInstruction, wordInAssembly, wordInListing } from '../../src/extension/decode-lines.js';

/** The word at `|` of the last line, as `A32 e1a0f00e at 8-18`. */
function found(...lines: string[]): string | undefined {
  const last = lines.length - 1;
  const character = lines[last].indexOf('|');
  const clean = lines.map((line) => line.replace('|', ''));
  const word = wordInAssembly((line) => clean[line], last, character);
  return word && show(word);
}

function listed(line: string): string | undefined {
  const word = wordInListing(line.replace('|', ''), line.indexOf('|'));
  return word && show(word);
}

function show({ request, start, end, address }: NonNullable<ReturnType<typeof wordInListing>>): string {
  const at = address === undefined ? '' : ` of ${address.toString(16)}`;
  return `${request.isa} ${request.word.toString(16)}${at} at ${start}-${end}`;
}

describe('words in assembly', () => {
  it('are the arguments of .word and .inst', () => {
    assert.equal(found('  .word 0xe1a|0f00e'), 'A32 e1a0f00e at 8-18');
    assert.equal(found('l1: l2: .inst |0xe1a0f00e @ return'), 'A32 e1a0f00e at 14-24');
    assert.equal(found('  .word 0xe1a0f00e, 0xe1200f1e|'), 'A32 e1200f1e at 20-30');
    assert.equal(found('  .word |12'), 'A32 c at 8-10');
    assert.equal(found('  .hword 0xb67|2'), 'T16 b672 at 9-15');
    assert.equal(found('  .inst.n 0xb67|2'), 'T16 b672 at 10-16');
    assert.equal(found('  .inst.w 0xf3ef800|0'), 'T32 f3ef8000 at 10-20');
    assert.equal(found('|  .word 0xe1a0f00e'), undefined, 'not on the number');
    assert.equal(found('  .word |0x1e1a0f00e'), undefined, 'too wide');
    assert.equal(found('  .hword 0xf3ef|'), undefined, 'half an instruction');
    assert.equal(found('  .inst.w 0xb672|'), undefined, 'of 16 bits');
    assert.equal(found('  .space |0x100'), undefined);
  });

  it('follow the state that the assembler is in', () => {
    assert.equal(found('.thumb', '  .inst 0xb67|2'), 'T16 b672 at 8-14');
    assert.equal(found('.thumb', '  .inst 0xf3ef800|0'), 'T32 f3ef8000 at 8-18');
    assert.equal(found('.thumb_func', 'f: .inst 0xb67|2'), 'T16 b672 at 9-15');
    assert.equal(found('.thumb', '.arm', '  .inst 0xe1a0f00|e'), 'A32 e1a0f00e at 8-18');
    assert.equal(found('.code 16', '  nop', '  .inst 0xb67|2'), 'T16 b672 at 8-14');
    assert.equal(found('.thumb', '  .word 0xe1a0f00|e'), 'A32 e1a0f00e at 8-18', 'data has no state');
  });

  it('are numbers of eight digits anywhere, but no addresses', () => {
    assert.equal(found('  nop @ was 0xe1a0f00e|'), 'A32 e1a0f00e at 12-22');
    assert.equal(found('.thumb', '  nop @ was 0xf3ef8000|'), 'T32 f3ef8000 at 12-22');
    assert.equal(found('  cmp r0, #0xe1a0f00e|'), 'A32 e1a0f00e at 11-21');
    assert.equal(found('  ldr r4, =0x09000000|'), undefined);
    assert.equal(found('  .equ UART, 0x09000000|'), undefined);
    assert.equal(found('UART = 0x09000000|'), undefined);
    assert.equal(found('  mov r0, #0x30|1'), undefined);
  });

  it('lines of instructions are told from others', () => {
    for (const line of ['  mrs r0, cpsr', 'next: ldrb r0, [r5], #1 @ more', 'a: b: nop'])
      assert.ok(hasInstruction(line), line);
    for (const line of ['', '@ mrs r0, cpsr', 'next:', '  .word 1', '  // nop', 'a: .word 1']) {
      assert.ok(!hasInstruction(line), line);
    }
  });
});

describe('words in listings', () => {
  it('are the bytes, the word beside them, and the text', () => {
    const line = '  0x40010020  00 60 0f e1  e10f6000  mrs r6, cpsr';
    for (const at of [14, 20, 27, 34, 38, 41, 48]) {
      const pointed = `${line.slice(0, at)}|${line.slice(at)}`;
      assert.equal(listed(pointed), 'A32 e10f6000 of 40010020 at 14-49', pointed);
    }
    assert.equal(listed(line.replace('0x4001', '0x|4001')), undefined);
  });

  it('show their instruction set', () => {
    assert.equal(listed('  0x40100000  72 b6        b672|      cpsid i'), 'T16 b672 of 40100000 at 14-44');
    assert.equal(listed('  0x40100002  ef f3 00 80  f3ef8000|  mrs r0, cpsr'), 'T32 f3ef8000 of 40100002 at 14-49');
  });

  it('may be planted', () => {
    const line =
      '  0x40010020  00 60 0f e1  e10f6000  mrs r6, cpsr             ; planted ef56|4d4d svc #0x564d4d, 1 traps';
    assert.equal(listed(line), 'A32 ef564d4d at 72-80');
    assert.equal(listed(line.replace('|', '').replace('traps', 'tr|aps')), undefined, 'a comment');
    assert.equal(listed(line.replace('|', '').replace('m', '|m')), 'A32 e10f6000 of 40010020 at 14-49');
  });

  it('are not where there is no instruction', () => {
    for (const line of ['; hello.elf, 0x40010|000 to', '_start|:', '|', ';  address     by|tes        word']) {
      assert.equal(listed(line), undefined);
    }
  });
});
