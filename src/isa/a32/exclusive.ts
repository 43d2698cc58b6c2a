/** A32: synchronization primitives (DDI 0406C A5.2.10) and CLREX. */
import {
  armExclusive,
  nothing,
  oddPair,
  resultIsOperand,
  resultIsOperandDual,
  swap,
  swapConflicts,
} from '../args/exclusive.js';
import { isPc, rowMaker } from '../define.js';
import { Fact } from '../row.js';
import type { FieldCondition, Row } from '../row.js';

const a32 = rowMaker('A32');

const load = Fact.load | Fact.exclusive;
const store = Fact.store | Fact.exclusive;
const ONES = '(1)(1)(1)(1)';

function pair(
  suffix: string,
  size: string,
  sections: readonly [number, number],
  what: readonly FieldCondition[],
  operands: string,
): Row[] {
  const result = suffix === 'D' ? resultIsOperandDual : resultIsOperand;
  return [
    a32(
      `LDREX${suffix}`,
      'A1',
      `cond:4 00011 ${size} 1 Rn:4 Rt:4 ${ONES} 1001 ${ONES}`,
      `A8.8.${sections[0]}`,
      `LDREX${suffix}<c> ${operands}, [<Rn>]`,
      `LDREX${suffix}`,
      armExclusive,
      { facts: load, unpredictable: [isPc('Rt', 'Rn'), ...what] },
    ),
    a32(
      `STREX${suffix}`,
      'A1',
      `cond:4 00011 ${size} 0 Rn:4 Rd:4 ${ONES} 1001 Rt:4`,
      `A8.8.${sections[1]}`,
      `STREX${suffix}<c> <Rd>, ${operands}, [<Rn>]`,
      `STREX${suffix}`,
      armExclusive,
      { facts: store, unpredictable: [isPc('Rd', 'Rt', 'Rn'), ...what, result] },
    ),
  ];
}

export const rows: readonly Row[] = [
  ...pair('', '00', [75, 212], [], '<Rt>'),
  ...pair('D', '01', [77, 214], [oddPair], '<Rt>, <Rt2>'),
  ...pair('B', '10', [76, 213], [], '<Rt>'),
  ...pair('H', '11', [78, 215], [], '<Rt>'),
  a32('CLREX', 'A1', `1111 01010111 ${ONES} ${ONES} (0)(0)(0)(0) 0001 ${ONES}`, 'A8.8.32', 'CLREX', 'CLREX', nothing, {
    facts: Fact.exclusive,
  }),
  a32(
    'SWP',
    'A1',
    'cond:4 00010 0 00 Rn:4 Rt:4 (0)(0)(0)(0) 1001 Rt2:4',
    'A8.8.229',
    'SWP<c> <Rt>, <Rt2>, [<Rn>]',
    'SWP',
    swap,
    { facts: Fact.load | Fact.store, unpredictable: swapConflicts },
  ),
  a32(
    'SWPB',
    'A1',
    'cond:4 00010 1 00 Rn:4 Rt:4 (0)(0)(0)(0) 1001 Rt2:4',
    'A8.8.229',
    'SWPB<c> <Rt>, <Rt2>, [<Rn>]',
    'SWPB',
    swap,
    { facts: Fact.load | Fact.store, unpredictable: swapConflicts },
  ),
];
