/** T32: exclusive accesses (DDI 0406C A6.3.6) and CLREX. */
import { nothing, resultIsOperand, t32Exclusive } from '../args/exclusive.js';
import { isPc, isSpOrPc, rowMaker } from '../define.js';
import { Fact } from '../row.js';
import type { FieldCondition, Row } from '../row.js';

const t32 = rowMaker('T32');

const load = Fact.load | Fact.exclusive;
const store = Fact.store | Fact.exclusive;
/** LDRD and STRD are in the same space with P or W set. */
const loads = ['LDRD (immediate) T1', 'LDRD (literal) T1'];
const stores = ['STRD (immediate) T1'];
const ONES = '(1)(1)(1)(1)';

/** The forms that have no offset: `op3` tells the size; `second` is what stands in the second register's place. */
function sized(
  suffix: string,
  op3: string,
  sections: readonly [number, number],
  second: string,
  operands: string,
): Row[] {
  const targets = suffix === 'D' ? isSpOrPc('Rt', 'Rt2') : isSpOrPc('Rt');
  const same: FieldCondition[] =
    suffix === 'D' ? [{ says: 'if t == t2 then UNPREDICTABLE', when: (f) => f.Rt === f.Rt2 }] : [];
  return [
    t32(
      `LDREX${suffix}`,
      'T1',
      `111010001101 Rn:4 Rt:4 ${second} ${op3} ${ONES}`,
      `A8.8.${sections[0]}`,
      `LDREX${suffix}<c> ${operands}, [<Rn>]`,
      `LDREX${suffix}`,
      t32Exclusive,
      { facts: load, over: loads, unpredictable: [targets, isPc('Rn'), ...same] },
    ),
    t32(
      `STREX${suffix}`,
      'T1',
      `111010001100 Rn:4 Rt:4 ${second} ${op3} Rd:4`,
      `A8.8.${sections[1]}`,
      `STREX${suffix}<c> <Rd>, ${operands}, [<Rn>]`,
      `STREX${suffix}`,
      t32Exclusive,
      { facts: store, over: stores, unpredictable: [targets, isSpOrPc('Rd'), isPc('Rn'), resultIsOperand] },
    ),
  ];
}

export const rows: readonly Row[] = [
  t32(
    'LDREX',
    'T1',
    `111010000101 Rn:4 Rt:4 ${ONES} imm8:8`,
    'A8.8.75',
    'LDREX<c> <Rt>, [<Rn>{, #<imm>}]',
    'LDREX',
    t32Exclusive,
    { facts: load, over: loads, unpredictable: [isSpOrPc('Rt'), isPc('Rn')] },
  ),
  t32(
    'STREX',
    'T1',
    '111010000100 Rn:4 Rt:4 Rd:4 imm8:8',
    'A8.8.212',
    'STREX<c> <Rd>, <Rt>, [<Rn>{, #<imm>}]',
    'STREX',
    t32Exclusive,
    { facts: store, over: stores, unpredictable: [isSpOrPc('Rd', 'Rt'), isPc('Rn'), resultIsOperand] },
  ),
  ...sized('B', '0100', [76, 213], ONES, '<Rt>'),
  ...sized('H', '0101', [78, 215], ONES, '<Rt>'),
  ...sized('D', '0111', [77, 214], 'Rt2:4', '<Rt>, <Rt2>'),
  t32('CLREX', 'T1', `111100111011 ${ONES} 10 (0) 0 ${ONES} 0010 ${ONES}`, 'A8.8.32', 'CLREX<c>', 'CLREX', nothing, {
    facts: Fact.exclusive,
    over: ['B T3'],
  }),
];
