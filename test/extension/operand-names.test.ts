/** Which name has a value to be shown; `|` stands for the place that is pointed at. */
import assert from 'node:assert/strict';
import { nameInAssembly, nameInListing, type FoundName } from '../../src/extension/operand-names.js';

type Find = (text: string, character: number) => FoundName | undefined;

/** The name at `|`. */
function found(find: Find, pointed: string): string | undefined {
  const line = pointed.replace('|', '');
  const name = find(line, pointed.indexOf('|'));
  return name && line.slice(name.start, name.end);
}

describe('names with values', () => {
  it('are operands and labels of assembly', () => {
    const name = (pointed: string) => found(nameInAssembly, pointed);
    assert.equal(name('  mrs r|6, cpsr'), 'r6');
    assert.equal(name('  mrs r6, |cpsr'), 'cpsr');
    assert.equal(name('  stmdb sp!, {r4-|r7, lr}'), 'r7');
    assert.equal(name('  ldr r0, [r1, r12|, lsl #2]'), 'r12');
    assert.equal(name('  ldr r0, =SYSTEM|_OFF'), 'SYSTEM_OFF');
    assert.equal(name('next: mov |r0, r1'), 'r0');
    assert.equal(name('on_data|_abort:'), 'on_data_abort');
    assert.equal(name('a: b|1: nop'), 'b1');
    assert.equal(name('  vmov.f32 s|1, s2'), 's1');
    assert.equal(name('  .word |table'), 'table');
    assert.equal(name('UA|RT = 0x09000000'), 'UART');
  });

  it('are not mnemonics, directives, numbers, strings or comments', () => {
    const none = [
      '  m|rs r6, cpsr',
      'next: m|ov r0, r1',
      'mo|v',
      '  .wo|rd 1',
      '  mov r0, #0xe|1',
      '  b 1|f',
      '  .asciz "r|0"',
    ];
    for (const pointed of [...none, "  mov r0, #'|a'", '  nop @ r|0', '  nop // r|0', '|', '  nop /* r|0 */']) {
      assert.equal(found(nameInAssembly, pointed), undefined, pointed);
    }
  });

  it('are operands and labels of listings', () => {
    const name = (pointed: string) => found(nameInListing, pointed);
    const line =
      '  0x40010020  00 60 0f e1  e10f6000  mrs r6, cpsr             ; planted ef564d4d svc #0x564d4d, 1 traps';
    assert.equal(name(line.replace('r6', 'r|6')), 'r6');
    assert.equal(name(line.replace('cpsr', '|cpsr')), 'cpsr');
    assert.equal(name('_sta|rt:'), '_start');
    for (const part of ['mrs', 'e10f6000', 'e1 ', '0x4001', 'planted', 'ef56', 'traps']) {
      assert.equal(name(line.replace(part, `|${part}`)), undefined, part);
    }
    assert.equal(name('; hello.elf, 0x40010|000 to'), undefined);
    assert.equal(name('; he|llo.elf'), undefined);
  });
});
