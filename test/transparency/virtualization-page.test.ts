/**
 * The walk through docs/virtualization.md: what its marked code blocks show is what the running samples really give, and the files, names and tests
 * that it points to are there. `ACCEPT=1` writes the blocks.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { inRepo } from '../../scripts/lib/repo.mjs';
import { loadDisassembler } from '../../src/debug/index.js';
import { levels, type Level } from '../../src/vmm/patcher.js';
import type { Planting } from '../../src/vmm/planting.js';
import { RECORD_CAPACITY } from '../../src/vmm/records.js';
import { LIMITS } from '../../src/vmm/sites.js';
import { TestGuest } from '../support/guest.js';
import * as show from '../support/walkthrough.js';

const PAGE = inRepo('docs/virtualization.md');
/** A marker, and the block that follows it. */
const BLOCK = /(<!-- walkthrough: ([\w-]+) -->\n\n```text\n)([\s\S]*?)(\n```\n)/g;

/** What the text says of an instruction by its number: **13** `mrsne`. */
const NUMBERED = /\*\*(\d+)\*\* `([^`]+)`/g;

describe('the walk through docs/virtualization.md agrees with the running sample', function () {
  this.timeout(60_000);
  const tiny = show.sampleImage('tiny');
  const shown = whatIsShown(tiny);
  let page = fs.readFileSync(PAGE, 'utf8');
  const blocks = new Map([...page.matchAll(BLOCK)].map(([, , name, text]) => [name, text]));

  before(() => loadDisassembler());

  it('shows each block once, and no other', () => {
    assert.deepEqual([...page.matchAll(BLOCK)].map(([, , name]) => name).sort(), Object.keys(shown).sort());
    assert.equal(page.match(/<!-- walkthrough:/g)?.length, blocks.size, 'a marker without a block behind it');
  });

  for (const name of Object.keys(shown)) {
    it(`${name} (ACCEPT=1 writes it)`, () => {
      const text = shown[name]();
      if (process.env.ACCEPT === '1') {
        page = page.replace(BLOCK, (whole, head: string, found: string, _old: string, tail: string) =>
          found === name ? head + text + tail : whole,
        );
        fs.writeFileSync(PAGE, page);
        return;
      }
      assert.equal(blocks.get(name), text);
    });
  }

  it('tells of each instruction under its number', () => {
    const { executed } = show.walk(tiny, 0);
    const told = [...page.matchAll(NUMBERED)];
    for (const [, number, text] of told)
      assert.ok(executed[Number(number)].startsWith(text), `${number}: ${executed[Number(number)]}, not ${text}`);
    assert.ok(told.length >= 10, `${told.length}: this reads the page no more`);
  });

  it('names the bounds that there are', () => {
    for (const bound of [LIMITS.pages, LIMITS.blocks, LIMITS.sites, RECORD_CAPACITY])
      assert.ok(page.includes(bound.toLocaleString('en')), String(bound));
  });

  for (const level of levels) {
    it(`level ${level}: who runs freely leaves the records of who is stepped`, () => {
      const free = show.hypervised(tiny, level);
      free.end();
      const stepped = show.walk(tiny, level).hypervisor.records.select(0, Infinity, Infinity);
      assert.ok(stepped.length > 4);
      assert.deepEqual(free.hypervisor?.records.select(0, Infinity, Infinity), stepped);
    });
  }

  it('points to files, names and tests that are there', () => {
    let names = 0;
    let tests = 0;
    for (const [, file, listed] of page.matchAll(
      /`((?:src|test|samples|scripts|docs)\/[\w./-]+)`(?:: ((?:`[\w .]+`(?:, )?)+))?/g,
    )) {
      assert.ok(fs.existsSync(inRepo(file)), `${file} is not there`);
      for (const [, name] of (listed ?? '').matchAll(/`([\w .]+)`/g)) {
        names++;
        assert.match(fs.readFileSync(inRepo(file), 'utf8'), new RegExp(`\\b${name}\\b`), `${file} has no ${name}`);
      }
    }
    for (const [, file, listed] of page.matchAll(/`(test\/[\w./-]+\.test\.ts)`:? ((?:“[^”]+”(?:, )?)+)/g)) {
      for (const [, title] of listed.matchAll(/“([^”]+)”/g)) {
        tests++;
        assert.ok(fs.readFileSync(inRepo(file), 'utf8').includes(title), `${file} has no test “${title}”`);
      }
    }
    assert.ok(names > 40 && tests > 20, `${names} names and ${tests} tests: this reads the page no more`);
  });
});

/** Texts of the marked blocks, each made when it is asked for. */
function whatIsShown(tiny: show.SampleImage): Readonly<Record<string, () => string>> {
  const { code } = tiny;
  const address = (symbol: string): number => code.symbols.named(symbol)[0].address;
  const walks = new Map<string, show.Walk>();
  const walk = (level: Level, patches: Planting = 'overlay'): show.Walk => {
    const name = `${level} ${patches}`;
    const walked = walks.get(name) ?? show.walk(tiny, level, patches);
    walks.set(name, walked);
    return walked;
  };
  const atEachLevel = () => levels.map((level) => ({ name: `level ${level}`, walk: walk(level) }));
  return {
    before: () => show.listing(code),
    'first-block': () => {
      const guest = show.hypervised(tiny, 0);
      guest.run(1);
      return show.blocksText(code, guest.hypervisor!);
    },
    after: () => show.listing(code, walk(0).hypervisor),
    blocks: () => show.blocksText(code, walk(0).hypervisor),
    map: () => show.mapText(code, walk(0).hypervisor),
    cpus: () => show.cpusText(tiny, [address('reads'), address('user') + 8]),
    'trace-0': () => show.traceText(code, walk(0).happenings),
    'sites-0': () => show.sitesText(code, walk(0)),
    'trace-2': () => show.traceText(code, walk(2).happenings),
    'sites-2': () => show.sitesText(code, walk(2)),
    levels: () => show.exitsText(atEachLevel()),
    interrupt: () => {
      const privilege = show.sampleImage('privilege');
      return show.traceText(privilege.code, show.firstInterrupt(privilege, 0));
    },
    'in-place-trace': () => show.traceText(code, walk(0, 'in-place').happenings.slice(0, 12)),
    'in-place-differences': () => {
      const bare = new TestGuest({ engine: 'interpreter' }, { images: tiny.images });
      bare.end();
      const runs = atEachLevel().map(({ name, walk: { guest } }) => ({ name, guest }));
      const inPlace = { name: 'in place', guest: walk(0, 'in-place').guest };
      return show.differencesText([{ name: 'bare', guest: bare }, ...runs, inPlace]);
    },
  };
}
