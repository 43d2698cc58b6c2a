/** A range of an address space, for tests of the panel "MMU". */
import type { MmuRange } from '../../src/protocol/views/mmu.js';

export const range = (address: number, length: number, more: Partial<MmuRange> = {}): MmuRange => ({
  address,
  length,
  pa: address,
  pieces: 1,
  leaf: 0x1000,
  level: 2,
  domain: 0,
  notGlobal: false,
  PL1: 'rwx',
  PL0: '---',
  attributes: 'Normal, Non-cacheable, Non-shareable',
  target: 'RAM',
  ...more,
});
