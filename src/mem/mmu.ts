/**
 * Address translation of the processor: walks, remembers, and fills the tables that engines read inline. Owns the TLB banks and the keys of
 * the code page hash in the one memory, and Word.TLB_BANK and Word.CODE_KEY. Knows no instruction, and no VMM: only that fetch contexts may
 * each have tables of their own.
 *
 * Where the processor has the FCSE, what is walked for is the modified virtual address. What is remembered goes by the virtual one, of which the lowest
 * process block has another translation when FCSEIDR.PID changes.
 *
 * Banks. Without contexts bank 0 serves PL0 and bank 1 PL1, over the same records; with contexts each bank has its context's own records
 * and translation table, and switching between them flushes nothing.
 */
import { CONTEXTIDR_ASID, Cp15, FCSE_BLOCK, FCSETranslate, TTBCR_A1, TTBCR_EAE } from '../arm/cp15.js';
import { FaultType } from '../arm/exceptions.js';
import { Mode, Psr } from '../arm/modes.js';
import { Word } from '../arm/state.js';
import type { PhysicalBus } from './bus.js';
import { BANKS, TlbBanks } from './banks.js';
import type { DirtyPages } from './dirty-pages.js';
import { INVALID_BANK } from './layout.js';
import type { CpuMemory } from './memory.js';
import { Access, type AccessKind, type AccessWatch, type Translation, type TranslationListener } from './ports.js';
import { domainOf, NO_DOMAIN, Tlb, TlbRecords } from './tlb.js';
import { checkAccess, domainRights, domainsApply, neededRight, walkTables } from './translate.js';
import {
  emptyRegisters,
  emptyTranslation,
  loadRegisters,
  type TableMemory,
  type TranslationRegisters,
} from './walk.js';

/** First physical address behind those that fit a word. */
const WORD_END = 0x1_0000_0000;

/** An entry of the TLB as a person looks at it. */
export interface TlbEntry {
  /** Fetch context that it belongs to (0 without contexts). */
  readonly context: number;
  /** Virtual and physical address of the 4 KiB page. */
  readonly va: number;
  readonly pa: number;
  /** Bytes that the leaf maps. */
  readonly size: number;
  readonly level: number;
  /** undefined where no domain governs. */
  readonly domain: number | undefined;
  /** {@link Right} bits under the present DACR. */
  readonly rights: number;
  readonly notGlobal: boolean;
}

/** What a snapshot keeps of the TLB: structured-clonable. */
export interface MmuState {
  readonly contexts: boolean;
  readonly contextTable: readonly [number, number];
  readonly records: readonly Int32Array[];
}

export class Mmu implements TableMemory {
  tableFailed = false;
  /** The processor is one of ARMv6: SCTLR.XP, S and R, and U for the accesses of data-access.ts, mean something. */
  armv6 = false;

  readonly #bus: PhysicalBus;
  readonly #i32: Int32Array;
  readonly #state: Int32Array;
  readonly #registers = emptyRegisters();
  readonly #outcome = emptyTranslation();
  readonly #probe = emptyTranslation();

  /** By context. The second exists from when contexts are first used. */
  readonly #records: TlbRecords[] = [new TlbRecords()];
  readonly #banks: TlbBanks;
  readonly #dirty: DirtyPages;
  readonly #inline: boolean;
  /** By bank: the DACR under which its words are valid. */
  readonly #bankDacr = new Int32Array(2);
  #contexts = false;
  readonly #contextTable = new Int32Array(2);
  /** The bank in use, whatever CPSR.E says. */
  #bank = 1;
  #watch: AccessWatch | undefined;

  /** For one who derives from this processor's translations. */
  listener: TranslationListener | undefined;

  /** Takes over `bus.onMapChange` and `bus.onCodeMarked`, and `memory.dirty.onEpoch` if the tables are its own. */
  constructor(memory: CpuMemory, bus: PhysicalBus) {
    this.#bus = bus;
    this.#banks = new TlbBanks(memory);
    this.#dirty = memory.dirty;
    this.#inline = memory.inlineTables;
    if (this.#inline) this.#dirty.onEpoch = () => this.#banks.dropWrites();
    this.#i32 = memory.i32;
    this.#state = memory.state;
    bus.onMapChange = (pa, length) => this.#mapChanged(pa, length);
    bus.onCodeMarked = (host) => this.#banks.dropWrite(host);
  }

  // ---- translation without side effects

  /**
   * Translates by a fresh walk and changes nothing: for address translation operations, maintenance by MVA and debuggers. Faults are in the
   * result. (A guest's ATS operation takes a data abort for FaultType.ExternalOnWalk; the others go to PAR.)
   * @param context fetch context whose tables to use; by default the one in use.
   */
  translate(va: number, access: AccessKind, privileged: boolean, context = this.#context()): Translation {
    return this.translateModified(FCSETranslate(this.#state, va), access, privileged, context);
  }

  /** {@link translate} of a modified virtual address: for what the FCSE has no part in. */
  translateModified(mva: number, access: AccessKind, privileged: boolean, context = this.#context()): Translation {
    const out = this.#probe;
    this.#walk(mva, context, out);
    checkAccess(this.#registers, out, access, privileged);
    return out;
  }

  /** Descriptors come from memory. @deviates a table in device space is an external abort on the walk: reading it could have effects. */
  readTable(pa: number): number {
    const page = this.#bus.directPage(pa, false);
    this.tableFailed = page < 0;
    return page < 0 ? 0 : this.#i32[(page + (pa & 0xfff)) >>> 2];
  }

  #context(): number {
    return this.#contexts ? this.#state[Word.CONTEXT] : 0;
  }

  /** The registers that walks in a context go by: a copy, to walk with `walkTables` and a reader of one's own. */
  registers(context = this.#context()): TranslationRegisters {
    const registers = emptyRegisters();
    this.#load(context, registers);
    return registers;
  }

  #load(context: number, registers: TranslationRegisters): void {
    loadRegisters(this.#state, registers, this.armv6);
    if (this.#contexts) registers.TTBR0 = this.#contextTable[context];
  }

  #walk(mva: number, context: number, out: Translation): void {
    this.#load(context, this.#registers);
    walkTables(this.#registers, this, mva, out);
  }

  // ---- the processor's own accesses

  /**
   * Translates for an access of the processor, from the TLB where it has the page and the page allows the access, else by a walk whose
   * result the TLB keeps (a refusal is never kept). The result does not carry attributes.
   */
  access(va: number, access: AccessKind, privileged: boolean, context = this.#context()): Translation {
    const records = this.#records[context];
    const info = records.info[va >>> 12];
    const out = this.#outcome;
    if ((info & Tlb.valid) !== 0) {
      const rights = this.#rights(info);
      if ((rights & neededRight(access, privileged)) !== 0) {
        records.read(va, info, out);
        out.rights = rights;
        out.leafRights = info & Tlb.rights;
        return out;
      }
    }
    const mva = FCSETranslate(this.#state, va);
    this.#walk(mva, context, out);
    const leaf = out.rights;
    checkAccess(this.#registers, out, access, privileged);
    out.leafRights = leaf;
    if (out.fault === FaultType.None) {
      const page = va >>> 12;
      if ((info & Tlb.valid) !== 0) {
        this.#drop(page, context);
        this.listener?.addressForgotten(mva, undefined);
      }
      // Subpages with rights of their own are not remembered: each access walks.
      if (out.size >= 4096) records.enter(page, out, leaf, domainsApply(this.#registers) ? out.domain : NO_DOMAIN);
    }
    return out;
  }

  /** Rights of a record under the present DACR. */
  #rights(info: number): number {
    const domain = domainOf(info);
    const leaf = info & Tlb.rights;
    return domain === NO_DOMAIN ? leaf : domainRights(this.#state[Cp15.DACR], domain, leaf);
  }

  /**
   * Byte address in the memory of the page at `pa` for a data access that {@link access} has just allowed, or -1 where it must go to the
   * bus; fills the bank in use, so that the next access of that kind is inline, or goes to its device at once. A page that is to be stored to is
   * dirty from here on.
   */
  direct(va: number, pa: number, write: boolean, privileged: boolean, context = this.#context()): number {
    const host = this.#bus.directPage(pa, write);
    if (host >= 0 && write) this.#dirty.mark(host);
    if (!this.#inline || (this.#contexts ? context : privileged ? 1 : 0) !== this.#bank) return host;
    const page = va >>> 12;
    const info = this.#records[context].info[page];
    if ((info & Tlb.valid) === 0 || this.#watch?.watchesPage(page) === true) return host;
    if (host < 0 && !this.#isDevice(pa)) return host;
    this.#banks.list(this.#bank, page, domainOf(info));
    if (host >= 0) this.#banks.fill(this.#bank, page, host, write);
    else this.#banks.fillDevice(this.#bank, page, pa, write);
    return host;
  }

  /** Whether the page of `pa` is a device's that a word of the banks can name. */
  #isDevice(pa: number): boolean {
    return pa < WORD_END && this.#bus.isDevicePage(pa, false);
  }

  /** What looks at data accesses; undefined, if nothing does. To be set anew when it watches other pages. */
  get watch(): AccessWatch | undefined {
    return this.#watch;
  }
  set watch(watch: AccessWatch | undefined) {
    this.#watch = watch;
    for (let bank = 0; bank < BANKS; bank++) this.#banks.clear(bank);
  }

  /**
   * {@link access} for an instruction fetch with the current rights. The engine may then enter the page in the code page hash under
   * Word.CODE_KEY: the key goes when the translation does. A page whose subpages have rights of their own (`size` is less than its own) it must
   * enter in no way that executes an instruction without another fetch.
   */
  fetch(va: number): Translation {
    const out = this.access(va, Access.fetch, this.privileged());
    if (out.fault === FaultType.None) {
      const page = va >>> 12;
      const info = this.#records[this.#context()].info[page];
      this.#banks.list(this.#bank, page, (info & Tlb.valid) !== 0 ? domainOf(info) : out.domain);
    }
    return out;
  }

  /** Whether the processor is at PL1. */
  privileged(): boolean {
    return (this.#state[Word.PSR] & Psr.M) !== Mode.usr;
  }

  // ---- which bank and key are in use

  /**
   * Sets Word.TLB_BANK and Word.CODE_KEY from CPSR.M, CPSR.E, CPSR.T and the context. To be called after any of these, or DACR, has changed
   * (an engine may itself flip the T bit of the key).
   */
  select(): void {
    const state = this.#state;
    const context = this.#context();
    this.#bank = this.#contexts ? context : this.privileged() ? 1 : 0;
    // No engine goes by the words of a virtual CPU.
    if (!this.#inline) return;
    this.#syncDomains(this.#bank);
    state[Word.TLB_BANK] = this.#banks.use((state[Word.PSR] & Psr.E) !== 0 ? INVALID_BANK : this.#bank);
    state[Word.CODE_KEY] = 1 | (state[Word.T] << 1) | (this.#bank << 2) | (context << 4);
  }

  /**
   * Makes a bank's words right for the present DACR. Done only for the bank that comes into use: a kernel that closes the user's domain on
   * entry and opens it before it returns costs PL0's bank nothing.
   */
  #syncDomains(bank: number): void {
    const DACR = this.#state[Cp15.DACR];
    const changed = this.#bankDacr[bank] ^ DACR;
    if (changed === 0) return;
    this.#bankDacr[bank] = DACR;
    for (let domain = 0; domain < NO_DOMAIN; domain++) {
      if (((changed >>> (2 * domain)) & 3) !== 0) this.#banks.clearDomain(bank, domain);
    }
  }

  /**
   * Gives each fetch context records, a bank and a translation table (TTBR0) of its own, or takes that back. Everything is flushed. With
   * contexts all execution is at PL0; what TTBR0 holds when they come into use serves both until {@link setContextTable}.
   */
  useContexts(on: boolean): void {
    this.flushAll();
    if (on && this.#records.length === 1) this.#records.push(new TlbRecords());
    this.#contexts = on;
    this.#contextTable.fill(this.#state[Cp15.TTBR0]);
    if (!on) this.#state[Word.CONTEXT] = 0;
    this.select();
  }

  /** Makes TTBR0 of a context `TTBR0`. Nothing is flushed. */
  setContextTable(context: number, TTBR0: number): void {
    this.#contextTable[context] = TTBR0;
    if (this.#context() === context) this.#state[Cp15.TTBR0] = TTBR0;
  }

  /** Goes over to a context and its table: Word.CONTEXT, TTBR0, bank and key. Nothing is flushed. */
  switchContext(context: number): void {
    this.#state[Word.CONTEXT] = context;
    this.#state[Cp15.TTBR0] = this.#contextTable[context];
    this.select();
  }

  // ---- flushing

  /** Forgets all translations (of one context): for TLBIALL. */
  flushAll(context?: number): void {
    this.#clear(context);
    this.listener?.allForgotten();
  }

  /**
   * Forgets all translations: for a write that changes TTBCR or SCTLR's bits on which walks depend. DACR needs only {@link select}; PRRR, NMRR
   * and MAIR need nothing.
   */
  changeRegime(): void {
    this.#clear(undefined);
    this.listener?.spaceChanged();
  }

  #clear(context: number | undefined): void {
    const all = context === undefined || !this.#contexts;
    for (let bank = 0; bank < BANKS; bank++) if (all || bank === context) this.#banks.clear(bank);
    this.#records.forEach((records, i) => {
      if (all || i === context) records.clear();
    });
  }

  /**
   * Forgets what belongs to the current address space: for a write to TTBR0, TTBR1 or CONTEXTIDR that changes it (software's duties around
   * such a write allow more to be forgotten, never less).
   */
  changeSpace(): void {
    this.flushNonGlobal();
    this.listener?.spaceChanged();
  }

  /** Forgets what the FCSE relocates: for a write to FCSEIDR that changes it. */
  changeProcess(): void {
    this.flushRange(0, FCSE_BLOCK, this.#context());
    this.listener?.spaceChanged();
  }

  /** Forgets what is not global. */
  flushNonGlobal(context = this.#context()): void {
    const records = this.#records[context];
    const { local } = records;
    for (let i = 0; i < local.length; i++) {
      const page = local.items[i];
      if ((records.info[page] & Tlb.notGlobal) !== 0) this.#drop(page, context);
      records.info[page] &= ~Tlb.inLocal;
    }
    local.length = 0;
  }

  /**
   * Forgets all pages of the leaf that maps a modified virtual address, in any address space: for TLBIMVA and TLBIMVAA, and their instruction
   * and data forms. The FCSE has no part in it.
   * @param asid the one that was named, if any: for the listener
   */
  flushMva(mva: number, asid?: number): void {
    const context = this.#context();
    this.#flushLeaf(mva, context);
    // Of the present process block it is the translation of another virtual address, too.
    const va = mva % FCSE_BLOCK;
    if (va !== mva && FCSETranslate(this.#state, va) === mva) this.#flushLeaf(va, context);
    this.listener?.addressForgotten(mva, asid);
  }

  #flushLeaf(va: number, context: number): void {
    this.#records[context].forEachCovered(va, (page) => this.#drop(page, context));
  }

  /** Forgets the leaves that map `[va, va + length)` in a context. */
  flushRange(va: number, length: number, context: number): void {
    const records = this.#records[context];
    const first = va >>> 12;
    const pages = Math.ceil(length / 4096);
    this.#flushLeaf(va, context);
    for (let page = first + 1; page < first + pages; page++) {
      if ((records.info[page] & Tlb.valid) !== 0) this.#flushLeaf(page * 4096, context);
    }
  }

  /** For TLBIASID: only the current ASID's translations are ever remembered here. */
  flushAsid(asid: number): void {
    if (asid === this.asid()) this.flushNonGlobal();
    this.listener?.asidForgotten(asid);
  }

  /** The current ASID (B3.9.1, B3.10.1): of CONTEXTIDR in the short format, of the TTBR that TTBCR.A1 names in the long one. */
  asid(): number {
    const TTBCR = this.#state[Cp15.TTBCR];
    if ((TTBCR & TTBCR_EAE) === 0) return this.#state[Cp15.CONTEXTIDR] & CONTEXTIDR_ASID;
    return (this.#state[((TTBCR & TTBCR_A1) !== 0 ? Cp15.TTBR1 : Cp15.TTBR0) + 1] >>> 16) & 0xff;
  }

  /** Direct access to `[pa, pa + length)` changed: what engines read goes, the translations stay. */
  #mapChanged(pa: number, length: number): void {
    for (let bank = 0; bank < BANKS; bank++) {
      const { physicalPage } = this.#records[this.#contexts ? bank : 0];
      this.#banks.invalidateWhere(bank, (page) => {
        const at = physicalPage[page] * 4096;
        return at + 4096 > pa && at < pa + length;
      });
    }
  }

  /** Forgets one page. */
  #drop(page: number, context: number): void {
    this.#records[context].info[page] &= ~Tlb.valid;
    for (let bank = 0; bank < BANKS; bank++)
      if (!this.#contexts || bank === context) this.#banks.invalidate(bank, page);
  }

  // ---- looking, and snapshots

  /** What the TLB holds, by context and ascending address. */
  entries(): TlbEntry[] {
    return this.#records.flatMap((_, context) => this.entriesFrom(context, 0, Infinity));
  }

  /** What the TLB holds in a context (0 where there are none) from `va` (u32) on, at most `maximum`, ascending. */
  entriesFrom(context: number, va: number, maximum: number): TlbEntry[] {
    const records = this.#records.at(context);
    if (records === undefined) return [];
    return records.pagesFrom(va >>> 12, maximum).map((page) => this.#entry(records, context, page));
  }

  /** How many pages {@link entriesFrom} has in all. */
  entryCount(context: number): number {
    return this.#records.at(context)?.count() ?? 0;
  }

  /** What the TLB holds of the page of `va`, if it does. */
  entryAt(va: number, context = this.#context()): TlbEntry | undefined {
    const records = this.#records[context];
    const page = va >>> 12;
    return (records.info[page] & Tlb.valid) === 0 ? undefined : this.#entry(records, context, page);
  }

  #entry(records: TlbRecords, context: number, page: number): TlbEntry {
    const out = this.#probe;
    const va = page * 4096;
    const info = records.info[page];
    records.read(va, info, out);
    const { pa, size, level, notGlobal } = out;
    const domain = domainOf(info);
    return {
      context,
      va,
      pa,
      size,
      level,
      domain: domain === NO_DOMAIN ? undefined : domain,
      rights: this.#rights(info),
      notGlobal,
    };
  }

  /**
   * Which accesses to the page of `va` an engine makes without asking: loads and stores, by what its tables hold for a bank (PL0 and PL1, or the fetch
   * context) under the DACR with which that bank was last in use.
   */
  inline(bank: number, va: number): { readonly read: boolean; readonly write: boolean } {
    return this.#banks.has(bank, va >>> 12);
  }

  /** The records, which decide what a guest sees that relies on stale translations; engines' tables refill from them. */
  save(): MmuState {
    return {
      contexts: this.#contexts,
      contextTable: [this.#contextTable[0], this.#contextTable[1]],
      records: this.#records.map((records) => records.save()),
    };
  }

  /** The inverse of save. The state block must have been restored before. */
  restore(saved: MmuState): void {
    const context = this.#state[Word.CONTEXT];
    const TTBR0 = this.#state[Cp15.TTBR0];
    this.useContexts(saved.contexts);
    this.#state[Word.CONTEXT] = context;
    this.#state[Cp15.TTBR0] = TTBR0;
    this.#contextTable.set(saved.contextTable);
    saved.records.forEach((records, i) => this.#records[i]?.restore(records));
    this.select();
  }
}
