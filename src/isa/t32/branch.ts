/** T32: branches (DDI 0406C A6.3.4), table branches, BXJ. `if InITBlock() && !LastInITBlock()` depends on the moment: no field says it. */
import {
  t32Branch,
  t32BranchExchange,
  t32Conditional,
  t32NearBranch,
  t32NearBranchExchange,
  tableBranch,
  thumbRegister,
} from '../args/branch.js';
import { isSp, isSpOrPc, rowMaker } from '../define.js';
import { Fact } from '../row.js';
import type { Row } from '../row.js';

const t32 = rowMaker('T32');

export const rows: readonly Row[] = [
  t32('B', 'T3', '11110 S:1 cond:4 imm6:6 10 J1:1 0 J2:1 imm11:11', 'A8.8.18', 'B<c>.W <label>', 'B', t32Conditional, {
    facts: Fact.branch,
    guard: { says: 'if cond<3:1> == \'111\' then SEE "Related encodings"', when: (f) => f.cond < 14 },
  }),
  t32('B', 'T4', '11110 S:1 imm10:10 10 J1:1 1 J2:1 imm11:11', 'A8.8.18', 'B<c>.W <label>', 'B', t32Branch, {
    facts: Fact.branch,
  }),
  t32(
    'BL, BLX (immediate)',
    'T1',
    '11110 S:1 imm10:10 11 J1:1 1 J2:1 imm11:11',
    'A8.8.25',
    'BL<c> <label>',
    'BL',
    t32Branch,
    {
      facts: Fact.branch | Fact.link,
    },
  ),
  // J1 and J2 had to be ones before ARMv6T2: a branch of 4 MiB, in two 16-bit halves. By themselves they are rows of T16.
  t32(
    'BL, BLX (immediate)',
    'T1 near',
    '11110 S:1 imm10:10 11111 imm11:11',
    'A8.8.25',
    'BL<c> <label>',
    'BL',
    t32NearBranch,
    { facts: Fact.branch | Fact.link, extension: 'base', over: ['BL, BLX (immediate) T1'] },
  ),
  t32(
    'BL, BLX (immediate)',
    'T2',
    '11110 S:1 imm10H:10 11 J1:1 0 J2:1 imm10L:10 0',
    'A8.8.25',
    'BLX<c> <label>',
    'BLX_imm',
    t32BranchExchange,
    { facts: Fact.branch | Fact.link | Fact.interworking },
  ),
  t32(
    'BL, BLX (immediate)',
    'T2 near',
    '11110 S:1 imm10H:10 11101 imm10L:10 0',
    'A8.8.25',
    'BLX<c> <label>',
    'BLX_imm',
    t32NearBranchExchange,
    {
      facts: Fact.branch | Fact.link | Fact.interworking,
      extension: 'base',
      over: ['BL, BLX (immediate) T2'],
    },
  ),
  t32(
    'BXJ',
    'T1',
    '111100111100 Rm:4 10 (0) 0 (1)(1)(1)(1) (0)(0)(0)(0)(0)(0)(0)(0)',
    'A8.8.28',
    'BXJ<c> <Rm>',
    'BX',
    thumbRegister,
    {
      facts: Fact.branch | Fact.indirect | Fact.interworking,
      unpredictable: [isSpOrPc('Rm')],
      over: ['B T3'],
    },
  ),
  t32(
    'TBB, TBH',
    'T1',
    '111010001101 Rn:4 (1)(1)(1)(1) (0)(0)(0)(0) 000 H:1 Rm:4',
    'A8.8.236',
    'TB{B|H}<c> [<Rn>, <Rm>{, LSL #1}]',
    'TBB',
    tableBranch,
    {
      facts: Fact.branch | Fact.indirect | Fact.load,
      unpredictable: [isSp('Rn'), isSpOrPc('Rm')],
      over: ['LDRD (immediate) T1', 'LDRD (literal) T1'],
    },
  ),
];
