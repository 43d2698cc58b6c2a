/** Identification registers of CP15 c0: constants of the processor model, and the cache size selection. */
import type { Feature } from '../features.js';
import { register, type SystemRegister } from './register.js';

const SECTION = 'B3.18.1';

function identification(
  name: string,
  encoding: string,
  title: string,
  reset: number | 'model' = 'model',
  extension?: Feature,
): SystemRegister {
  return register(SECTION, name, encoding, '-/RO', title, { kind: 'constant', reset, extension });
}

/** CRm 3 to 7 of c0 read as zero at PL1: space kept for further feature registers (B3.17.1). */
function reserved(): SystemRegister[] {
  const rows: SystemRegister[] = [];
  for (let crm = 3; crm <= 7; crm++) {
    for (let opc2 = 0; opc2 <= 7; opc2++) {
      const row = identification(
        `ID_RES_c${crm}_${opc2}`,
        `p15 0 c0 c${crm} ${opc2}`,
        'Reserved identification register',
        0,
      );
      rows.push({ ...row, section: 'DDI 0406C B3.17.1' });
    }
  }
  return rows;
}

export const identificationRegisters: readonly SystemRegister[] = [
  identification('MIDR', 'p15 0 c0 c0 0', 'Main ID Register'),
  identification('CTR', 'p15 0 c0 c0 1', 'Cache Type Register'),
  identification('TCMTR', 'p15 0 c0 c0 2', 'TCM Type Register'),
  identification('TLBTR', 'p15 0 c0 c0 3', 'TLB Type Register'),
  identification('MIDR_4', 'p15 0 c0 c0 4', 'Main ID Register, alias'),
  identification('MPIDR', 'p15 0 c0 c0 5', 'Multiprocessor Affinity Register'),
  identification('REVIDR', 'p15 0 c0 c0 6', 'Revision ID Register'),
  identification('MIDR_7', 'p15 0 c0 c0 7', 'Main ID Register, alias'),
  identification('ID_PFR0', 'p15 0 c0 c1 0', 'Processor Feature Register 0'),
  identification('ID_PFR1', 'p15 0 c0 c1 1', 'Processor Feature Register 1'),
  identification('ID_DFR0', 'p15 0 c0 c1 2', 'Debug Feature Register 0'),
  identification('ID_AFR0', 'p15 0 c0 c1 3', 'Auxiliary Feature Register 0'),
  identification('ID_MMFR0', 'p15 0 c0 c1 4', 'Memory Model Feature Register 0'),
  identification('ID_MMFR1', 'p15 0 c0 c1 5', 'Memory Model Feature Register 1'),
  identification('ID_MMFR2', 'p15 0 c0 c1 6', 'Memory Model Feature Register 2'),
  identification('ID_MMFR3', 'p15 0 c0 c1 7', 'Memory Model Feature Register 3'),
  identification('ID_ISAR0', 'p15 0 c0 c2 0', 'Instruction Set Attribute Register 0'),
  identification('ID_ISAR1', 'p15 0 c0 c2 1', 'Instruction Set Attribute Register 1'),
  identification('ID_ISAR2', 'p15 0 c0 c2 2', 'Instruction Set Attribute Register 2'),
  identification('ID_ISAR3', 'p15 0 c0 c2 3', 'Instruction Set Attribute Register 3'),
  identification('ID_ISAR4', 'p15 0 c0 c2 4', 'Instruction Set Attribute Register 4'),
  identification('ID_ISAR5', 'p15 0 c0 c2 5', 'Instruction Set Attribute Register 5'),
  identification('ID_MMFR4', 'p15 0 c0 c2 6', 'Memory Model Feature Register 4', 0),
  identification('ID_ISAR6', 'p15 0 c0 c2 7', 'Instruction Set Attribute Register 6', 0),
  ...reserved(),
  register(SECTION, 'CCSIDR', 'p15 1 c0 c0 0', '-/RO', 'Cache Size ID Register, of the cache that CSSELR selects', {
    kind: 'computed',
    reset: 'model',
    extension: 'v7',
  }),
  identification('CLIDR', 'p15 1 c0 c0 1', 'Cache Level ID Register', 'model', 'v7'),
  identification('AIDR', 'p15 1 c0 c0 7', 'Auxiliary ID Register', 0, 'v7'),
  register(SECTION, 'CSSELR', 'p15 2 c0 c0 0', '-/RW', 'Cache Size Selection Register', { extension: 'v7' }),
];
