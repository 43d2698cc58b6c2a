/**
 * The world switch: moves the live state between the real CPU, where the guest runs deprivileged, and the virtual CPU, where the VMM acts on
 * what the guest believes to be its processor. Owns the rule of what is shared and what is virtual; decides nothing.
 *
 * Shared (the same in both worlds while the guest runs): R0..R14, PC, the flags, Q, GE, T, ITSTATE, CPSR.E.
 * Virtual only: CPSR.M, banked registers, SPSRs, CP15. Mirrored into the real CPSR: A, I and F, so that an interrupt is taken at the very
 * instruction at which it would be taken bare, and guest user code reads what it would read bare. The real CPU is always in User mode.
 */
import { Mode, Psr } from '../arm/modes.js';
import { Word } from '../arm/state.js';
import { GUEST_KERNEL, GUEST_USER } from './shadow.js';

/** Words R0..R14, R15_READ, PC, NF, ZF, CF, VF, QF, GE, T, ITSTATE: one run at the start of the state block. */
const SHARED_WORDS = Word.ITSTATE + 1;
const MIRRORED = Psr.E | Psr.A | Psr.I | Psr.F;

/** Copies what the guest did on the real CPU into the virtual one. */
export function enterVmm(real: Int32Array, virtual: Int32Array): void {
  for (let i = 0; i < SHARED_WORDS; i++) virtual[i] = real[i];
  virtual[Word.PSR] = (virtual[Word.PSR] & ~Psr.E) | (real[Word.PSR] & Psr.E);
}

/** Copies what the VMM did on the virtual CPU back. Returns the fetch context in which the guest goes on. */
export function leaveVmm(real: Int32Array, virtual: Int32Array): number {
  for (let i = 0; i < SHARED_WORDS; i++) real[i] = virtual[i];
  real[Word.PSR] = Mode.usr | (virtual[Word.PSR] & MIRRORED);
  return (virtual[Word.PSR] & Psr.M) === Mode.usr ? GUEST_USER : GUEST_KERNEL;
}
