/**
 * Random code of a guest: words of every class of the table, and short idioms that do with purpose what chance would seldom do (exception returns, changes
 * of mode, stores to code about to be executed, exclusive accesses around something sensitive, accesses to random pages, calls of the gate). Writes
 * nothing that only the gate may write.
 */
import { Mode, Psr } from '../../src/arm/modes.js';
import { decode } from '../../src/isa/decode.js';
import { randomWord, type RandomSource } from '../../src/isa/random.js';
import { Fact, type CompiledRow, type Isa } from '../../src/isa/row.js';
import { systemRegisters, type SystemRegister } from '../../src/isa/sysreg.js';
import { table } from '../../src/isa/table.js';
import { raspi1Map } from '../../src/machine/raspi1-map.js';
import { virtMap } from '../../src/machine/virt-map.js';
import { HOME, POOL, POOL_ENTRIES, STACK, WILD, WILD_SIZE, type Platform } from './guest-runtime.js';
import type { GuestTables } from './guest-tables.js';

/** Pages with code at their beginning: even ones ARM, odd ones Thumb. */
const CODE_PAGES = 4;
const PAGE = 0x1000;
const CODE_BYTES = 0x300;

const OF_INTEREST =
  Fact.sensitive |
  Fact.privileged |
  Fact.systemRegister |
  Fact.exceptionReturn |
  Fact.exceptionCall |
  Fact.indirect |
  Fact.exclusive;

const byIsa = new Map<string, Readonly<Record<'all' | 'interesting' | 'memory', readonly CompiledRow[]>>>();

/** Rows that a model has. */
function rowsOf(
  isa: Isa,
  { model }: Platform,
): Readonly<Record<'all' | 'interesting' | 'memory', readonly CompiledRow[]>> {
  const key = `${isa} ${model.name}`;
  let rows = byIsa.get(key);
  if (rows === undefined) {
    const all = table.filter((row) => row.isa === isa && (row.needs & ~model.features) === 0);
    const based = (row: CompiledRow): boolean =>
      (row.facts & (Fact.load | Fact.store)) !== 0 && row.fields.some(({ name, width }) => name === 'Rn' && width >= 3);
    rows = { all, interesting: all.filter(({ facts }) => (facts & OF_INTEREST) !== 0), memory: all.filter(based) };
    byIsa.set(key, rows);
  }
  return rows;
}

/** Registers that the gate alone writes: what the TLB holds depends on them, or where the vectors are. */
const OF_THE_GATE: ReadonlySet<string> = new Set([
  ...[
    'SCTLR',
    'TTBR0',
    'TTBR1',
    'TTBCR',
    'TTBR0_64',
    'TTBR1_64',
    'VBAR',
    'CONTEXTIDR',
    'PRRR',
    'NMRR',
    'MAIR0',
    'MAIR1',
  ],
]);
const registers = systemRegisters.filter(({ kind, width }) => kind !== 'absent' && width === 32);
const HOT = /^(TPIDR|[ID]?TLBI|PMUSERENR|PMC|PMINTEN|PMOVS|CNT|PAR|ATS1|DFAR|DFSR|IFSR|IFAR|CPACR|DBGDSCR|CSSELR|TEE)/;
const hotRegisters = registers.filter(({ name }) => HOT.test(name));

/** Whether a word, by chance, writes what the gate alone may write, or all domains. */
function isOfTheGate(row: CompiledRow | undefined, word: number): boolean {
  if (row === undefined || row.operation === null) return false;
  const toCp15 = ((word >>> 8) & 15) === 15;
  if (row.operation === 'MCR') return toCp15 && [1, 2, 3, 10, 12, 13].includes((word >>> 16) & 15) && !harmless(word);
  return row.operation === 'MCRR' && toCp15;
}

/** CPACR, ACTLR, the thread IDs. */
function harmless(word: number): boolean {
  const [CRn, CRm, opc2] = [(word >>> 16) & 15, word & 15, (word >>> 5) & 7];
  return (CRn === 1 && CRm === 0 && opc2 !== 0) || (CRn === 13 && CRm === 0 && opc2 >= 2);
}

const MODES = [Mode.svc, Mode.svc, Mode.sys, Mode.irq, Mode.fiq, Mode.abt, Mode.und, Mode.usr, Mode.usr, Mode.usr];
const MODES_OF_PL1 = MODES.filter((mode) => mode !== Mode.usr);

/** What is there for a reason: where, how long, and what it is. */
export interface Unit {
  /** Byte offset from WILD. */
  readonly at: number;
  readonly bytes: number;
  readonly thumb: boolean;
  readonly what: string;
}

export class CodeAuthor {
  readonly units: Unit[] = [];
  /** Where code may be entered, byte offset from WILD, Thumb in bit 0: beginnings of units, but before all are written other places of code. */
  #places: number[] = [];
  readonly #view: DataView;
  #at = 0;
  #thumb = false;

  /** @param view guest RAM */
  constructor(
    view: DataView,
    private readonly platform: Platform,
    private readonly random: RandomSource,
    private readonly tables: GuestTables,
  ) {
    this.#view = view;
    for (let page = 0; page < CODE_PAGES; page++)
      for (let at = 0; at < CODE_BYTES; at += 32 + 4 * this.#below(16))
        this.#places.push((page * PAGE + (at & ~3)) | (page & 1));
  }

  write(): void {
    const view = this.#view;
    const { random } = this;
    for (let at = WILD; at < WILD + WILD_SIZE; at += 4)
      if (at % PAGE < 0x400) view.setUint32(at, this.#dataWord(), true);
    for (let page = 0; page < CODE_PAGES; page++) this.#stretch(page);
    // By now it is known what begins where.
    this.#places = this.units.map(({ at, thumb }) => at | (thumb ? 1 : 0));
    // What RFE and loads to PC find below the stack pointer, and above it.
    for (let at = STACK - 0x200; at < STACK + 0x200; at += 8) {
      const place = this.codeAddress();
      view.setUint32(at, place & ~1, true);
      view.setUint32(at + 4, this.#psr(MODES, place & 1), true);
    }
    for (let i = 0; i < POOL_ENTRIES; i++) {
      const at = POOL + 64 * i;
      const place = this.codeAddress();
      view.setUint32(at, place & (random() % 16 === 0 ? ~0 : ~1), true);
      view.setUint32(at + 4, this.#psr(MODES, place & 1), true);
      for (let n = 0; n < 13; n++) view.setUint32(at + 8 + 4 * n, this.#value(), true);
    }
  }

  #below(n: number): number {
    return this.random() % n;
  }
  #pick<T>(list: readonly T[]): T {
    return list[this.random() % list.length];
  }

  // ---- values

  /** An address of code, with bit 0 for Thumb: mostly the beginning of something. */
  codeAddress(): number {
    const place = this.#below(10) === 0 ? this.#below(CODE_PAGES * PAGE) : this.#pick(this.#places);
    const base = this.#pick([HOME, HOME, HOME, this.platform.ram + WILD]);
    if (this.#below(4) === 0) return (this.tables.address() & ~0xfff) + (place & 0xfff);
    return base + place;
  }

  #psr(modes: readonly number[], T: number): number {
    const { random } = this;
    const masks = random() % 3 === 0 ? random() & (Psr.A | Psr.I | Psr.F) : 0;
    const IT = T !== 0 && random() % 16 === 0 ? random() & 0x0600_fc00 : 0;
    const E = random() % 40 === 0 ? Psr.E : 0;
    return (this.#pick(modes) | (random() & 0xf80f_0000) | masks | IT | E | (T === 0 ? 0 : Psr.T)) >>> 0;
  }

  #dataAddress(): number {
    const aligned = this.#pick([~0, ~1, ~3, ~3, ~3, ~7]);
    if (this.#below(4) !== 0) return (this.tables.address() + this.#below(0x1000)) & aligned;
    return (this.#pick([HOME, this.platform.ram + WILD]) + this.#below(WILD_SIZE)) & aligned;
  }

  #device(): number {
    if (this.platform.board === 'raspi1')
      return (
        this.#pick([raspi1Map.interrupts.base, raspi1Map.systemTimer.base, raspi1Map.armTimer.base]) +
        4 * this.#below(12)
      );
    const { gicDistributor, gicCpuInterface, uart } = virtMap;
    return (
      this.#pick([gicDistributor.base + 0x100, gicDistributor.base + 0xf00, gicCpuInterface.base, uart.base]) +
      4 * this.#below(12)
    );
  }

  #value(): number {
    switch (this.#below(10)) {
      case 0:
        return this.random();
      case 1:
        return this.#below(64);
      case 2:
      case 3:
        return this.codeAddress();
      case 4:
        return this.#psr(MODES, this.#below(2));
      case 5:
        return this.#below(4) === 0 ? this.#device() : this.platform.ram + STACK - 0x200 + 8 * this.#below(0x80);
      default:
        return this.#dataAddress();
    }
  }

  #dataWord(): number {
    return this.#below(2) === 0 ? this.random() : this.#value();
  }

  // ---- words

  #systemMove(): number | undefined {
    const register: SystemRegister = this.#pick(this.#below(2) === 0 ? registers : hotRegisters);
    const { coproc, opc1, CRn, CRm, opc2, name } = register;
    const read = OF_THE_GATE.has(name) || name === 'DACR' || this.#below(2) === 0;
    const word = 0xee00_0010 | (opc1 << 21) | (read ? 1 << 20 : 0) | (CRn << 16) | (this.#below(13) << 12);
    return word | (coproc << 8) | (opc2 << 5) | CRm;
  }

  /** A word of chance. */
  #word(isa: Isa, memory = false, base = -1): number {
    const rows = rowsOf(isa, this.platform);
    for (;;) {
      if (!memory && isa !== 'T16' && this.#below(8) === 0) {
        const word = this.#systemMove();
        if (word !== undefined && !isOfTheGate(decode(isa, word), word)) return word;
        continue;
      }
      const row = this.#pick(memory ? rows.memory : this.#below(2) === 0 ? rows.interesting : rows.all);
      const fields: Record<string, number> = base < 0 ? {} : { Rn: base };
      if (row.conditional && this.#below(3) !== 0) fields.cond = 14;
      if (row.fields.some(({ name }) => name === 'imm24')) fields.imm24 = (this.#below(64) - 32) & 0xff_ffff;
      const word = randomWord(row, this.random, { unpredictable: this.#below(8) === 0, fields });
      // Waits end the guest's time until something happens.
      if (word === undefined || isOfTheGate(row, word) || ((row.facts & Fact.hint) !== 0 && this.#below(8) !== 0))
        continue;
      return word;
    }
  }

  // ---- emission

  #arm(...words: number[]): void {
    for (const word of words) {
      this.#view.setUint32(WILD + this.#at, word, true);
      this.#at += 4;
    }
  }
  #half(...halves: number[]): void {
    for (const half of halves) {
      this.#view.setUint16(WILD + this.#at, half, true);
      this.#at += 2;
    }
  }
  /** The same by either encoding; of Thumb the 16-bit or the 32-bit one. */
  #either(arm: number, thumb: number): void {
    if (!this.#thumb) this.#arm(arm);
    else if (thumb > 0xffff) this.#half(thumb >>> 16, thumb & 0xffff);
    else this.#half(thumb);
  }
  /** One random instruction. */
  #any(): void {
    if (!this.#thumb) this.#arm(this.#word('A32'));
    else if (this.#wide && this.#below(3) === 0) this.#either(0, this.#word('T32'));
    else this.#half(this.#word('T16'));
  }
  get #wide(): boolean {
    return this.platform.thumb2;
  }

  /** A constant into a low register, from between the instructions. */
  #load(register: number, value: number): void {
    if (!this.#thumb) return this.#arm(0xe59f_0000 | (register << 12), 0xea00_0000, value);
    if (this.#at % 4 !== 0) this.#half(0x46c0);
    this.#half(0x4800 | (register << 8), 0xe001);
    this.#arm(value);
  }

  #stretch(page: number): void {
    this.#thumb = (page & 1) !== 0;
    this.#at = page * PAGE;
    const end = this.#at + CODE_BYTES;
    while (this.#at < end) {
      const at = this.#at;
      const what = this.#unit();
      this.units.push({ at, bytes: this.#at - at, thumb: this.#thumb, what });
    }
    // And again.
    const back = page * PAGE - this.#at;
    if (!this.#thumb) this.#arm(0xea00_0000 | (((back - 8) >> 2) & 0xff_ffff));
    else this.#half(0xe000 | (((back - 4) >> 1) & 0x7ff));
  }

  #unit(): string {
    const die = this.#below(64);
    if (die < 28 || (this.#thumb && !this.#wide && die > 52)) {
      this.#any();
      return 'any';
    }
    const idioms = CodeAuthor.#idioms;
    const [name, write] = this.#pick(idioms);
    write(this);
    return name;
  }

  static readonly #idioms: readonly (readonly [name: string, write: (author: CodeAuthor) => void])[] = [
    ['gate', (author) => author.gate()],
    ['gate', (author) => author.gate()],
    ['gate', (author) => author.gate()],
    ['access', (author) => author.access()],
    ['access', (author) => author.access()],
    ['access', (author) => author.access()],
    ['access', (author) => author.access()],
    ['domains', (author) => author.domains()],
    ['mode', (author) => author.mode()],
    ['mode', (author) => author.mode()],
    ['exception return', (author) => author.exceptionReturn()],
    ['exception return', (author) => author.exceptionReturn()],
    ['SRS, RFE', (author) => author.storeAndReturn()],
    ['SRS, RFE', (author) => author.storeAndReturn()],
    ['bank', (author) => author.bank()],
    ['branch', (author) => author.branch()],
    ['branch', (author) => author.branch()],
    ['exclusive', (author) => author.exclusive()],
    ['store to code', (author) => author.storeToCode()],
    ['store to code', (author) => author.storeToCode()],
    ['condition', (author) => author.condition()],
    ['device', (author) => author.device()],
    ['timer', (author) => author.timer()],
    ['timer', (author) => author.timer()],
    ['translate', (author) => author.translate()],
    ['wait', (author) => author.wait()],
    ['wait', (author) => author.wait()],
  ];

  private gate(): void {
    this.#either(0xef00_0000 | this.#below(256), 0xdf00 | this.#below(256));
  }

  private access(): void {
    const base = this.#below(8);
    this.#load(base, this.#dataAddress());
    for (let n = 1 + this.#below(3); n > 0; n--)
      if (!this.#thumb) this.#arm(this.#word('A32', true, base));
      else if (this.#wide && this.#below(2) === 0) this.#either(0, this.#word('T32', true, base));
      else this.#half(this.#word('T16', true, base));
  }

  private domains(): void {
    const register = this.#below(8);
    this.#load(register, this.tables.dacr());
    const word = 0xee03_0f10 | (register << 12);
    this.#either(word, this.#wide ? word : 0x46c0);
  }

  private mode(): void {
    const register = this.#below(8);
    const random = this.random();
    const [mode, masks] = [this.#pick(MODES_OF_PL1), (random >>> 8) & 7];
    switch (this.#below(this.#thumb && !this.#wide ? 1 : 4)) {
      case 0: // CPSIE, CPSID
        return this.#either(0xf108_0000 | ((random & 1) << 18) | (masks << 6), 0xb660 | ((random & 1) << 4) | masks);
      case 1: // CPS #mode
        return this.#either(0xf102_0000 | mode, 0xf3af_8100 | mode);
      case 2: // MSR CPSR_<fields>
        this.#load(register, this.#psr(MODES, this.#thumb ? 1 : 0));
        return this.#either(
          0xe120_f000 | ((random & 15) << 16) | register,
          0xf380_8000 | (register << 16) | ((random & 15) << 8),
        );
      default: // MRS and MSR SPSR
        this.#either(0xe14f_0000 | (register << 12), 0xf3ff_8000 | (register << 8));
        return this.#either(
          0xe160_f000 | ((random & 15) << 16) | register,
          0xf390_8000 | (register << 16) | ((random & 15) << 8),
        );
    }
  }

  private exceptionReturn(): void {
    const place = this.codeAddress();
    if (this.#thumb && !this.#wide) return this.branch();
    this.#load(1, this.#psr(MODES, place & 1));
    this.#either(0xe16f_f001, 0xf391_8f00);
    switch (this.#below(this.#thumb ? 2 : 4)) {
      case 0: // MOVS PC, LR; SUBS PC, LR, #0
        this.#load(0, place & ~1);
        this.#either(0xe1a0_e000, 0x4686);
        return this.#either(0xe1b0_f00e, 0xf3de_8f00);
      case 1: // RFEIA
        this.#load(2, this.platform.ram + STACK - 0x200 + 8 * this.#below(0x70));
        return this.#either(0xf892_0a00, 0xe992_c000);
      case 2: // LDM^
        this.#load(2, this.platform.ram + STACK - 0x200 + 8 * this.#below(0x70));
        return this.#arm(0xe8d2_8000 | this.#below(2));
      default: // an operation that is not a move
        this.#load(0, place & ~1);
        return this.#arm(this.#pick([0xe290_f000, 0xe250_f000, 0xe21f_f000 | 0, 0xe190_f000, 0xe1f0_f000]));
    }
  }

  private storeAndReturn(): void {
    if (this.#thumb && !this.#wide) return this.branch();
    const mode = this.#pick(MODES_OF_PL1);
    this.#either(0xf96d_0500 | mode, 0xe82d_c000 | mode);
    if (this.#below(2) === 0) this.#any();
    this.#either(0xf89d_0a00 | (this.#below(2) << 21), 0xe99d_c000);
  }

  private bank(): void {
    const list = 1 + this.#below(0x7fff);
    this.#load(2, this.#dataAddress() & ~3);
    if (this.#thumb) return this.#any();
    this.#arm((this.#below(2) === 0 ? 0xe8d2_0000 : 0xe8c2_0000) | list);
  }

  private branch(): void {
    const register = this.#below(8);
    const place = this.codeAddress();
    switch (this.#below(5)) {
      case 0:
      case 1:
        this.#load(register, place);
        return this.#either(0xe12f_ff10 | register, 0x4700 | (register << 3));
      case 2:
        this.#load(register, place);
        return this.#either(0xe12f_ff30 | register, 0x4780 | (register << 3));
      case 3: // MOV PC, Rm
        this.#load(register, this.#thumb === ((place & 1) !== 0) ? place & ~1 : place);
        return this.#either(0xe1a0_f000 | register, 0x4687 | (register << 3));
      default: // LDR PC, POP {PC}
        if (this.#thumb) return this.#half(0xbd00 | this.#below(2));
        this.#load(register, this.platform.ram + STACK - 0x200 + 8 * this.#below(0x70));
        return this.#arm(0xe590_f000 | (register << 16));
    }
  }

  private exclusive(): void {
    if (this.#thumb && !this.#wide) return this.access();
    this.#load(2, this.#dataAddress() & ~3);
    this.#either(0xe192_0f9f, 0xe852_0f00);
    if (this.#below(2) === 0) this.#any();
    this.#either(0xe182_1f90, 0xe842_0100);
  }

  /** Another instruction into code further on, or into any code, in place of what stands there. */
  private storeToCode(): void {
    const word = this.#thumb
      ? this.#wide && this.#below(2) === 0
        ? ((w) => ((w << 16) | (w >>> 16)) >>> 0)(this.#word('T32'))
        : this.#word('T16') | (this.#word('T16') << 16)
      : this.#word('A32');
    this.#load(0, word);
    const base = this.#pick([HOME, this.platform.ram + WILD]);
    const ahead = (this.#at & ~3) + (this.#thumb ? 12 : 16) + 4 * this.#below(4);
    this.#load(1, this.#below(4) === 0 ? base + (this.#pick(this.#places) & ~3) : base + ahead);
    this.#either(0xe581_0000, 0x6008);
  }

  /** Something sensitive under a condition: IT and what it holds, or conditions of their own. */
  private condition(): void {
    if (this.#thumb && !this.#wide) return this.#any();
    if (!this.#thumb) {
      for (let n = 1 + this.#below(3); n > 0; n--) {
        const word = this.#word('A32');
        const conditional = ((word & 0x0fff_ffff) | (this.#below(14) << 28)) >>> 0;
        this.#arm(word >>> 28 === 15 || isOfTheGate(decode('A32', conditional), conditional) ? word : conditional);
      }
      return;
    }
    this.#half(0xbf00 | (this.#below(14) << 4) | (1 + this.#below(15)));
    for (let n = 1 + this.#below(4); n > 0; n--) this.#any();
  }

  private device(): void {
    this.#load(1, this.#device());
    if (this.#below(2) === 0) this.#load(0, this.random() & this.#pick([0xf, 0xff, -1]));
    this.#either(this.#below(2) === 0 ? 0xe581_0000 : 0xe591_0000, this.#below(2) === 0 ? 0x6008 : 0x6808);
  }

  private timer(): void {
    if (!this.platform.timer) return this.device();
    this.#load(0, this.#below(this.#pick([4, 40, 400])));
    const which = this.#pick([2, 3]);
    const value = 0xee0e_0f10 | which;
    this.#either(value, value);
    this.#load(0, this.#pick([1, 1, 1, 3, 0]));
    this.#either(value | (1 << 5), value | (1 << 5));
  }

  /** WFI, WFE, SEV; the ARM1176 waits by CP15, too. */
  private wait(): void {
    const hint = this.#pick([2, 3, 3, 4]);
    if (this.#thumb && !this.#wide) return this.gate();
    if (!this.#thumb && this.#below(4) === 0) return this.#arm(0xee07_0f90);
    this.#either(0xe320_f000 | hint, 0xbf00 | (hint << 4));
  }

  /** Address translation and maintenance by address, of random pages. */
  private translate(): void {
    if (this.#thumb && !this.#wide) return this.access();
    this.#load(0, this.#dataAddress());
    const word = this.#pick([
      0xee07_0f18 | (this.#below(4) << 5),
      0xee07_0f36,
      0xee07_0f35,
      0xee07_0f3a,
      0xee08_0f37,
      0xee08_0f17,
    ]);
    this.#either(word, word);
    this.#either(0xee17_3f14, 0xee17_3f14);
  }
}
