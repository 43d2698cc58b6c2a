/** The registers that govern a space's translations, with their fields in words. */
import { Cp15 } from '../../arm/cp15.js';
import { systemRegisterFields } from '../../isa/sysreg/fields.js';
import type { MmuRegister } from '../../protocol/views/mmu.js';
import { extract, meaningOf } from '../../util/bit-fields.js';
import { hex32 } from '../../util/bits.js';
import { hex64 } from './numbers.js';
import { GUEST_SPACE, type AddressSpace } from './spaces.js';

/** Fields of SCTLR that have a say in translations. */
const GOVERNING: readonly string[] = ['AFE', 'TRE', 'EE', 'XP', 'UWXN', 'WXN', 'R', 'S', 'M'];

export function registersOf(space: AddressSpace): MmuRegister[] {
  const { registers: r, format, FCSEIDR, cpu, shadow, info } = space;
  const long = format === 'long';
  const context = { cpu: cpu.model.name, long };
  const register = (row: string, low: number, high = 0, name = row): MmuRegister => {
    const value = BigInt.asUintN(32, BigInt(low)) | (BigInt.asUintN(32, BigInt(high)) << 32n);
    const wide = long && name.startsWith('TTBR');
    const fields = systemRegisterFields(row, value, context).filter(
      (field) => name !== 'SCTLR' || GOVERNING.includes(field.name),
    );
    return {
      name,
      value: wide ? hex64(low, high) : hex32(low),
      fields: fields.map((field) => {
        const number = extract(value, field);
        const says = meaningOf(field, Number(number));
        const { name: own, title } = field;
        return {
          name: own,
          value: `0x${number.toString(16)}`,
          meaning: says === undefined ? title : `${title}: ${says}`,
        };
      }),
    };
  };
  const list = [
    register('SCTLR', r.SCTLR),
    register('TTBCR', r.TTBCR),
    register('TTBR0', r.TTBR0, r.TTBR0_high),
    register('TTBR1', r.TTBR1, r.TTBR1_high),
    ...(long ? [] : [register('DACR', r.DACR)]),
    // one register each, by the format under two names
    register('PRRR', r.PRRR, 0, long ? 'MAIR0' : 'PRRR'),
    register('NMRR', r.NMRR, 0, long ? 'MAIR1' : 'NMRR'),
  ];
  // of a space that the guest has left no more is known
  if (info.id === GUEST_SPACE) list.push(register('CONTEXTIDR', cpu.state[Cp15.CONTEXTIDR]));
  if (!shadow && cpu.mmu.armv6) list.push(register('FCSEIDR', FCSEIDR));
  return list;
}
