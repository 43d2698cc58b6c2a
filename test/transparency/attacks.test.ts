/**
 * The attack suite of samples/attacks: guests that try to find out that they are hypervised, to run what nobody has analysed, to reach what is not
 * theirs, or to wear the VMM out. Bare and hypervised, at every level, each ends the same: held. `npm run verify:attacks` runs the longest in more ways.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import v8 from 'node:v8';
import vm from 'node:vm';
import { attacksFolder, buildAttacks } from '../../scripts/lib/attacks.mjs';
import { levels } from '../../src/vmm/patcher.js';
import { LIMITS } from '../../src/vmm/sites.js';
import { ASSEMBLER } from '../support/assemble.js';
import { MIB, TestGuest } from '../support/guest.js';
import { need } from '../support/tools.js';
import { allAttacks, attackElf, attackOptions, briefWays, HELD, readAttack, runAttack, runOnQemu } from './attacks.js';

/** Instructions of one page, which is never divided when there is no more room. */
const PAGE_OF_CODE = 2048;

describe('attacks', function () {
  this.timeout(300_000);
  const attacks = allAttacks();

  it('are many, of every kind', () => {
    const kinds = new Set(attacks.map(({ name }) => name.split('-')[0]));
    for (const kind of 'mode words jump write alias return escape pages dma starve exhaust'.split(' '))
      assert.ok(kinds.has(kind), kind);
    assert.ok(attacks.length >= 50, `${attacks.length}`);
  });

  for (const attack of attacks) {
    it(`${attack.name}: held, bare and hypervised`, () => {
      assert.equal(runAttack(attack, attackElf(attack.name), briefWays(attack)).verdict, HELD);
    });
  }

  for (const attack of attacks.filter(({ unjudged }) => unjudged === undefined)) {
    it(`${attack.name}: held on QEMU`, function () {
      need(this, 'qemu-system-arm');
      assert.equal(runOnQemu(attack, path.join(attacksFolder, `${attack.name}.elf`)), HELD);
    });
  }

  it('are what their sources make', function () {
    need(this, ...ASSEMBLER);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-attacks-test-'));
    try {
      for (const elf of buildAttacks(undefined, folder)) {
        const committed = fs.readFileSync(path.join(attacksFolder, path.basename(elf)));
        assert.ok(fs.readFileSync(elf).equals(committed), `${path.basename(elf)}: run node scripts/build-samples.mjs`);
      }
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('have their line on the page', () => {
    const page = fs.readFileSync(new URL('../../docs/attacks.md', import.meta.url), 'utf8');
    for (const { name, tries, hardware } of attacks) {
      for (const text of [`[${name}](../samples/attacks/${name}.s)`, tries, hardware])
        assert.ok(page.includes(text), text);
    }
  });

  describe('a VMM that can be broken', () => {
    const attack = readAttack('mode-status');
    const elf = attackElf(attack.name);
    const broken = (spoil: (test: TestGuest) => void): (() => void) => {
      return () => assert.equal(runAttack(attack, elf, undefined, spoil).verdict, HELD);
    };

    it('is noticed when it lets code run that it has not scanned', () => {
      assert.throws(
        broken(({ hypervisor }) => {
          if (hypervisor !== undefined) hypervisor.patcher.admit = () => {};
        }),
        /was not scanned/,
      );
    });

    it('is noticed when it leaves a patch behind', () => {
      assert.throws(
        broken(({ hypervisor }) => {
          if (hypervisor !== undefined) hypervisor.machine.overlay.remove = () => {};
        }),
        /patches that nobody can take back/,
      );
    });

    it('is noticed when it denies what nobody expects, and when it does not deny', () => {
      assert.throws(() => runAttack({ ...attack, denied: ['device'] }, elf), /classes denied/);
      const other = readAttack('escape-coprocessors');
      assert.throws(() => runAttack({ ...other, denied: [] }, attackElf(other.name)), /classes denied/);
    });
  });

  describe('what the VMM remembers', () => {
    let collect: () => void;
    before(() => {
      v8.setFlagsFromString('--expose-gc');
      collect = vm.runInNewContext('gc') as () => void;
    });

    for (const attack of attacks.filter(({ name }) => name.startsWith('exhaust-'))) {
      it(`${attack.name}: is bounded`, () => {
        const images = { program: { name: attack.name, bytes: attackElf(attack.name) }, loads: [] };
        collect();
        const before = process.memoryUsage().heapUsed;
        const level = Math.max(...levels) as (typeof levels)[number];
        const test = new TestGuest({ engine: 'interpreter', level }, { ...attackOptions(attack), images });
        let blocks = 0;
        let sites = 0;
        let stop = test.run(attack.limit / 64);
        for (let i = 1; i < 64 && stop.kind === 'limit'; i++) {
          const { map } = test.hypervisor!.patcher;
          blocks = Math.max(blocks, map.liveBlocks);
          sites = Math.max(sites, map.liveSites);
          stop = test.run(attack.limit / 64);
        }
        assert.deepEqual(stop, { kind: 'exit', code: 0, how: 'semihosting' });
        collect();
        const grown = process.memoryUsage().heapUsed - before;
        assert.ok(blocks <= LIMITS.blocks + PAGE_OF_CODE, `${blocks} blocks`);
        assert.ok(sites <= LIMITS.sites + PAGE_OF_CODE, `${sites} sites`);
        assert.ok(grown < 160 * MIB, `${(grown / MIB).toFixed(1)} MiB`);
      });
    }
  });
});
