/**
 * Advanced SIMD: two registers, miscellaneous (DDI 0406C A7.4.5), as far as it is about integers and bits; and what shares its leading bits:
 * VEXT, VTBL and VTBX, VDUP from a scalar (A7.4). The diagrams of A7.4.2 and A7.4.3 leave these words to them.
 */
import { unpredictableIf } from '../define.js';
import type { ArgumentSet, FieldCondition, Fields, Row } from '../row.js';
import { dataProcessing, doubleRegister, doubleRegisters, oddQuadword, undefinedIf } from './define.js';

const misc: ArgumentSet = (f) => ({ ...doubleRegisters(f), Q: f.Q ?? 0, size: f.size, U: f.op ?? 0 });

/** UNDEFINED for elements of `sizes` (and with `otherwise`), and for odd registers of quadwords. */
function undefinedSizes(condition: string, when: (f: Fields) => boolean): FieldCondition {
  return undefinedIf(
    `${condition}; if Q == '1' && (Vd<0> == '1' || Vm<0> == '1')`,
    (f) => when(f) || oddQuadword(f, 'Vd', 'Vm'),
  );
}
const no64 = undefinedSizes("size == '11'", (f) => f.size === 3);
const bytesOnly = undefinedSizes("size != '00'", (f) => f.size !== 0);
/** VUZP and VZIP of two words in a doubleword are VTRN. */
const severalElements = undefinedSizes(
  "size == '11' || (Q == '0' && size == '10')",
  (f) => f.size === 3 || (f.Q === 0 && f.size === 2),
);
const narrowing = undefinedIf("size == '11' || Vm<0> == '1'", (f) => f.size === 3 || (f.Vm & 1) === 1);

/** Elements keep their size, or pairs of them are added: `1 D 11 size <opc1> Vd 0 <opc2> Q M 0 Vm`. */
function same(
  name: string,
  opc1: string,
  opc2: string,
  section: string,
  syntax: string,
  operation: string,
  guard: FieldCondition,
  unpredictable: readonly FieldCondition[] = [],
): Row[] {
  const rest = `1 D:1 11 size:2 ${opc1} Vd:4 0 ${opc2} Q:1 M:1 0 Vm:4`;
  return dataProcessing('1')(name, '1', rest, section, syntax, operation, misc, { guard, unpredictable });
}

/** Registers that exchange lanes with themselves become UNKNOWN. */
const withItself: readonly FieldCondition[] = [
  unpredictableIf('d == m', (f) => doubleRegister(f.D, f.Vd) === doubleRegister(f.M, f.Vm)),
];

/** They become half as wide: bit 6 is part of the opcode. */
function narrow(name: string, word: string, opc2: string, section: string, syntax: string, operation: string): Row[] {
  const rest = `1 D:1 11 size:2 10 Vd:4 0 ${opc2} M:1 0 Vm:4`;
  return dataProcessing('1')(name, `1${word}`, rest, section, syntax, operation, misc, { guard: narrowing });
}

/** VREV: groups that are reversed are of 64 bits, or of half, or of a quarter of that. */
const REVERSE: readonly Row[] = [64, 32, 16].flatMap((groupsize, op) =>
  same(
    'VREV16, VREV32, VREV64',
    '00',
    `00 ${['00', '01', '10'][op]}`,
    'A8.8.386',
    `VREV${groupsize}<c>.<size> <Qd|Dd>, <Qm|Dm>`,
    `VREV${groupsize}`,
    undefinedSizes('UInt(op)+UInt(size) >= 3', (f) => op + f.size >= 3),
  ).map((row) => ({ ...row, encoding: `${row.encoding} VREV${groupsize}` })),
);

const COMPARE: readonly (readonly [string, string, string, string])[] = [
  ['VCGT', '000', 'A8.8.296', 'S'],
  ['VCGE', '001', 'A8.8.294', 'S'],
  ['VCEQ', '010', 'A8.8.292', 'I'],
  ['VCLE', '011', 'A8.8.298', 'S'],
  ['VCLT', '100', 'A8.8.301', 'S'],
];

/** The lane that imm4 names: the lowest bit that is set says how wide it is. */
function scalarOf(imm4: number): { readonly size: number; readonly index: number } {
  const size = imm4 & 1 ? 0 : imm4 & 2 ? 1 : 2;
  return { size, index: imm4 >>> (size + 1) };
}

const others: readonly Row[] = [
  ...dataProcessing('0')(
    'VEXT',
    '1',
    '1 D:1 11 Vn:4 Vd:4 imm4:4 N:1 Q:1 M:1 0 Vm:4',
    'A8.8.316',
    'VEXT<c>.8 <Qd|Dd>, <Qn|Dn>, <Qm|Dm>, #<imm>',
    'VEXT',
    (f) => ({ ...doubleRegisters(f), Q: f.Q, position: f.imm4 }),
    {
      guard: undefinedIf(
        "Q == '1' && (Vd<0> == '1' || Vn<0> == '1' || Vm<0> == '1'); if Q == '0' && imm4<3> == '1'",
        (f) => oddQuadword(f, 'Vd', 'Vn', 'Vm') || (f.Q === 0 && f.imm4 >= 8),
      ),
    },
  ),
  ...['VTBL', 'VTBX'].flatMap((mnemonic, op) =>
    dataProcessing('1')(
      'VTBL, VTBX',
      `1 ${mnemonic}`,
      `1 D:1 11 Vn:4 Vd:4 10 len:2 N:1 ${op} M:1 0 Vm:4`,
      'A8.8.419',
      `${mnemonic}<c>.8 <Dd>, <list>, <Dm>`,
      mnemonic,
      (f) => ({ ...doubleRegisters(f), length: f.len + 1 }),
      { unpredictable: [unpredictableIf('n+length > 32', (f) => doubleRegister(f.N, f.Vn) + f.len + 1 > 32)] },
    ),
  ),
  ...dataProcessing('1')(
    'VDUP (scalar)',
    '1',
    '1 D:1 11 imm4:4 Vd:4 11000 Q:1 M:1 0 Vm:4',
    'A8.8.313',
    'VDUP<c>.<size> <Qd|Dd>, <Dm[x]>',
    'VDUP_scalar',
    (f) => ({ ...doubleRegisters(f), Q: f.Q, ...scalarOf(f.imm4) }),
    {
      guard: undefinedIf(
        "imm4 == 'x000'; if Q == '1' && Vd<0> == '1'",
        (f) => (f.imm4 & 7) === 0 || oddQuadword(f, 'Vd'),
      ),
    },
  ),
];

export const rows: readonly Row[] = [
  ...REVERSE,
  ...same('VPADDL', '00', '010 op:1', 'A8.8.364', 'VPADDL<c>.<dt> <Qd|Dd>, <Qm|Dm>', 'VPADDL', no64),
  ...same('VCLS', '00', '1000', 'A8.8.299', 'VCLS<c>.S<size> <Qd|Dd>, <Qm|Dm>', 'VCLS', no64),
  ...same('VCLZ', '00', '1001', 'A8.8.302', 'VCLZ<c>.I<size> <Qd|Dd>, <Qm|Dm>', 'VCLZ', no64),
  ...same('VCNT', '00', '1010', 'A8.8.304', 'VCNT<c>.8 <Qd|Dd>, <Qm|Dm>', 'VCNT', bytesOnly),
  ...same('VMVN (register)', '00', '1011', 'A8.8.354', 'VMVN<c> <Qd|Dd>, <Qm|Dm>', 'VMVN_reg', bytesOnly),
  ...same('VPADAL', '00', '110 op:1', 'A8.8.361', 'VPADAL<c>.<dt> <Qd|Dd>, <Qm|Dm>', 'VPADAL', no64),
  ...same('VQABS', '00', '1110', 'A8.8.369', 'VQABS<c>.S<size> <Qd|Dd>, <Qm|Dm>', 'VQABS', no64),
  ...same('VQNEG', '00', '1111', 'A8.8.375', 'VQNEG<c>.S<size> <Qd|Dd>, <Qm|Dm>', 'VQNEG', no64),

  ...COMPARE.flatMap(([mnemonic, opc, section, type]) =>
    same(
      `${mnemonic} (immediate #0)`,
      '01',
      `0${opc}`,
      section,
      `${mnemonic}<c>.${type}<size> <Qd|Dd>, <Qm|Dm>, #0`,
      `${mnemonic}_zero`,
      no64,
    ),
  ),
  ...same('VABS', '01', '0110', 'A8.8.280', 'VABS<c>.S<size> <Qd|Dd>, <Qm|Dm>', 'VABS', no64),
  ...same('VNEG', '01', '0111', 'A8.8.355', 'VNEG<c>.S<size> <Qd|Dd>, <Qm|Dm>', 'VNEG', no64),

  ...same('VSWP', '10', '0000', 'A8.8.418', 'VSWP<c> <Qd|Dd>, <Qm|Dm>', 'VSWP', bytesOnly, withItself),
  ...same('VTRN', '10', '0001', 'A8.8.420', 'VTRN<c>.<size> <Qd|Dd>, <Qm|Dm>', 'VTRN', no64, withItself),
  ...same('VUZP', '10', '0010', 'A8.8.422', 'VUZP<c>.<size> <Qd|Dd>, <Qm|Dm>', 'VUZP', severalElements, withItself),
  ...same('VZIP', '10', '0011', 'A8.8.423', 'VZIP<c>.<size> <Qd|Dd>, <Qm|Dm>', 'VZIP', severalElements, withItself),
  ...narrow('VMOVN', '', '01000', 'A8.8.347', 'VMOVN<c>.I<size> <Dd>, <Qm>', 'VMOVN'),
  ...narrow('VQMOVN, VQMOVUN', ' VQMOVUN', '01001', 'A8.8.374', 'VQMOVUN<c>.S<size> <Dd>, <Qm>', 'VQMOVUN'),
  ...narrow('VQMOVN, VQMOVUN', '', '0101 op:1', 'A8.8.374', 'VQMOVN<c>.<dt> <Dd>, <Qm>', 'VQMOVN'),
  ...dataProcessing('1')(
    'VSHLL',
    '2',
    '1 D:1 11 size:2 10 Vd:4 0 01100 M:1 0 Vm:4',
    'A8.8.397',
    'VSHLL<c>.I<size> <Qd>, <Dm>, #<imm>',
    'VSHLL',
    (f) => ({ ...misc(f), U: 0, shift_amount: 8 << f.size }),
    { guard: undefinedIf("size == '11' || Vd<0> == '1'", (f) => f.size === 3 || (f.Vd & 1) === 1) },
  ),
  ...others,
];
