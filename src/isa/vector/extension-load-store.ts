/**
 * Rows of loads and stores of extension registers (DDI 0406C A7.6), in A32 and T32.
 *
 * @unpredictable VLDM, VSTM, VPUSH and VPOP of no register, of more than 16 doubleword registers, or beyond the last one: Undefined.
 */
import { isPc, unpredictableIf } from '../define.js';
import { onlyInT32 } from '../pairs.js';
import { Fact } from '../row.js';
import type { ArgumentSet, FieldCondition, Fields, Row } from '../row.js';
import { doubleRegister } from './define.js';
import { loadStore, singleRegister, sizes, withHighRegisters } from './extension.js';

type Size = (typeof sizes)[number];

function registerOf({ N }: Size, f: Fields): number {
  return N === 64 ? doubleRegister(f.D, f.Vd) : singleRegister(f.Vd, f.D);
}

const ALL: readonly Size[] = sizes;

const one = ALL.flatMap((size) => {
  const { N, sz, letter } = size;
  const args: ArgumentSet = (f) => {
    const d = registerOf(size, f);
    const imm32 = (f.U ? 4 : -4) * f.imm8;
    return { ...(N === 64 ? withHighRegisters({ d }) : { d }), n: f.Rn, imm32 };
  };
  const pattern = (L: number, Rn: string): string => `1101 U:1 D:1 0 ${L} ${Rn} Vd:4 101${sz} imm8:8`;
  const encoding = `${N === 64 ? 1 : 2}`;
  return [
    ...loadStore.load(
      'VLDR',
      encoding,
      pattern(1, 'Rn:4'),
      'A8.8.333',
      `VLDR<c> <${letter}d>, [<Rn>{, #+/-<imm>}]`,
      `VLDR_${N}`,
      args,
      { facts: Fact.load },
    ),
    ...loadStore.load(
      'VLDR',
      `${encoding} literal`,
      pattern(1, '1111'),
      'A8.8.333',
      `VLDR<c> <${letter}d>, <label>`,
      `VLDR_lit_${N}`,
      args,
      { facts: Fact.load | Fact.readsPc, over: [`VLDR ${encoding}`] },
    ),
    ...onlyInT32(
      loadStore.store(
        'VSTR',
        encoding,
        pattern(0, 'Rn:4'),
        'A8.8.413',
        `VSTR<c> <${letter}d>, [<Rn>{, #+/-<imm>}]`,
        `VSTR_${N}`,
        args,
        { facts: Fact.store },
      ),
      isPc('Rn'),
    ),
  ];
});

/** Forms of a multiple transfer by bits P, U and W. */
const FORMS = [
  { suffix: 'IA', puw: ['0', '1', 'W:1'], add: 1 },
  { suffix: 'DB', puw: ['1', '0', '1'], add: 0 },
] as const;

function multiple(
  name: string,
  encoding: string,
  section: string,
  L: number,
  form: (typeof FORMS)[number],
  size: Size,
  Rn: string,
  W: string,
  imm8: string,
  syntax: string,
  over: readonly string[] = [],
): Row[] {
  const { N, sz } = size;
  const words = (f: Fields): number => (imm8 === 'imm8:8' ? f.imm8 : 2 * f.imm7);
  const fits: FieldCondition = {
    says: 'if regs == 0 || regs > 16 || (d+regs) > 32 then UNPREDICTABLE: Undefined',
    when: (f) => {
      const regs = N === 64 ? words(f) >>> 1 : words(f);
      return regs !== 0 && !(N === 64 && regs > 16) && registerOf(size, f) + regs <= 32;
    },
  };
  const wback = (f: Fields): number => f.W ?? 1;
  const args: ArgumentSet = (f) => {
    const d = registerOf(size, f);
    const last = d + (N === 64 ? words(f) >>> 1 : words(f)) - 1;
    const extent = 4 * (words(f) + (imm8 === 'imm7:7 1' ? 1 : 0));
    const registers = N === 64 ? withHighRegisters({ d, last }) : { d, last };
    const one = last === d ? 1 : 0;
    return { ...registers, n: f.Rn ?? 13, words: words(f), imm32: extent, add: form.add, wback: wback(f), one };
  };
  const [P, U] = form.puw;
  const rows = loadStore[L ? 'load' : 'store'](
    name,
    encoding,
    `110${P} ${U} D:1 ${W} ${L} ${Rn} Vd:4 101${sz} ${imm8}`,
    section,
    syntax,
    `${L ? 'VLDM' : 'VSTM'}_${N}`,
    args,
    { facts: L ? Fact.load : Fact.store, guard: fits, over },
  );
  if (Rn !== 'Rn:4') return rows;
  const pcWithWriteback = unpredictableIf('n == 15 && wback', (f) => f.Rn === 15 && wback(f) === 1);
  return rows.map((row) => ({
    ...row,
    unpredictable: row.isa === 'T32' ? [isPc('Rn')] : [pcWithWriteback],
  }));
}

const many = [1, 0].flatMap((L) =>
  FORMS.flatMap((form) =>
    ALL.flatMap((size) => {
      const { N } = size;
      const mnemonic = L ? 'VLDM' : 'VSTM';
      const section = L ? 'A8.8.332' : 'A8.8.412';
      const number = N === 64 ? 1 : 2;
      const encoding = `${number} ${form.suffix}`;
      const W = form.puw[2];
      const imm8 = N === 64 ? 'imm7:7 0' : 'imm8:8';
      const list = N === 64 ? '<list of D>' : '<list of S>';
      // VPOP and VPUSH are what the forms with SP that pop and push are called.
      const stack = L === form.add;
      const [name, stackSection] = L ? ['VPOP', 'A8.8.367'] : ['VPUSH', 'A8.8.368'];
      return [
        ...multiple(
          mnemonic,
          encoding,
          section,
          L,
          form,
          size,
          'Rn:4',
          W,
          imm8,
          `${mnemonic}${form.suffix}<c> <Rn>{!}, ${list}`,
        ),
        ...(stack
          ? multiple(name, String(number), stackSection, L, form, size, '1101', '1', imm8, `${name}<c> ${list}`, [
              `${mnemonic} ${encoding}`,
            ])
          : []),
        ...(N === 64
          ? multiple(
              'FLDMX, FSTMX',
              `1 ${L ? 'FLDM' : 'FSTM'}${form.suffix}X`,
              'A8.8.50',
              L,
              form,
              size,
              'Rn:4',
              W,
              'imm7:7 1',
              `${L ? 'FLDM' : 'FSTM'}${form.suffix}X<c> <Rn>{!}, <list of D>`,
            )
          : []),
      ];
    }),
  ),
);

export const rows: readonly Row[] = [...one, ...many];
