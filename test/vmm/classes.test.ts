import assert from 'node:assert/strict';
import { decode, unpredictableReasons } from '../../src/isa/decode.js';
import { factNames } from '../../src/isa/facts.js';
import { randomWord, seededRandom } from '../../src/isa/random.js';
import { Fact, type CompiledRow } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';
import { classIndex, exitClasses, siteClass, type ExitClassId } from '../../src/vmm/classes.js';
import { firstListed, listed, type Listed } from '../support/sensitive-list.js';

/** Rows of the list that transfer control to where their word says: they stay as they are. */
const DIRECT: ReadonlySet<string> = new Set([
  'A32 B/BL imm',
  'A32 BLX imm',
  'T16 B<cond>',
  'T16 B',
  'T16 CBZ/CBNZ',
  'T16 IT',
  'T32 B.W cond (T3)',
  'T32 B.W (T4)',
  'T32 BL',
  'T32 BLX imm',
]);
/** Hints that take the core away. WFE does not, for long: it is the guest's own affair as long as the machine looks who sleeps. */
const REPLACED_HINTS: ReadonlySet<string> = new Set(['A32 WFI', 'T16 WFI', 'T32 WFI.W']);
const WORDS = 200;

function label(row: CompiledRow, word: number): string {
  return `${row.isa} ${row.name} ${row.encoding} ${(word >>> 0).toString(16)}: ${factNames(row.facts).join(', ')}`;
}

/** What the list demands of a row of its own: that it is a site, or that it is none. */
function demandedBy({ isa, name, cls }: Listed): boolean {
  switch (cls) {
    case 'S':
    case 'U':
    case 'P':
    case 'E':
      return true;
    case 'C':
      return !DIRECT.has(`${isa} ${name}`);
    case 'H':
      return REPLACED_HINTS.has(`${isa} ${name}`);
    case 'X':
    case 'N':
      return false;
  }
}

/** Where the list's masks are wider than the encodings. */
const WIDER: readonly { readonly listed: RegExp; readonly row: RegExp; readonly why: string }[] = [
  {
    listed: /^LDRS?[BH]?T$/,
    row: /literal/,
    why: 'with Rn = 1111 it is the literal form, which has the usual rights (A8.8.64)',
  },
  {
    listed: /^LDRS?[BH]?T$/,
    row: /^Reserved memory hint/,
    why: 'with Rt = 1111 it is in the space of preloads (A6.3.8, A6.3.9)',
  },
  { listed: /^LDREX/, row: /./, why: 'the mask leaves bits open in which other loads and stores differ' },
];

/** Whether a word must be a site; undefined where nobody says. */
function demanded(row: CompiledRow, word: number): boolean | undefined {
  // Undefined here: it traps by itself, and is a site so that the record says what it was.
  if ((row.facts & Fact.undefined) !== 0 || row.operation === null) return true;
  const found = firstListed(row.isa, word);
  if (found === undefined) {
    // Ours by caution: in old architectures these wrote CPSR.
    if (row.name === 'CMPP, CMNP, TEQP, TSTP' && row.encoding === 'A3') return true;
    // The list's masks have the should-be bits.
    return unpredictableReasons(row, word).length > 0 ? undefined : false;
  }
  if (WIDER.some((wider) => wider.listed.test(found.name) && wider.row.test(row.name))) return undefined;
  return demandedBy(found);
}

describe('exit classes', () => {
  it('have an index each', () => {
    exitClasses.forEach(({ id }, i) => assert.equal(classIndex(id), i));
    assert.equal(new Set(exitClasses.map(({ id }) => id)).size, exitClasses.length);
  });

  it('make a site of every row with a fact that demands it, and of no other', () => {
    const { sensitive, privileged, exceptionCall, exceptionReturn, undefined: undef, indirect, branch } = Fact;
    const trapping = sensitive | privileged | exceptionCall | exceptionReturn | undef;
    let sites = 0;
    for (const row of table) {
      const indirectBranch = (row.facts & branch) !== 0 && (row.facts & indirect) !== 0;
      const wanted = (row.facts & trapping) !== 0 || indirectBranch || row.operation === null;
      assert.equal(siteClass(row) !== undefined, wanted, label(row, row.value));
      if (wanted) sites++;
    }
    assert.ok(sites > 100 && sites < table.length / 2, `${sites} of ${table.length} rows`);
  });

  it('agree with the list of sensitive instructions, word for word', () => {
    const random = seededRandom(3);
    const wrong: string[] = [];
    for (const row of table) {
      // The list is of processors with ARMv6T2.
      if (row.extension === 'branch-halves') continue;
      for (let i = 0; i < WORDS; i++) {
        const word = randomWord(row, random, { unpredictable: i % 4 === 0 });
        if (word === undefined) break;
        const wanted = demanded(row, word);
        if (wanted === undefined || wanted === (siteClass(row) !== undefined)) continue;
        wrong.push(`${label(row, word)}; the list: ${firstListed(row.isa, word)?.name ?? 'not in it'}`);
        break;
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('name the kind of each instruction of the list', () => {
    const random = seededRandom(4);
    const kinds: [RegExp, ExitClassId][] = [
      [/^(MRS|MSR|CPS)/, 'status-register'],
      [/^(SUBS PC|<op>S PC|MOVS PC|RFE|ERET|LDM\{\.\.,?PC\}\^)/, 'exception-return'],
      [/^(SVC|HVC|SMC|BKPT)/, 'exception-call'],
      [/^(BX|BLX Rm|TBB|POP|MOV PC|ADD PC|LDR(\.W)? PC)/, 'indirect-branch'],
      [/^(MCR|MRC|MCRR|MRRC)\b/, 'coprocessor'],
      [/^(LDRT|STRT|LDRBT|STRBT|LDRHT|STRHT|LDRSBT|LDRSHT)/, 'user-access'],
      [/^SRS/, 'state-store'],
      [/^WFI/, 'wait'],
    ];
    const seen = new Set<ExitClassId>();
    for (const row of listed) {
      const kind = kinds.find(([pattern]) => pattern.test(row.name))?.[1];
      if (kind === undefined) continue;
      for (let i = 0; i < 400; i++) {
        const word = ((random() & ~Number(row.mask)) | Number(row.value)) & (row.isa === 'T16' ? 0xffff : -1);
        if (firstListed(row.isa, word) !== row) continue;
        const decoded = decode(row.isa, word);
        const cls = siteClass(decoded);
        if (decoded === undefined || cls === 'undefined' || DIRECT.has(`${row.isa} ${row.name}`)) continue;
        if (WIDER.some((wider) => wider.listed.test(row.name) && wider.row.test(decoded.name))) continue;
        assert.equal(cls, kind, `${row.name}: ${label(decoded, word)}`);
        seen.add(kind);
      }
    }
    assert.equal(seen.size, kinds.length, [...seen].join());
  });

  it('take what the table does not know for undefined', () => {
    assert.equal(siteClass(undefined), 'undefined');
    assert.equal(decode('A32', 0xffff_ffff | 0), undefined);
    assert.equal(siteClass(decode('A32', 0xee07_0590 | 0)), 'undefined', 'coprocessor 5');
  });

  it('take floating point for innocuous, except the registers that PL1 alone may reach', () => {
    assert.equal(siteClass(decode('A32', 0xee07_0a90 | 0)), undefined, 'vmov s15, r0');
    assert.equal(siteClass(decode('A32', 0xeee1_0a10 | 0)), undefined, 'vmsr fpscr, r0');
    assert.equal(siteClass(decode('A32', 0xeee8_0a10 | 0)), 'coprocessor', 'vmsr fpexc, r0');
    assert.equal(siteClass(decode('A32', 0xeef0_0a10 | 0)), 'coprocessor', 'vmrs r0, fpsid');
  });
});
