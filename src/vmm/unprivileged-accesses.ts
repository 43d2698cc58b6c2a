/**
 * LDRT, STRT and their like, executed where the guest is: the access is made by what the real CPU knows of the guest's user code. Gives up on whatever is not
 * an aligned access to memory that user code may make; faults and devices are the virtual CPU's. Knows operations by their names.
 */
import { Psr } from '../arm/modes.js';
import { Word } from '../arm/state.js';
import type { Operands } from '../isa/row.js';
import type { Processor } from '../machine/machine.js';
import { Access } from '../mem/ports.js';
import type { MemoryConfigurator } from './memory.js';

const UNPRIVILEGED = /^(LDR|STR)(S?)([BH]?)T_imm$/;
const PC = 15;

/**
 * @param real the processor that traps, whose registers are the guest's
 * @param o operands of `operation`
 * @returns what executes the instruction but for moving PC, and returns false, with nothing done, if it gives up; undefined for any other instruction
 */
export function unprivilegedAccess(
  real: Processor,
  memory: Pick<MemoryConfigurator, 'hostForUser'>,
  operation: string,
  { t, n, offset, index, wback }: Operands,
): (() => boolean) | undefined {
  const [, direction, sign, unit] = UNPRIVILEGED.exec(operation) ?? [];
  if (direction === undefined || t === PC || n === PC) return undefined;
  const size = unit === 'B' ? 1 : unit === 'H' ? 2 : 4;
  const unused = sign === '' ? 0 : 32 - 8 * size;
  const { state } = real;
  const { u8, u16, i32 } = real.memory;
  return () => {
    const moved = state[n] + offset;
    const address = (index ? moved : state[n]) >>> 0;
    if (address % size !== 0 || (state[Word.PSR] & Psr.E) !== 0) return false;
    const host = memory.hostForUser(address, direction === 'STR' ? Access.write : Access.read);
    if (host < 0) return false;
    if (direction === 'LDR') {
      const value = size === 4 ? i32[host / 4] : size === 2 ? u16[host / 2] : u8[host];
      if (wback) state[n] = moved;
      state[t] = (value << unused) >> unused;
    } else {
      if (size === 4) i32[host / 4] = state[t];
      else if (size === 2) u16[host / 2] = state[t];
      else u8[host] = state[t];
      if (wback) state[n] = moved;
    }
    return true;
  };
}
