import assert from 'node:assert/strict';
import { evaluate, holds, placeOf, type Surroundings } from '../../src/debug/expressions/evaluator.js';
import { formatValue } from '../../src/debug/expressions/format.js';
import { parseExpression } from '../../src/debug/expressions/parser.js';
import { typeName } from '../../src/debug/expressions/types.js';
import { UserError } from '../../src/util/errors.js';

/** r0 = 0x1000, r1 = 0xffffffff, cpsr.I = 1, TTBR0_64; 0x1000.. holds 0x80, 0x81, … */
const registers: Readonly<Record<string, { value: bigint; bits: number }>> = {
  r0: { value: 0x1000n, bits: 32 },
  r1: { value: 0xffff_ffffn, bits: 32 },
  'cpsr.I': { value: 1n, bits: 1 },
  TTBR0: { value: 0x12_3456_789an, bits: 64 },
  sp: { value: 0x1008n, bits: 32 },
};
const guest: Surroundings = {
  register: (name) => registers[name],
  symbol: (name) => ({ main: 0x8000, r1: 0x1004, 'foo.part.0': 0x8100 })[name],
  readMemory: (address, length) =>
    Uint8Array.from(
      { length: Math.max(0, Math.min(length, 0x1010 - address)) },
      (_, i) => (address - 0x1000 + i) | 0x80,
    ),
};

const value = (text: string) => evaluate(parseExpression(text), guest);
const number = (text: string) => Number(value(text).value);
const shown = (text: string) => {
  const expression = parseExpression(text);
  return formatValue(evaluate(expression, guest), expression.format, (a) => (a === 0x8004 ? 'main+4' : undefined));
};
const fails = (text: string, errorNumber: number, words: RegExp) => {
  assert.throws(
    () => value(text),
    (error) => error instanceof UserError && error.number === errorNumber && words.test(error.message),
    `${text} should fail with ${errorNumber} ${words}`,
  );
};

describe('expressions', () => {
  it('have C precedence', () => {
    assert.equal(number('1 + 2 * 3'), 7);
    assert.equal(number('(1 + 2) * 3'), 9);
    assert.equal(number('1 | 2 ^ 3 & 6'), 1 | (2 ^ (3 & 6)));
    assert.equal(number('1 << 2 + 3'), 32);
    assert.equal(number('10 - 3 - 2'), 5);
    assert.equal(number('100 / 7 % 4'), 2);
    assert.equal(number('1 < 2 == 1'), 1);
    assert.equal(number('6 & 3 == 3'), 0, '== binds tighter than &');
    assert.equal(number('0 && 0 || 1'), 1);
    assert.equal(number('1 || 0 && 0'), 1);
    assert.equal(number('0 ? 1 : 0 ? 2 : 3'), 3);
    assert.equal(number('-~!0'), 2);
    assert.equal(number('- - 5'), 5);
    assert.equal(number('1 ? 2 : 3 + 10'), 2);
  });

  it('have C types and conversions', () => {
    const typed = (text: string) => `${typeName(value(text).type)} ${value(text).value}`;
    assert.equal(typed('1'), 'i32 1');
    assert.equal(typed('0x80000000'), 'u32 2147483648');
    assert.equal(typed('2147483648'), 'i64 2147483648');
    assert.equal(typed('0xffffffffffffffff'), 'u64 18446744073709551615');
    assert.equal(typed('r1'), 'u32 4294967295');
    assert.equal(typed('r1 + 1'), 'u32 0');
    assert.equal(typed('(i32)r1'), 'i32 -1');
    assert.equal(typed('(i32)r1 >> 4'), 'i32 -1');
    assert.equal(typed('r1 >> 4'), 'u32 268435455');
    assert.equal(typed('(u8)r1 + 1'), 'i32 256');
    assert.equal(typed('(u64)r1 + 1'), 'u64 4294967296');
    assert.equal(typed('-7 / 2'), 'i32 -3');
    assert.equal(typed('-7 % 2'), 'i32 -1');
    assert.equal(typed('-1 < r0'), 'i32 0', 'the signed side becomes unsigned, as in C');
    assert.equal(typed('1 << 32'), 'i32 0');
    assert.equal(typed('(unsigned char)0x1ff'), 'u8 255');
    assert.equal(typed('(signed char)0xff'), 'i8 -1');
    assert.equal(typed('(unsigned long long int)1'), 'u64 1');
    assert.equal(typed('(uint16_t) -1'), 'u16 65535');
    assert.equal(typed('TTBR0 >> 32'), 'u64 18');
  });

  it('take numbers of several kinds', () => {
    assert.equal(number('0x2A'), 42);
    assert.equal(number('0b101010'), 42);
    assert.equal(number('042'), 42, 'padding is no octal');
    assert.equal(number("'*'"), 42);
    assert.equal(number("'\\n' + '\\x2a' + '\\\\'"), 10 + 42 + 92);
    assert.equal(number('1_000_000'), 1_000_000);
    assert.equal(number('7u'), 7);
  });

  it('read memory', () => {
    assert.equal(number('[r0]'), 0x83828180);
    assert.equal(number('[r0 + 4]'), 0x87868584);
    assert.equal(number('*r0'), 0x83828180);
    assert.equal(number('*(u8*)0x1003'), 0x83);
    assert.equal(number('*(i8*)0x1003'), 0x83 - 256);
    assert.equal(number('*(u16*)(sp)'), 0x8988);
    assert.equal(value('*(u64*)r0').value, 0x8786858483828180n);
    assert.equal(number('*((u16*)r0 + 1)'), 0x8382, 'pointers are scaled');
    assert.equal(number('((u16*)r0)[2]'), 0x8584);
    assert.equal(number('(u32*)0x1008 - (u32*)r0'), 2);
    assert.equal(number('&[r0 + 4]'), 0x1004);
  });

  it('name registers, fields and symbols', () => {
    assert.equal(number('main + 4'), 0x8004);
    assert.equal(number('foo.part.0'), 0x8100);
    assert.equal(number('cpsr.I'), 1);
    assert.equal(number('$r0'), 0x1000);
    assert.equal(number('&r1'), 0x1004, '& asks for the symbol');
    assert.equal(number('&main'), 0x8000);
    assert.equal(number("r0==0x1000&&[r0]!='c'"), 1);
  });

  it('evaluate only what they need', () => {
    assert.equal(number('0 && 1 / 0'), 0);
    assert.equal(number('1 || [0x2000]'), 1);
    assert.equal(number('1 ? 5 : nothing'), 5);
    assert.equal(holds(parseExpression('r0 > 4 && !([r0] & 1)'), guest), true);
    assert.equal(holds(parseExpression('r0 == 4'), guest), false);
  });

  it('know the places that can be set', () => {
    const place = (text: string) => placeOf(parseExpression(text), guest);
    assert.deepEqual(place('r0'), { kind: 'register', name: 'r0' });
    assert.deepEqual(place('$cpsr.I'), { kind: 'register', name: 'cpsr.I' });
    const u8 = { kind: 'integer', bits: 8, signed: false };
    assert.deepEqual(place('*(u8*)(r0+1)'), { kind: 'memory', address: 0x1001, type: u8 });
    assert.deepEqual(place('main'), undefined);
    assert.deepEqual(place('r0 + 1'), undefined);
  });

  it('show values by type and by format', () => {
    assert.equal(shown('r0'), '0x00001000 = 4096');
    assert.equal(shown('main + 4'), '0x00008004 <main+4>');
    assert.equal(shown('r0 == 4'), '0');
    assert.equal(shown('-2'), '-2 = 0xfffffffe');
    assert.equal(shown('*(u8*)0x1000 & 0x7f | 0x41,c'), "'A'");
    assert.equal(shown("(u8)'A'"), "0x41 = 65 = 'A'");
    assert.equal(shown('(u8*)r0'), '0x00001000');
    assert.equal(shown('r1,d'), '-1');
    assert.equal(shown('(u8)5,b'), '0b00000101');
    assert.equal(shown('10,x'), '0x0000000a');
  });

  it('fail with the place and the reason', () => {
    fails('', 200, /character 1: the end where a number/);
    fails('1 +', 200, /character 4: the end/);
    fails('1 2', 200, /character 3: "2" where an operator or the end/);
    fails('(1 + 2', 201, /character 1: this parenthesis is not closed/);
    fails('r0 + [r0', 201, /character 6: this bracket/);
    fails('1 ? 2', 201, /character 3/);
    fails('0x', 202, /0x is not a number/);
    fails('12ab', 202, /12ab/);
    fails('0x10000000000000000', 202, /64 bits/);
    fails('r0 @ 1', 200, /"@"/);
    fails('nothing', 203, /"nothing"/);
    fails('[0x2000]', 205, /0x00002000/);
    fails('*(u32*)0x100e', 205, /0x00001010/);
    fails('5 / (r0 - r0)', 206, /character 3/);
    fails('&5', 207, /character 1/);
    fails('&r0', 207, /character 1/);
    fails('(u8*)r0 * 2', 208, /character 9/);
    fails('r0 = 5', 209, /character 4.*==/);
    fails('r0++', 209, /character 3/);
    fails('r0,z', 200, /format/);
    fails('('.repeat(5000), 210, /nested/);
    fails('~'.repeat(5000) + '1', 210, /nested/);
    fails('1 ? '.repeat(5000), 210, /nested/);
  });

  it('never fail otherwise', () => {
    const pieces = [
      'r0',
      '1',
      '0x',
      '[',
      ']',
      '(',
      ')',
      '*',
      '(u8*)',
      '&',
      '+',
      '- ',
      '<<',
      '?',
      ':',
      ',x',
      "'a'",
      '!',
      '/',
      ' ',
      'main',
      '=',
    ];
    let seed = 7;
    let good = 0;
    for (let i = 0; i < 20000; i++) {
      let text = '';
      for (let n = 1 + (i % 9); n > 0; n--) {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        text += pieces[(seed >>> 8) % pieces.length];
      }
      try {
        shown(text);
        good++;
      } catch (error) {
        if (!(error instanceof UserError)) assert.fail(`${text}: ${String(error)}`);
      }
    }
    assert.ok(good > 200, `only ${good} of the random texts were expressions`);
  });
});
