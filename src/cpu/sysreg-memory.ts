/**
 * Behaviour of the CP15 registers that control memory and exceptions, and of the maintenance and address translation operations (DDI 0406C
 * B4.1, B4.2). Caches and predictors are not modelled, so most maintenance has no effect; by address it may still fault.
 */
import {
  Cp15,
  CPACR_ASEDIS,
  CPACR_cp10_shift,
  CPACR_D32DIS,
  FCSEIDR_PID,
  FCSETranslate,
  SCTLR_CP15BEN,
  SCTLR_NMFI,
  SCTLR_V,
  TTBCR_EAE,
  TTBCR_N,
} from '../arm/cp15.js';
import { Exception, FaultType } from '../arm/exceptions.js';
import { Word } from '../arm/state.js';
import { featureMask } from '../isa/features.js';
import { parHigh, parLow } from '../mem/fault.js';
import type { Mmu } from '../mem/mmu.js';
import { Access, type AccessKind } from '../mem/ports.js';
import { noFault } from '../mem/view.js';
import { SCTLR_TRANSLATION } from '../mem/walk.js';
import type { Core } from './core.js';
import type { ExceptionUnit } from './exceptions.js';
import { hasFcse, isV7, type CpuModel } from './models.js';
import { type Behaviours, NO_EFFECT, type RegisterBehaviour } from './system-registers.js';

/** TTBCR[21:19, 15:14, 6:3] are reserved in the long format. */
const TTBCR_LONG = ~((7 << 19) | (3 << 14) | (15 << 3));
/** Coprocessors 10 and 11 exist. */
const CPACR_WRITABLE = (0xf << CPACR_cp10_shift) | CPACR_ASEDIS | CPACR_D32DIS;

/** Long descriptors, and SCTLR.CP15BEN, which came at the same time. */
const LPAE = featureMask(['lpae']);

/** What these behaviours reach. */
export interface MemoryControl {
  readonly core: Core;
  readonly mmu: Mmu;
  readonly exceptions: ExceptionUnit;
  readonly model: CpuModel;
  /** The processor's WFI. */
  readonly waitForInterrupt: () => void;
  /** The exception vectors lie elsewhere, or the FCSE relocates to elsewhere. */
  readonly addressesMoved: () => void;
}

export function memoryBehaviours(control: MemoryControl): Behaviours {
  return {
    ...controlBehaviours(control),
    ...cacheBehaviours(control),
    ...tlbBehaviours(control),
    ...translationBehaviours(control),
  };
}

function controlBehaviours({ core, mmu, model, addressesMoved }: MemoryControl): Behaviours {
  const { state } = core;
  const longDescriptors = (model.features & LPAE) !== 0;
  /** A translation table base: software may rely on nothing but non-global translations going. */
  const tableBase = (word: number): RegisterBehaviour => {
    const set = (low: number, high: number): void => {
      if (state[word] === low && state[word + 1] === high) return;
      state[word] = low;
      state[word + 1] = high;
      mmu.changeSpace();
      core.contextChanged();
    };
    return { write: (value) => set(value, 0), write64: set };
  };
  return {
    SCTLR: {
      // @impdef bits that this processor does not implement keep what is written; NMFI is fixed at 0.
      write: (value) => {
        const changed = state[Cp15.SCTLR] ^ value;
        state[Cp15.SCTLR] = value & ~SCTLR_NMFI;
        if ((changed & SCTLR_TRANSLATION) !== 0) mmu.changeRegime();
        if ((changed & SCTLR_V) !== 0) addressesMoved();
        core.updateContext();
        core.contextChanged();
      },
    },
    CPACR: {
      // What the model sets stays: D32DIS and ASEDIS where there is nothing to disable.
      write: (value) => {
        state[Cp15.CPACR] = (value & CPACR_WRITABLE) | (model.registers.CPACR | 0);
        core.updateContext();
        core.contextChanged();
      },
    },
    TTBR0: tableBase(Cp15.TTBR0),
    TTBR1: tableBase(Cp15.TTBR1),
    TTBR0_64: tableBase(Cp15.TTBR0),
    TTBR1_64: tableBase(Cp15.TTBR1),
    TTBCR: {
      write: (value) => {
        const kept = longDescriptors && (value & TTBCR_EAE) !== 0 ? value & TTBCR_LONG : value & TTBCR_N;
        if (state[Cp15.TTBCR] === kept) return;
        state[Cp15.TTBCR] = kept;
        mmu.changeRegime();
        core.contextChanged();
      },
    },
    DACR: {
      write: (value) => {
        state[Cp15.DACR] = value;
        core.updateContext();
        core.contextChanged();
      },
    },
    FCSEIDR: {
      write: (value) => {
        const kept = hasFcse(model) ? value & FCSEIDR_PID : 0;
        if (state[Cp15.FCSEIDR] === kept) return;
        state[Cp15.FCSEIDR] = kept;
        mmu.changeProcess();
        addressesMoved();
        core.contextChanged();
      },
    },
    CONTEXTIDR: {
      write: (value) => {
        const asid = mmu.asid();
        state[Cp15.CONTEXTIDR] = value;
        if (mmu.asid() === asid) return;
        mmu.changeSpace();
        core.contextChanged();
      },
    },
    VBAR: {
      write: (value) => {
        state[Cp15.VBAR] = value & ~31;
        addressesMoved();
      },
    },
    CSSELR: {
      write: (value) => {
        state[Cp15.CSSELR] = value & 15;
      },
    },
    CCSIDR: { read: () => model.caches[state[Cp15.CSSELR]] ?? 0 },
    // ISR: what is pending, masked or not; A is never pending.
    ISR: { read: () => (core.irqLine ? 1 << 7 : 0) | (core.fiqLine ? 1 << 6 : 0) },
    // A 32-bit access reaches the low word only.
    PAR: {
      write: (value) => {
        state[Cp15.PAR] = value;
      },
    },
  };
}

function cacheBehaviours({ core, mmu, exceptions, model, waitForInterrupt }: MemoryControl): Behaviours {
  const { state } = core;
  const fault = noFault();
  /**
   * By modified virtual address: no effect, but the address is translated, and faults of the translation (not of permissions) are taken (B3.12.3).
   */
  const byAddress: RegisterBehaviour = {
    write: (address) => {
      const mva = address >>> 0;
      const isVa = FCSETranslate(state, mva) === mva;
      const t = isVa ? mmu.access(mva, Access.read, true) : mmu.translateModified(mva, Access.read, true);
      if (t.fault === FaultType.None || t.fault === FaultType.Permission) return;
      fault.type = t.fault;
      fault.level = t.level;
      fault.domain = t.domain;
      fault.address = mva;
      exceptions.raiseDataAbort(fault, true);
    },
  };
  /** CP15 barriers: memory is always in order. SCTLR.CP15BEN, where there is one, makes them Undefined. */
  const optional: RegisterBehaviour = {
    write: () => {
      if ((state[Cp15.SCTLR] & SCTLR_CP15BEN) === 0) exceptions.raise(Exception.Undefined);
    },
  };
  const barrier = (model.features & LPAE) !== 0 ? optional : NO_EFFECT;
  const names =
    'ICIALLUIS BPIALLIS ICIALLU BPIALL BPIMVA DCIALL DCISW CIALL DCCALL DCCSW UCCALL CP15PFI DCCIALL DCCISW UCCIALL';
  return {
    // B4.2.5: a wait in ARMv6, since ARMv7 no operation.
    CP15WFI: isV7(model) ? NO_EFFECT : { write: waitForInterrupt },
    ...Object.fromEntries(names.split(' ').map((name) => [name, NO_EFFECT])),
    ...Object.fromEntries('ICIMVAU DCIMVAC DCCMVAC DCCMVAU DCCIMVAC'.split(' ').map((name) => [name, byAddress])),
    ...Object.fromEntries('CP15ISB CP15DSB CP15DMB'.split(' ').map((name) => [name, barrier])),
  };
}

function tlbBehaviours({ core, mmu }: MemoryControl): Behaviours {
  const operation = (flush: (value: number) => void): RegisterBehaviour => ({
    write: (value) => {
      flush(value);
      core.contextChanged();
    },
  });
  const all = operation(() => mmu.flushAll(core.state[Word.CONTEXT]));
  const mva = operation((value) => mmu.flushMva(value >>> 0, value & 0xff));
  const mvaa = operation((value) => mmu.flushMva(value >>> 0));
  const asid = operation((value) => mmu.flushAsid(value & 0xff));
  return {
    ...Object.fromEntries('TLBIALLIS ITLBIALL DTLBIALL TLBIALL'.split(' ').map((name) => [name, all])),
    ...Object.fromEntries('TLBIMVAIS ITLBIMVA DTLBIMVA TLBIMVA'.split(' ').map((name) => [name, mva])),
    ...Object.fromEntries('TLBIMVAAIS TLBIMVAA'.split(' ').map((name) => [name, mvaa])),
    ...Object.fromEntries('TLBIASIDIS ITLBIASID DTLBIASID TLBIASID'.split(' ').map((name) => [name, asid])),
  };
}

function translationBehaviours({ core, mmu, exceptions }: MemoryControl): Behaviours {
  const { state } = core;
  const fault = noFault();
  const operation = (access: AccessKind, privileged: boolean): RegisterBehaviour => ({
    write: (address) => {
      const t = mmu.translate(address >>> 0, access, privileged);
      if (t.fault === FaultType.ExternalOnWalk) {
        fault.type = t.fault;
        fault.level = t.level;
        fault.domain = t.domain;
        fault.address = FCSETranslate(state, address >>> 0);
        exceptions.raiseDataAbort(fault, true);
      }
      const long = (state[Cp15.TTBCR] & TTBCR_EAE) !== 0;
      state[Cp15.PAR] = parLow(t, long);
      state[Cp15.PAR + 1] = parHigh(t, long);
    },
  });
  return {
    ATS1CPR: operation(Access.read, true),
    ATS1CPW: operation(Access.write, true),
    ATS1CUR: operation(Access.read, false),
    ATS1CUW: operation(Access.write, false),
  };
}
