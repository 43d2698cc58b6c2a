import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { FrameTable, type FrameRules, type RegisterRule } from '../../src/debug/dwarf/frame.js';
import { dwarfSections } from '../../src/debug/module.js';
import { need } from '../support/tools.js';
import { compile, elfAt, OTHER_C, PROGRAM_C, SQUARE_H } from './builds.js';

/** Rows of readelf's interpreted frame tables: address, CFA, then registers by name. */
function readelfRows(file: string): { address: number; cfa: string; registers: Map<string, string> }[] {
  const text = execFileSync('arm-none-eabi-readelf', ['--debug-dump=frames-interp', file], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
  const rows: ReturnType<typeof readelfRows> = [];
  let names: string[] = [];
  let inCie = false;
  for (const line of text.split('\n')) {
    if (/ (CIE|FDE) /.test(line)) inCie = line.includes(' CIE ');
    const words = line.trim().split(/\s+/);
    if (/ (CIE|FDE) /.test(line)) continue;
    if (words[0] === 'LOC') names = words.slice(2);
    else if (!inCie && /^[0-9a-f]{8}$/.test(words[0]) && words.length === names.length + 2) {
      const registers = new Map(names.map((name, i) => [name, words[i + 2]]));
      rows.push({ address: parseInt(words[0], 16), cfa: words[1], registers });
    }
  }
  return rows;
}

function ruleText(rule: RegisterRule | undefined): string {
  switch (rule?.kind) {
    case undefined:
    case 'undefined':
      return 'u';
    case 'same':
      return 's';
    case 'memory':
      return `c${rule.offset < 0 ? '' : '+'}${rule.offset}`;
    case 'value':
      return `v${rule.offset < 0 ? '' : '+'}${rule.offset}`;
    case 'register':
      return `r${rule.register}`;
    case 'unknown':
      return 'exp';
  }
}

function cfaText({ cfa }: FrameRules): string {
  return `r${cfa.register}${cfa.offset < 0 ? '' : '+'}${cfa.offset}`;
}

describe('call frame information', () => {
  const programs = { 'main.c': PROGRAM_C, 'square.h': SQUARE_H, 'other.c': OTHER_C };

  for (const options of [
    ['-O0'],
    ['-O2'],
    ['-O1', '-mthumb', '-gdwarf-4'],
    ['-Os', '-fno-omit-frame-pointer', '-gdwarf-3'],
  ]) {
    it(`by ${options.join(' ')} says what readelf says`, function () {
      need(this, 'arm-none-eabi-gcc');
      const file = compile(programs, ...options);
      const elf = elfAt(file);
      const notes: string[] = [];
      const table = new FrameTable(dwarfSections(elf, notes).frame as Uint8Array, notes);
      assert.deepEqual(notes, []);
      const rows = readelfRows(file);
      assert.ok(rows.length > 5);
      for (const { address, cfa, registers } of rows) {
        const rules = table.rulesAt(address);
        assert.ok(rules, address.toString(16));
        assert.equal(cfaText(rules), cfa, address.toString(16));
        for (const [name, expected] of registers) {
          const n: number = name === 'ra' ? rules.returnRegister : Number(name.slice(1));
          assert.equal(ruleText(rules.registers.get(n)), expected, `${name} at ${address.toString(16)}`);
        }
      }
      assert.equal(table.rulesAt(0x10), undefined);
    });
  }

  it('that is damaged gives notes and no exception', function () {
    need(this, 'arm-none-eabi-gcc');
    const { frame } = dwarfSections(elfAt(compile(programs, '-O1')), []);
    assert.ok(frame);
    let seed = 99;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    let noted = 0;
    let missing = 0;
    for (let round = 0; round < 2000; round++) {
      let bytes = frame.slice();
      if (random(4) === 0) bytes = bytes.subarray(0, random(bytes.length));
      else for (let n = 1 + random(4); n > 0; n--) bytes[random(bytes.length)] ^= 1 << random(8);
      const notes: string[] = [];
      const table = new FrameTable(bytes, notes);
      if (notes.length > 0) noted++;
      for (let address = 0x8000; address < 0x8200; address += 4) if (table.rulesAt(address) === undefined) missing++;
    }
    assert.ok(noted > 100 && missing > 1000, `${noted} noted, ${missing} missing`);
  });
});
