/** The system registers: rows that can be told apart, storage that does not overlap, and every register that real guests were seen to touch. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { sysregWord } from '../../src/arm/cp15.js';
import { Word } from '../../src/arm/state.js';
import { register } from '../../src/isa/sysreg/register.js';
import {
  findSystemRegister,
  findSystemRegister64,
  hasRegister,
  sysregIndex,
  SYSREG_WORDS,
  systemRegisterNamed,
  systemRegisters,
} from '../../src/isa/sysreg.js';
import type { SystemRegister } from '../../src/isa/sysreg.js';
import { cpuModels } from '../../src/cpu/models.js';

const encodingOf = (r: SystemRegister): string =>
  r.width === 64 ? `p${r.coproc} ${r.opc1} c${r.CRm}` : `p${r.coproc} ${r.opc1} c${r.CRn} c${r.CRm} ${r.opc2}`;

function duplicates(all: readonly string[]): string[] {
  return all.filter((one, i) => all.indexOf(one) !== i);
}

const named = (name: string): SystemRegister => {
  const row = systemRegisterNamed(name);
  assert.ok(row, `no register ${name}`);
  return row;
};

describe('system registers', () => {
  it('have names and encodings of their own', () => {
    assert.deepEqual(duplicates(systemRegisters.flatMap((r) => [r.name, ...r.aliases])), []);
    for (const model of cpuModels.values()) {
      const own = systemRegisters.filter((row) => hasRegister(model, row));
      assert.deepEqual(duplicates(own.map(encodingOf)), [], model.name);
    }
  });

  it('are found by their encoding and by each of their names', () => {
    for (const row of systemRegisters) {
      const owners = [...cpuModels.values()].filter((model) => hasRegister(model, row));
      assert.ok(owners.length > 0 || row.kind === 'absent', row.name);
      for (const model of owners) {
        const found =
          row.width === 64
            ? findSystemRegister64(row.coproc, row.opc1, row.CRm, model)
            : findSystemRegister(row.coproc, row.opc1, row.CRn, row.CRm, row.opc2, model);
        assert.equal(found, row, `${model.name} ${row.name}`);
      }
      for (const name of [row.name, ...row.aliases]) assert.equal(systemRegisterNamed(name), row);
    }
    assert.equal(findSystemRegister(15, 0, 1, 0, 0)?.name, 'SCTLR');
    assert.equal(findSystemRegister(15, 0, 10, 2, 0), systemRegisterNamed('MAIR0'));
    assert.equal(findSystemRegister64(15, 1, 14)?.name, 'CNTVCT');
    assert.equal(findSystemRegister(15, 0, 9, 0, 0), systemRegisterNamed('DCLR'));
    assert.equal(findSystemRegister(15, 0, 9, 0, 0, cpuModels.get('cortex-a8')), undefined);
    assert.equal(findSystemRegister(15, 7, 15, 15, 7), undefined);
    assert.equal(findSystemRegister64(15, 15, 15), undefined);
    assert.equal(systemRegisterNamed('sctlr'), undefined);
  });

  it('have storage that does not overlap and fits the state block', () => {
    const owner = new Map<number, string>();
    for (const row of systemRegisters)
      for (let i = 0; i < row.words; i++) {
        const index = sysregIndex(row.name) + i;
        assert.equal(owner.get(index), undefined, `${row.name} shares a word with ${owner.get(index)}`);
        owner.set(index, row.name);
      }
    assert.equal(owner.size, SYSREG_WORDS);
    assert.equal(Math.max(...owner.keys()), SYSREG_WORDS - 1);
    assert.ok(Word.CP15 + SYSREG_WORDS <= Word.V, `${SYSREG_WORDS} words`);
    assert.equal(sysregWord('SCTLR'), Word.CP15 + sysregIndex('SCTLR'));
  });

  it('have storage exactly where their kind says so', () => {
    for (const row of systemRegisters) {
      if (row.kind === 'storage') assert.ok(row.words > 0 || row.shares !== undefined, `${row.name} has no storage`);
      if (['constant', 'operation', 'absent'].includes(row.kind)) assert.equal(row.words, 0, row.name);
      if (row.shares !== undefined)
        assert.ok(named(row.shares).words >= row.width / 32, `${row.name} shares too little`);
    }
    assert.throws(() => sysregIndex('TLBIALL'), /TLBIALL/);
    assert.throws(() => sysregIndex('NOSUCH'), /NOSUCH/);
  });

  it('share what is one register in two widths or under two names', () => {
    assert.equal(sysregIndex('TTBR0_64'), sysregIndex('TTBR0'));
    assert.equal(sysregIndex('TTBR1_64'), sysregIndex('TTBR1'));
    assert.equal(sysregIndex('PAR_64'), sysregIndex('PAR'));
    assert.equal(sysregIndex('MAIR0'), sysregIndex('PRRR'));
    assert.equal(sysregIndex('MAIR1'), sysregIndex('NMRR'));
    assert.equal(sysregIndex('PMCNTENCLR'), sysregIndex('PMCNTENSET'));
    assert.equal(named('TTBR0').words, 2);
  });

  it('give no access that contradicts their kind', () => {
    for (const { name, kind, PL0, PL1, PL0control, extension } of systemRegisters) {
      const rights = [PL0, PL1];
      if (kind === 'operation')
        assert.ok(
          rights.every((right) => right === 'WO' || right === 'none'),
          name,
        );
      if (kind === 'absent') assert.deepEqual([PL0, PL1, extension !== undefined], ['none', 'none', true], name);
      if (kind !== 'absent') assert.notEqual(PL1, 'none', name);
      if (kind !== 'operation' && kind !== 'absent') assert.ok(!rights.includes('WO'), name);
      // software can only take away a right that there is
      if (PL0control !== undefined) assert.notEqual(PL0, 'none', name);
    }
  });

  it('are open to PL0 where the manual says so, and nowhere else', () => {
    const open = systemRegisters
      .filter((r) => r.PL0 !== 'none' && r.PL0control === undefined)
      .map((r) => `${r.name} ${r.PL0}`);
    assert.deepEqual(open.sort(), [
      'BTSR RO', // the ARM1176's block transfers (DDI 0301H 3.2.22)
      'BTSTOP WO',
      'CP15DMB WO',
      'CP15DSB WO',
      'CP15ISB WO',
      'DCCRANGE WO',
      'DCPRANGE WO',
      'ICPRANGE WO',
      'PMUSERENR RO',
      'TPIDRURO RO',
      'TPIDRURW RW',
    ]);
    const controls = new Map(systemRegisters.map((r) => [r.name, r.PL0control]));
    assert.equal(controls.get('CNTVCT'), 'CNTKCTL.PL0VCTEN');
    assert.equal(controls.get('CNTFRQ'), 'CNTKCTL.PL0xCTEN');
    assert.equal(controls.get('PMCCNTR'), 'PMUSERENR');
    assert.equal(controls.get('DBGDIDR'), 'DBGDSCR');
    assert.equal(controls.get('TEEHBR'), 'TEECR');
  });

  it('include every one that real guests were seen to touch, with the right to do so', () => {
    const text = fs.readFileSync(new URL('../oracles/virt/cp15-cp14-touched.txt', import.meta.url), 'utf8');
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    assert.ok(lines.length > 100);
    const refused: string[] = [];
    for (const line of lines) {
      const match = /(mcr|mrc|mcrr|mrrc) p(\d+), #(\d+), Rt,(?: Rt,)? (?:c(\d+), )?c(\d+)(?:, #(\d+))?$/.exec(line);
      assert.ok(match, `cannot read "${line}"`);
      const [, operation, coproc, opc1, CRn, CRm, opc2] = match;
      const row =
        CRn === undefined
          ? findSystemRegister64(Number(coproc), Number(opc1), Number(CRm))
          : findSystemRegister(Number(coproc), Number(opc1), Number(CRn), Number(CRm), Number(opc2));
      const wanted = operation.startsWith('mc') ? 'W' : 'R';
      if (row === undefined || !row.PL1.includes(wanted)) refused.push(`${line.trim()}: ${row?.name ?? 'no row'}`);
    }
    assert.deepEqual(refused, []);
  });

  it('cite the manual: the architecture’s, or that of the one model that has it', () => {
    for (const { name, section, title, only } of systemRegisters) {
      const document = only?.length === 1 ? /^DDI (0301H|0344K) \d+(\.\d+)*$/ : /^DDI 0406C [ABCD]\d+(\.\d+)*$/;
      assert.match(section, document, name);
      assert.notEqual(title, '', name);
    }
  });
});

describe('the notation of system registers', () => {
  it('reads encodings of both widths', () => {
    const { coproc, opc1, CRn, CRm, opc2, width, words } = register('B1', 'X', 'p14 6 c1 c2 3', '-/RW', 'X');
    assert.deepEqual(
      { coproc, opc1, CRn, CRm, opc2, width, words },
      { coproc: 14, opc1: 6, CRn: 1, CRm: 2, opc2: 3, width: 32, words: 1 },
    );
    const wide = register('B1', 'X', 'p15 2 c14', 'RO/RW', 'X');
    assert.deepEqual([wide.opc1, wide.CRm, wide.width, wide.words, wide.PL0, wide.PL1], [2, 14, 64, 2, 'RO', 'RW']);
  });

  it('refuses what it cannot read', () => {
    assert.throws(() => register('B1', 'X', 'p15 0 c1 c0', '-/RW', 'X'), /bad encoding/);
    assert.throws(() => register('B1', 'X', 'p15 0 c16 c0 0', '-/RW', 'X'), /bad encoding/);
    assert.throws(() => register('B1', 'X', 'p15 0 c1 c0 0', '-/WR', 'X'), /bad access/);
  });
});
