/**
 * Behaviour of the CP14 registers that do more than keep a value (DDI 0406C C11.11): those that control debug events, OS lock, claim tags,
 * the internal view of DBGDSCR; and ThumbEE's. Which events there are is for debug-events.ts to find out.
 */
import { Cp15, sysregWord } from '../arm/cp15.js';
import { DBGOSDLR_DLK, DBGOSLSR_OSLK } from '../arm/debug-registers.js';
import { systemRegisters } from '../isa/sysreg.js';
import type { Behaviours, RegisterBehaviour } from './system-registers.js';

/** What unlocks and locks: DBGOSLAR's key. */
const OS_LOCK_KEY = 0xc5ac_ce55 | 0;
/** Eight claim tags exist. */
const CLAIM_TAGS = 0xff;
/** DBGBCR.BAS selects halfwords: its bits 1 and 3 are copies of bits 0 and 2. */
const BAS_HALFWORDS = 0b0101 << 5;

/** @param changed to be called after a register that controls debug events was written */
export function debugBehaviours(state: Int32Array, changed: () => void): Behaviours {
  const claim = sysregWord('DBGCLAIMCLR');
  const control = (word: number, kept: (value: number) => number = (value) => value): RegisterBehaviour => ({
    write: (value) => {
      state[word] = kept(value);
      changed();
    },
  });
  const named = (prefix: string, kept?: (value: number) => number): Behaviours =>
    Object.fromEntries(
      systemRegisters
        .filter(({ name }) => name.startsWith(prefix))
        .map(({ name }) => [name, control(sysregWord(name), kept)]),
    );
  return {
    ...named('DBGBVR'),
    ...named('DBGBCR', (value) => (value & ~(BAS_HALFWORDS << 1)) | ((value & BAS_HALFWORDS) << 1)),
    ...named('DBGWVR', (value) => value & ~3),
    ...named('DBGWCR'),
    DBGVCR: control(sysregWord('DBGVCR')),
    DBGDSCRext: control(Cp15.DBGDSCR),
    DSCR: control(Cp15.DBGDSCR),
    DBGDSCRint: { read: () => state[Cp15.DBGDSCR] },
    DBGOSLAR: {
      write: (value) => {
        const locked = value === OS_LOCK_KEY ? DBGOSLSR_OSLK : 0;
        state[Cp15.DBGOSLSR] = (state[Cp15.DBGOSLSR] & ~DBGOSLSR_OSLK) | locked;
        changed();
      },
    },
    DBGOSDLR: control(sysregWord('DBGOSDLR'), (value) => value & DBGOSDLR_DLK),
    DBGPRCR: control(sysregWord('DBGPRCR')),
    DBGCLAIMSET: {
      read: () => CLAIM_TAGS,
      write: (value) => {
        state[claim] |= value & CLAIM_TAGS;
      },
    },
    DBGCLAIMCLR: {
      write: (value) => {
        state[claim] &= ~value;
      },
    },
    TEECR: {
      write: (value) => {
        state[Cp15.TEECR] = value & 1;
      },
    },
  };
}
