/** The manual's sections that rows name, against what others cite, and against the manual's order: A8.8 is alphabetical. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { table } from '../../src/isa/table.js';

/** One line of test/oracles/manual-sections.json. */
interface Cited {
  readonly section: string;
  readonly mnemonics: readonly string[];
}

const cited = JSON.parse(
  fs.readFileSync(new URL('../oracles/manual-sections.json', import.meta.url), 'utf8'),
) as readonly Cited[];

/** The mnemonic that a syntax or a heading begins with: `ADD` of `ADD{S}<c> <Rd>`. */
function mnemonicOf(syntax: string): string {
  return /^[A-Z0-9]+/.exec(syntax)?.[0] ?? '';
}

const bySection = new Map<string, Set<string>>();
for (const row of table) {
  const section = row.section.replace('DDI 0406C ', '');
  const known = bySection.get(section);
  if (known) known.add(mnemonicOf(row.syntax));
  else bySection.set(section, new Set([mnemonicOf(row.syntax)]));
}

describe("the manual's sections", () => {
  it('are those that others cite for the same instructions', () => {
    const wrong = cited.flatMap(({ section, mnemonics }) =>
      mnemonics
        .filter((mnemonic) => !bySection.get(section)?.has(mnemonic))
        .map((mnemonic) => `${section} has ${mnemonic}, not ${[...(bySection.get(section) ?? [])].join(', ')}`),
    );
    assert.deepEqual(wrong, []);
  });

  it('ascend in A8.8 as the names do', () => {
    const first = new Map<number, string>();
    for (const row of table) {
      const section = /^DDI 0406C A8\.8\.(\d+)$/.exec(row.section);
      if (!section) continue;
      const name = mnemonicOf(row.name);
      const before = first.get(Number(section[1]));
      if (before === undefined || name < before) first.set(Number(section[1]), name);
    }
    const names = [...first].sort(([a], [b]) => a - b);
    assert.ok(names.length > 350, `only ${names.length} sections`);
    const wrong = names.filter(([, name], i) => i > 0 && name < names[i - 1][1]);
    assert.deepEqual(wrong, []);
  });
});
