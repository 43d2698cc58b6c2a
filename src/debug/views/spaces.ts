/**
 * The address spaces that views look into: the guest's own, those of its other processes for which the VMM has shadow tables, and what the shadow tables
 * themselves give to the guest's kernel and user. Each is a set of registers and a reader of tables; walking is the processor's own code.
 */
import { Cp15, modifiedAddress, SCTLR_M, SCTLR_R, SCTLR_S, SCTLR_XP, TTBCR_EAE } from '../../arm/cp15.js';
import { FaultType } from '../../arm/exceptions.js';
import { Psr, modeName } from '../../arm/modes.js';
import { Word } from '../../arm/state.js';
import type { Guest } from '../../machine/guest.js';
import { PAGE } from '../../mem/layout.js';
import type { Translation } from '../../mem/ports.js';
import { walkTables } from '../../mem/translate.js';
import { SCTLR_TRANSLATION, type TableMemory, type TranslationRegisters } from '../../mem/walk.js';
import type { Hypervisor } from '../../vmm/hypervisor.js';
import { GUEST_KERNEL, GUEST_USER } from '../../vmm/shadow.js';
import { debugErrors } from '../errors.js';
import type { SpaceInfo, TableFormat } from '../../protocol/views/mmu.js';
import { hex32 } from '../../util/bits.js';

type Processor = Guest['cpu'];

const SPACE_END = 2 ** 32;
const MIB = 0x10_0000;

export const GUEST_SPACE = 'guest';
export const KERNEL_SPACE = 'kernel';
export const USER_SPACE = 'user';

export class AddressSpace {
  constructor(
    readonly info: SpaceInfo,
    /** A copy. */
    readonly registers: TranslationRegisters,
    readonly FCSEIDR: number,
    readonly ASID: number,
    /** Whose MMU walks, and for which fetch context. */
    readonly cpu: Pick<Processor, 'mmu' | 'state'> & { readonly model: { readonly name: string } },
    readonly context: number,
    /** The tables are the VMM's: what they lead to is the machine's physical memory, and everything runs at PL0. */
    readonly shadow: boolean,
  ) {}

  get format(): TableFormat {
    const { SCTLR, TTBCR, subpages } = this.registers;
    if ((SCTLR & SCTLR_M) === 0) return 'off';
    if ((TTBCR & TTBCR_EAE) !== 0) return 'long';
    return subpages ? 'subpages' : 'short';
  }

  /** The modified virtual address (u32) of a virtual one (u32). */
  modified(va: number): number {
    return modifiedAddress(this.FCSEIDR, va);
  }

  /** Walks for a modified virtual address as the processor would, without its TLB and without checking rights. */
  walk(mva: number, out: Translation, tables: TableMemory = this.cpu.mmu): void {
    walkTables(this.registers, tables, mva, out);
  }

  /** Bytes, around the address of a walk, that stand or fall with what it found; where nothing is mapped, as far as one walk tells. */
  grain(out: Translation): number {
    const { format } = this;
    if (format === 'off') return SPACE_END;
    // supersections and large pages are repeated in 16 descriptors, of which each is read by itself
    if (format !== 'long') return Math.min(out.fault === FaultType.None ? out.size : MIB, out.level === 2 ? PAGE : MIB);
    if (out.fault === FaultType.None) return out.size;
    return out.level === 3 ? PAGE : out.level === 2 ? 2 * MIB : 32 * MIB;
  }
}

/** What was read on a walk. */
export interface Fetch {
  readonly pa: number;
  /** As it lies in memory, little-endian, u32. */
  readonly word: number;
  /** No memory answered. */
  readonly failed: boolean;
}

/** Reads tables for a walk, and remembers what. */
export class RecordingTables implements TableMemory {
  tableFailed = false;
  readonly fetches: Fetch[] = [];

  constructor(private readonly tables: TableMemory) {}

  readTable(pa: number): number {
    const word = this.tables.readTable(pa);
    this.tableFailed = this.tables.tableFailed;
    this.fetches.push({ pa, word: word >>> 0, failed: this.tableFailed });
    return word;
  }
}

export class Spaces {
  constructor(
    private readonly guest: Guest,
    private readonly vmm: Hypervisor | undefined,
  ) {}

  /** All there are at the moment; the guest's own first. */
  list(): SpaceInfo[] {
    const real = this.vmm
      ? [
          { id: KERNEL_SPACE, name: "Shadow tables of the guest's kernel" },
          { id: USER_SPACE, name: "Shadow tables of the guest's user" },
        ]
      : [];
    return [{ id: GUEST_SPACE, name: 'Guest, where it is now' }, ...this.others().map(({ info }) => info), ...real];
  }

  /** @throws UserError 258 */
  of(id: string): AddressSpace {
    if (id === GUEST_SPACE) return this.current();
    if (this.vmm && (id === KERNEL_SPACE || id === USER_SPACE)) return this.shadow(this.vmm, id);
    const found = this.others().find(({ info }) => info.id === id);
    if (found === undefined) throw debugErrors.noSpace(id);
    return found;
  }

  /** The mode that the guest is in, and whether that is PL1. */
  level(): { readonly mode: string; readonly privileged: boolean } {
    const { cpu } = this.guest;
    return { mode: modeName(cpu.state[Word.PSR] & Psr.M), privileged: cpu.CurrentModeIsNotUser() };
  }

  private current(): AddressSpace {
    const { cpu } = this.guest;
    const { state, mmu } = cpu;
    const info = { id: GUEST_SPACE, name: 'Guest, where it is now' };
    return new AddressSpace(info, mmu.registers(), state[Cp15.FCSEIDR], mmu.asid(), cpu, 0, false);
  }

  private shadow(vmm: Hypervisor, id: typeof KERNEL_SPACE | typeof USER_SPACE): AddressSpace {
    const cpu = vmm.machine.processor;
    const kernel = id === KERNEL_SPACE;
    const context = kernel ? GUEST_KERNEL : GUEST_USER;
    const info = { id, name: `Shadow tables of the guest's ${kernel ? 'kernel' : 'user'}` };
    return new AddressSpace(info, cpu.mmu.registers(context), 0, 0, cpu, context, true);
  }

  /** Spaces of the guest that it is not in, by the registers that they had when the VMM last saw them in use. */
  private others(): AddressSpace[] {
    const { cpu } = this.guest;
    const present = cpu.mmu.registers();
    return (this.vmm?.spaces() ?? [])
      .filter(({ SCTLR, current }) => !current && (SCTLR & SCTLR_M) !== 0)
      .map((space) => {
        const { TTBCR, TTBR0, TTBR0_high, TTBR1, TTBR1_high, FCSEIDR, ASID } = space;
        const SCTLR = (present.SCTLR & ~SCTLR_TRANSLATION) | space.SCTLR;
        const registers = { ...present, SCTLR, TTBCR, TTBR0, TTBR0_high, TTBR1, TTBR1_high };
        registers.subpages = cpu.mmu.armv6 && (SCTLR & SCTLR_XP) === 0;
        registers.systemAndRom = cpu.mmu.armv6 ? SCTLR & (SCTLR_S | SCTLR_R) : 0;
        const base = `TTBR0 ${hex32(TTBR0)}, ASID ${ASID}${FCSEIDR === 0 ? '' : `, process ${FCSEIDR >>> 25}`}`;
        const info = { id: `${TTBR0 >>> 0}-${TTBR1 >>> 0}-${ASID}-${FCSEIDR >>> 25}`, name: `Guest, ${base}` };
        return new AddressSpace(info, registers, FCSEIDR, ASID, cpu, 0, false);
      });
  }
}
