/**
 * Behaviour of the CP14 registers that do more than keep a value (DDI 0406C C11.11): OS lock, claim tags, the internal view of DBGDSCR;
 * and ThumbEE's. No debug event is ever generated from them.
 */
import { Cp15, sysregWord } from '../arm/cp15.js';
import type { Behaviours } from './system-registers.js';

/** What unlocks and locks: DBGOSLAR's key. */
const OS_LOCK_KEY = 0xc5ac_ce55 | 0;
const DBGOSLSR_OSLK = 1 << 1;
/** Eight claim tags exist. */
const CLAIM_TAGS = 0xff;

export function debugBehaviours(state: Int32Array): Behaviours {
  const claim = sysregWord('DBGCLAIMCLR');
  return {
    DBGDSCRint: { read: () => state[Cp15.DBGDSCR] },
    DBGOSLAR: {
      write: (value) => {
        const locked = value === OS_LOCK_KEY ? DBGOSLSR_OSLK : 0;
        state[Cp15.DBGOSLSR] = (state[Cp15.DBGOSLSR] & ~DBGOSLSR_OSLK) | locked;
      },
    },
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
    DSCR: {
      write: (value) => {
        state[Cp15.DBGDSCR] = value;
      },
    },
    TEECR: {
      write: (value) => {
        state[Cp15.TEECR] = value & 1;
      },
    },
  };
}
