import assert from 'node:assert/strict';
import { ASSEMBLER } from '../support/assemble.js';
import { assembled, MIB, TestGuest, wayName, type Way } from '../support/guest.js';
import { need } from '../support/tools.js';

const WAYS: readonly Way[] = [{ engine: 'interpreter' }, { engine: 'interpreter', level: 1 }];
const EPOCH = 1_700_000_000;

/** Runs a program that makes calls by `call` (a macro: operation in r0, argument in r1). It ends by SYS_EXIT if nothing ends it before. */
function run(way: Way, body: string, typed = '', thumb = false): TestGuest {
  const source = `
      .macro call operation
      mov r0, #\\operation
      svc #${thumb ? '0xab' : '0x123456'}
      .endm
      ${thumb ? 'adr r0, 1f + 1\n bx r0\n .thumb\n1:' : ''}
      ${body}
      ldr r1, =0x20026
      call 0x18
      b .
      .ltorg`;
  const test = new TestGuest(way, {
    images: { ...assembled(source), append: 'one two' },
    memory: 2 * MIB,
    semihosting: true,
    epoch: EPOCH,
  });
  if (typed !== '') test.send(typed);
  assert.equal(test.end(10_000).kind, 'exit', test.place());
  return test;
}

for (const way of WAYS) {
  describe(`semihosting, ${wayName(way)}`, () => {
    before(function () {
      need(this, ...ASSEMBLER);
    });

    for (const thumb of [false, true]) {
      it(`writes characters, strings and buffers, in ${thumb ? 'Thumb' : 'ARM'} state`, () => {
        const test = run(
          way,
          `ldr r1, =letter
           call 0x03
           ldr r1, =text
           call 0x04
           ldr r1, =block
           call 0x05
           mov r7, r0
           ldr r1, =wrong
           call 0x05
           mov r8, r0
           call 0x13
           mov r9, r0
           ldr r1, =0x20026
           call 0x18
           .ltorg
           .balign 4
         block: .word 2, text, 3
         wrong: .word 1, text, 3
         letter: .ascii "!"
         text: .asciz "hello"
           .balign 4`,
          '',
          thumb,
        );
        assert.equal(test.console, '!hellohel');
        assert.deepEqual([test.r(7), test.r(8), test.r(9)], [0, 3, 9]);
      });
    }

    it('ends with the code that the guest gives', () => {
      const code = (body: string): number => {
        const stop = run(way, body).run();
        return stop.kind === 'exit' && stop.how === 'semihosting' ? stop.code : NaN;
      };
      assert.equal(code(''), 0);
      assert.equal(code('ldr r1, =0x20023\n call 0x18'), 1);
      const extended = (reason: number, value: number): string =>
        `ldr r1, =1f\n call 0x20\n .ltorg\n1: .word ${reason}, ${value}`;
      assert.equal(code(extended(0x20026, 42)), 42);
      assert.equal(code(extended(0x20023, 42)), 1);
    });

    it('reads what is typed, and does not wait for it', () => {
      const test = run(
        way,
        `call 0x07
         mov r4, r0
         ldr r1, =block
         call 0x06
         mov r5, r0
         call 0x07
         mov r6, r0
         ldr r7, =0x40050000
         ldrh r7, [r7]
         ldr r1, =0x20026
         call 0x18
         .ltorg
       block: .word 1, 0x40050000, 5`,
        'xyz',
      );
      // the UART takes the first byte itself
      const typed = [test.r(4), test.r(7), test.r(5), test.r(6)];
      assert.deepEqual(typed, [0x79, 0x7a, 4, 0xffff_ffff]);
    });

    it('opens the console alone', () => {
      const test = run(
        way,
        `ldr r1, =1f
         call 0x01
         mov r4, r0
         ldr r1, =2f
         call 0x01
         mov r5, r0
         ldr r1, =3f
         call 0x01
         mov r6, r0
         call 0x13
         mov r7, r0
         ldr r1, =4f
         call 0x09
         mov r8, r0
         ldr r1, =5f
         call 0x02
         mov r9, r0
         ldr r1, =6f
         call 0x08
         mov r10, r0
         ldr r1, =4f
         call 0x0c
         mov r11, r0
         ldr r1, =0x20026
         call 0x18
         .ltorg
       1: .word tt, 0, 3
       2: .word tt, 4, 3
       3: .word file, 0, 4
       4: .word 2
       5: .word 77
       6: .word -1
       tt: .asciz ":tt"
       file: .asciz "file"
         .balign 4`,
      );
      const values = [4, 5, 6, 7, 8, 9, 10, 11].map((n) => test.r(n) | 0);
      assert.deepEqual(values, [1, 2, -1, 2, 1, -1, 1, 0]);
    });

    it('tells time, memory and command line', () => {
      const test = run(
        way,
        `call 0x10
         mov r4, r0
         call 0x11
         mov r5, r0
         call 0x31
         mov r6, r0
         ldr r1, =0x40050000
         call 0x30
         ldr r7, =0x40050000
         ldm r7, {r7, r8}
         ldr r1, =heap
         call 0x16
         ldr r1, =line
         call 0x15
         mov r9, r0
         ldr r1, =short
         call 0x15
         mov r10, r0
         ldr r1, =0x20026
         call 0x18
         .ltorg
       heap: .word 0x40050010
       line: .word 0x40050020, 80
       short: .word 0x40050060, 7`,
      );
      assert.deepEqual([test.r(4), test.r(5), test.r(6)], [0, EPOCH, 1_000_000_000]);
      assert.ok(test.r(7) > 0 && test.r(7) < 100_000 && test.r(8) === 0, 'virtual time so far, in ns');
      const words = (pa: number, n: number): number[] => Array.from({ length: n }, (_, i) => test.word(pa + 4 * i));
      assert.deepEqual(words(0x4005_0010, 4), [0x4010_0000, 0x4020_0000, 0x4020_0000, 0x4010_0000]);
      const line = new Uint8Array(8);
      test.guest.bus.readBlock(0x4005_0020, line);
      assert.equal(Buffer.from(line).toString(), 'one two\0');
      assert.deepEqual([test.r(9), test.r(10)], [0, 0xffff_ffff]);
    });

    it('answers unknown calls with an error', () => {
      const test = run(way, 'call 0x55\n mov r4, r0\n call 0x13\n mov r5, r0');
      assert.deepEqual([test.r(4), test.r(5)], [0xffff_ffff, 38]);
    });

    it('takes the data abort of an address that is not there, and ends a string that does not', () => {
      const test = run(
        way,
        `ldr r2, =vectors
         mcr p15, 0, r2, c12, c0, 0
         ldr r1, =0xf0000000
         call 0x04
         ldr r1, =0x10              @ the flash has no zero byte
         call 0x04
         ldr r1, =endless
         call 0x05
         mov r6, r0
         ldr r1, =0x20026
         call 0x18
         .ltorg
         .balign 32
       vectors:
         b .
         b .
         b .
         b .
         mov r5, #1
         subs pc, lr, #4
       endless: .word 2, 0x10, 0xffffffff`,
      );
      assert.equal(test.r(5), 1);
      assert.equal(test.console.length, 2 * MIB);
      assert.equal(test.r(6), 0xffff_ffff - MIB);
    });

    it('is an ordinary supervisor call where the launch does not ask for it', () => {
      const source = `
          ldr r2, =vectors
          mcr p15, 0, r2, c12, c0, 0
          mov r0, #3
          svc #0x123456
          .ltorg
          .balign 32
        vectors:
          b .
          b .
          mov r5, #1
          ldr r0, =0x84000008
          hvc #0
          .ltorg`;
      const test = new TestGuest(way, { images: assembled(source), memory: 2 * MIB });
      assert.deepEqual(test.end(), { kind: 'exit', code: 0, how: 'power-off' });
      assert.equal(test.r(5), 1);
    });
  });
}
