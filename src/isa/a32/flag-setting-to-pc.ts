/** A32: data-processing with S set and Rd = 1111: exception returns (DDI 0406C B9.3.20), and the obsolete P forms of the tests. */
import * as args from '../args/data-processing.js';
import { heading, rowMaker, unpredictableIf } from '../define.js';
import { Fact } from '../row.js';
import type { Row } from '../row.js';
import { ALU, SHIFTS } from './alu.js';

const a32 = rowMaker('A32');

const names = ALU.filter((alu) => alu.shape !== 'test').map((alu) => alu.name);
const tests = ALU.filter((alu) => alu.shape === 'test').map((alu) => alu.name);
const shiftLabels = (kind: string): string[] => SHIFTS.map((shift) => `${shift.name} (${kind}) A1`);
const registerLabels = names.filter((name) => name !== 'MOV').map((name) => `${heading('ARM', name, 'register')} A1`);
const shiftedLabels = names.filter((name) => name !== 'MOV').map((name) => `${name} (register-shifted register) A1`);

const returnFacts =
  Fact.sensitive | Fact.exceptionReturn | Fact.systemRegister | Fact.branch | Fact.indirect | Fact.interworking;
const refused = { facts: Fact.sensitive | Fact.undefined } as const;

/** Opcodes 10xx are the tests, whose Rd should be zero. */
const notATest = { says: 'opcode<3:2> != 10', when: (f: Readonly<Record<string, number>>) => f.opcode >>> 2 !== 2 };

/** MOVS and MVNS have no Rn; its field should be zero. */
const noRn = unpredictableIf("opcode == '11x1' && Rn != '0000'", (f) => (f.opcode | 2) === 15 && f.Rn !== 0);

/** `<op>S` with Rd = 1111: an exception return where the operation has a destination, obsolete where it has none. */
export const flagSettingToPc: readonly Row[] = [
  a32(
    'SUBS PC, LR and related instructions',
    'A1',
    'cond:4 001 opcode:4 1 Rn:4 1111 imm12:12',
    'B9.3.20',
    '<op>S<c> PC, {<Rn>, }#<const>',
    'SUBS_PC_LR_imm',
    args.armReturnImmediate,
    {
      facts: returnFacts,
      guard: notATest,
      unpredictable: [noRn],
      over: [...names, ...tests]
        .map((name) => `${heading('ARM', name, 'immediate')} A1`)
        .concat('ADD (SP plus immediate) A1', 'SUB (SP minus immediate) A1', 'CMPP, CMNP, TEQP, TSTP A1'),
    },
  ),
  a32(
    'SUBS PC, LR and related instructions',
    'A2',
    'cond:4 000 opcode:4 1 Rn:4 1111 imm5:5 type:2 0 Rm:4',
    'B9.3.20',
    '<op>S<c> PC, {<Rn>, }<Rm>{, <shift>}',
    'SUBS_PC_LR_reg',
    args.armReturnRegister,
    {
      facts: returnFacts,
      guard: notATest,
      unpredictable: [noRn],
      over: [
        ...registerLabels,
        ...tests.map((name) => `${heading('ARM', name, 'register')} A1`),
        'MOV (register, ARM) A1',
        'RRX A1',
        ...shiftLabels('immediate'),
      ].concat('ADD (SP plus register, ARM) A1', 'SUB (SP minus register) A1', 'CMPP, CMNP, TEQP, TSTP A2'),
    },
  ),
  a32(
    '<op>S PC (register-shifted register)',
    'A1',
    'cond:4 000 opcode:4 1 Rn:4 1111 Rs:4 0 type:2 1 Rm:4',
    'A5.2.2',
    '<op>S<c> PC, {<Rn>, }<Rm>, <type> <Rs>',
    null,
    () => ({}),
    {
      ...refused,
      guard: notATest,
      over: [
        ...shiftedLabels,
        ...tests.map((name) => `${name} (register-shifted register) A1`),
        ...shiftLabels('register'),
        'CMPP, CMNP, TEQP, TSTP A3',
      ],
    },
  ),
  a32(
    'CMPP, CMNP, TEQP, TSTP',
    'A1',
    'cond:4 001 10 opcode:2 1 Rn:4 1111 imm12:12',
    'A5.2.3',
    '<op>P<c> <Rn>, #<const>',
    null,
    () => ({}),
    {
      ...refused,
      over: tests.map((name) => `${heading('ARM', name, 'immediate')} A1`),
    },
  ),
  a32(
    'CMPP, CMNP, TEQP, TSTP',
    'A2',
    'cond:4 000 10 opcode:2 1 Rn:4 1111 imm5:5 type:2 0 Rm:4',
    'A5.2.1',
    '<op>P<c> <Rn>, <Rm>{, <shift>}',
    null,
    () => ({}),
    {
      ...refused,
      over: tests.map((name) => `${heading('ARM', name, 'register')} A1`),
    },
  ),
  a32(
    'CMPP, CMNP, TEQP, TSTP',
    'A3',
    'cond:4 000 10 opcode:2 1 Rn:4 1111 Rs:4 0 type:2 1 Rm:4',
    'A5.2.2',
    '<op>P<c> <Rn>, <Rm>, <type> <Rs>',
    null,
    () => ({}),
    {
      ...refused,
      over: tests.map((name) => `${name} (register-shifted register) A1`),
    },
  ),
];
