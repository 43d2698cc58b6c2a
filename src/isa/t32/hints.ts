/** T32: hints (DDI 0406C A6.3.4), barriers, and memory hints (A6.3.8, A6.3.9): loads of a byte or halfword to R15. */
import { nothing, registerPreloadT32 } from '../args/hints.js';
import { rowMaker } from '../define.js';
import { Fact } from '../row.js';
import type { Row } from '../row.js';

const t32 = rowMaker('T32');

const ONES = '(1)(1)(1)(1)';
const HINT = `11110 0 1110 1 0 ${ONES} 10 (0) 0 (0) 000`;
const hint = Fact.hint;
const cps = ['CPS (Thumb) T2', 'B T3'];
const over = [...cps, 'Reserved hint T2'];

const namedHints: readonly Row[] = [
  t32('NOP', 'T2', `${HINT} 00000000`, 'A8.8.119', 'NOP<c>.W', 'NOP', nothing, { facts: hint, over }),
  t32('YIELD', 'T2', `${HINT} 00000001`, 'A8.8.426', 'YIELD<c>.W', 'NOP', nothing, { facts: hint, over }),
  t32('WFE', 'T2', `${HINT} 00000010`, 'A8.8.424', 'WFE<c>.W', 'WFE', nothing, { facts: hint, over }),
  t32('WFI', 'T2', `${HINT} 00000011`, 'A8.8.425', 'WFI<c>.W', 'WFI', nothing, { facts: hint | Fact.sensitive, over }),
  t32('SEV', 'T2', `${HINT} 00000100`, 'A8.8.168', 'SEV<c>.W', 'SEV', nothing, { facts: hint, over }),
  t32('DBG', 'T1', `${HINT} 1111 option:4`, 'A8.8.42', 'DBG<c> #<option>', 'NOP', nothing, { facts: hint, over }),
  t32('Reserved hint', 'T2', `${HINT} op2:8`, 'A6.3.4', 'NOP<c>.W {#<op2>}', 'NOP', nothing, {
    facts: hint,
    over: cps,
  }),
];

function barrier(name: string, opcode: string, section: string): Row {
  const pattern = `11110 0 111011 ${ONES} 10 (0) 0 ${ONES} ${opcode} option:4`;
  return t32(name, 'T1', pattern, section, `${name}<c> {<option>}`, 'NOP', nothing, { facts: hint, over: ['B T3'] });
}

/**
 * The four shapes of a memory hint, over the load whose bits it has with Rt = 1111. `low` is bits 22:20 of that load, of which W = bit 21
 * tells PLDW from PLD.
 */
interface Family {
  readonly high: string;
  readonly low: string;
  /** Name, encoding and section of the immediate, the negative immediate, the register and the literal form. */
  readonly forms: readonly [Form, Form, Form, Form];
  readonly syntax: string;
  /** The load: label of its immediate forms, its register form, its literal form, its mnemonic. */
  readonly load: readonly [imm12: string, imm8: string, register: string, literal: string, unprivileged: string];
}
type Form = readonly [name: string, encoding: string, section: string];

const reserved = (encoding: string): Form => ['Reserved memory hint', encoding, 'A6.3.8'];

const FAMILIES: readonly Family[] = [
  {
    high: '11111000',
    low: '001',
    forms: [
      ['PLD, PLDW (immediate)', 'T1', 'A8.8.126'],
      ['PLD, PLDW (immediate)', 'T2', 'A8.8.126'],
      ['PLD, PLDW (register)', 'T1', 'A8.8.128'],
      ['PLD (literal)', 'T1', 'A8.8.127'],
    ],
    syntax: 'PLD<c>',
    load: [
      'LDRB (immediate, Thumb) T2',
      'LDRB (immediate, Thumb) T3',
      'LDRB (register) T2',
      'LDRB (literal) T1',
      'LDRBT T1',
    ],
  },
  {
    high: '11111000',
    low: '011',
    forms: [
      ['PLD, PLDW (immediate)', 'T1 W', 'A8.8.126'],
      ['PLD, PLDW (immediate)', 'T2 W', 'A8.8.126'],
      ['PLD, PLDW (register)', 'T1 W', 'A8.8.128'],
      reserved('T1'),
    ],
    // before the Multiprocessing Extensions these are unallocated memory hints, which do nothing either: so every model has the rows
    syntax: 'PLDW<c>',
    load: [
      'LDRH (immediate, Thumb) T2',
      'LDRH (immediate, Thumb) T3',
      'LDRH (register) T2',
      'LDRH (literal) T1',
      'LDRHT T1',
    ],
  },
  {
    high: '11111001',
    low: '001',
    forms: [
      ['PLI (immediate, literal)', 'T1', 'A8.8.129'],
      ['PLI (immediate, literal)', 'T2', 'A8.8.129'],
      ['PLI (register)', 'T1', 'A8.8.130'],
      ['PLI (immediate, literal)', 'T3', 'A8.8.129'],
    ],
    syntax: 'PLI<c>',
    load: ['LDRSB (immediate) T1', 'LDRSB (immediate) T2', 'LDRSB (register) T2', 'LDRSB (literal) T1', 'LDRSBT T1'],
  },
  {
    high: '11111001',
    low: '011',
    forms: [reserved('T2'), reserved('T3'), reserved('T4'), reserved('T5')],
    syntax: 'NOP<c>',
    load: ['LDRSH (immediate) T1', 'LDRSH (immediate) T2', 'LDRSH (register) T2', 'LDRSH (literal) T1', 'LDRSHT T1'],
  },
];

function memoryHints({ high, low, forms, syntax, load }: Family): Row[] {
  const [imm12, imm8, register, literal] = forms;
  const label = (form: Form): string => `${form[0]} ${form[1]}`;
  return [
    t32(
      imm12[0],
      imm12[1],
      `${high} 1 ${low} Rn:4 1111 imm12:12`,
      imm12[2],
      `${syntax} [<Rn>{, #<imm12>}]`,
      'NOP',
      nothing,
      {
        facts: hint,
        over: [load[0], load[3]],
      },
    ),
    t32(
      imm8[0],
      imm8[1],
      `${high} 0 ${low} Rn:4 1111 1100 imm8:8`,
      imm8[2],
      `${syntax} [<Rn>, #-<imm8>]`,
      'NOP',
      nothing,
      {
        facts: hint,
        over: [load[1], load[3]],
      },
    ),
    t32(
      register[0],
      register[1],
      `${high} 0 ${low} Rn:4 1111 000000 imm2:2 Rm:4`,
      register[2],
      `${syntax} [<Rn>, <Rm>{, LSL #<imm2>}]`,
      'NOP',
      nothing,
      { facts: hint, unpredictable: [registerPreloadT32], over: [load[2], load[3]] },
    ),
    t32(
      literal[0],
      literal[1],
      `${high} U:1 ${low} 1111 1111 imm12:12`,
      literal[2],
      `${syntax} <label>`,
      'NOP',
      nothing,
      {
        facts: hint | Fact.readsPc,
        over: [...load, label(imm12), label(imm8), label(register)],
      },
    ),
  ];
}

export const rows: readonly Row[] = [
  ...namedHints,
  barrier('DSB', '0100', 'A8.8.44'),
  barrier('DMB', '0101', 'A8.8.43'),
  barrier('ISB', '0110', 'A8.8.53'),
  ...FAMILIES.flatMap(memoryHints),
];
