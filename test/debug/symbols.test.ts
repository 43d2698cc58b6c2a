import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { SymbolTable } from '../../src/debug/symbols.js';
import { need } from '../support/tools.js';
import { compile, elfAt, OTHER_C, PROGRAM_C, root, sample, SQUARE_H } from './builds.js';

/** Names and addresses of symbols that lie in memory, as nm has them. */
function nm(file: string): string[] {
  return execFileSync('arm-none-eabi-nm', [file], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^([0-9a-f]{8}) ([a-zA-Z]) (\S+)$/.exec(line))
    .filter((m) => m !== null && !/[aA]/.test(m[2]))
    .map((m) => `${m![1]} ${m![3]}`)
    .sort();
}

/** Addresses in a sample by its file's own symbols. */
function addressOf(name: string) {
  const { symbols } = sample(name);
  return (symbol: string) => {
    const found = symbols.find((s) => s.name === symbol);
    assert.ok(found, symbol);
    return found.address;
  };
}

function named(table: SymbolTable): string[] {
  return table.all.map((s) => `${s.address.toString(16).padStart(8, '0')} ${s.name}`).sort();
}

describe('symbol table', () => {
  it('has the symbols that nm has', function () {
    need(this, 'arm-none-eabi-gcc', 'arm-none-eabi-objdump');
    for (const thumb of ['-marm', '-mthumb']) {
      const file = compile({ 'main.c': PROGRAM_C, 'square.h': SQUARE_H, 'other.c': OTHER_C }, '-O1', thumb);
      const table = new SymbolTable([{ elf: elfAt(file), offset: 0 }]);
      // the linker's marks of ends lie behind what they end: in no memory
      const marks = /__(data_start|bss_|end__)|_(edata|end|bss_end)|__bss|_stack/;
      assert.deepEqual(
        named(table).filter((line) => !marks.test(line)),
        nm(file).filter((line) => !marks.test(line)),
      );
      assert.equal(table.named('main')[0].thumb, thumb === '-mthumb');
    }
    const elf = sample('privilege');
    const table = new SymbolTable([{ elf, offset: 0 }]);
    const all = nm(path.join(root, 'samples/privilege/privilege.elf'));
    // und_stack_top is the end of .bss, where the linker script leaves nothing
    assert.deepEqual(
      named(table),
      all.filter((line) => !line.includes('und_stack_top')),
    );
  });

  it('names addresses by the nearest symbol within the same memory', () => {
    const table = new SymbolTable([{ elf: sample('privilege'), offset: 0 }]);
    assert.equal(table.describe(0x40010000), '_start');
    const at = addressOf('privilege');
    assert.equal(table.describe(at('print') + 4), 'print+4');
    assert.equal(table.describe(at('on_undefined')), 'fatal', 'of three labels at one place the last');
    assert.equal(table.describe(at('services_end')), 'sys_exit', 'what begins, not what ends');
    assert.equal(table.describe(at('mmu_on') + 72), 'mmu_on+72');
    assert.equal(table.describe(at('ticks')), 'ticks');
    assert.equal(table.describe(0x40100000), 'user_main');
    assert.equal(table.describe(0x400ffffc), undefined, 'between segments');
    assert.equal(table.describe(0x3ffffffc), undefined);
    assert.equal(table.describe(0x10), undefined, '.equ names no address');
    assert.deepEqual(table.extent(at('print') + 12), { start: at('print'), end: at('vectors') });
    assert.equal(table.extent(at('ticks')), undefined, 'data has no extent of code');
  });

  it('knows absolute symbols by name only', () => {
    const table = new SymbolTable([{ elf: sample('privilege'), offset: 0x1000 }]);
    const [tick] = table.named('TICK');
    assert.equal(tick.address, 62500, 'not moved');
    assert.equal(tick.kind, 'absolute');
    assert.equal(table.named('print')[0].address, addressOf('privilege')('print') + 0x1000, 'moved');
    assert.deepEqual(table.named('nothing'), []);
  });

  it('tells ARM, Thumb and data apart by mapping symbols', () => {
    const table = new SymbolTable([{ elf: sample('privilege'), offset: 0 }]);
    assert.equal(table.stateAt(0x40010000), 'arm');
    assert.equal(table.stateAt(addressOf('privilege')('banner')), 'data');
    assert.equal(table.stateAt(0x40100000), 'thumb');
    assert.equal(table.stateAt(addressOf('privilege')('greeting') + 2), 'data');
    assert.equal(table.stateAt(0x50000000), undefined);
  });

  it('keeps the files of a launch apart', () => {
    const table = new SymbolTable([
      { elf: sample('hello'), offset: 0 },
      { elf: sample('hello'), offset: 0x0800_0000 },
    ]);
    const next = addressOf('hello')('next');
    assert.deepEqual(
      table.named('next').map(({ address }) => address),
      [next, next + 0x0800_0000],
    );
    assert.equal(table.describe(next + 0x0800_0004), 'next+4');
  });

  it('searches by part of a name, beginnings first', () => {
    const table = new SymbolTable([{ elf: sample('privilege'), offset: 0 }]);
    const found = table.search('SYS', 10).map(({ name }) => name);
    assert.deepEqual(found, ['sys_exit', 'sys_ticks']);
    assert.deepEqual(
      table.search('on_', 3).map(({ name }) => name),
      ['on_data_abort', 'on_irq', 'on_prefetch_abort'],
    );
    assert.deepEqual(
      table.search('timer', 9).map(({ name }) => name),
      ['timer_on', 'arm_timer'],
    );
  });
});
