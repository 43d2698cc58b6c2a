/**
 * Short forms: what the commonest system operations come to in most cases, when no more is concerned than words of the state block, and memory that can be
 * reached at once. They are plain, so that engines emit them; all other cases they give up, and the instruction's own operation executes it. Which instruction
 * has one the processor knows
 * (cpu/short-forms.ts), whose operation is what they are tested against.
 *
 * The static `at` says whose state is meant: how many words behind the engine's own its state block lies. 0 is the processor that executes; a VMM's virtual
 * CPU, whose registers, flags and CPSR.E are the real one's while the guest runs, has another, and shares A, I and F with it (vmm/world.ts).
 * PERF: by the reference an MRS took 120 ns, and under the VMM 200 (`vmm.bench`).
 */
import { bankOf, Mode, Psr } from '../arm/modes.js';
import { Bank, Word } from '../arm/state.js';
import type { AccessOptions, Builder, Imm, Reg, Value } from './builder.js';
import type { Operation } from './operation.js';
import { plain } from './operation.js';

const MASKS = Psr.A | Psr.I | Psr.F;
const INTERRUPTS = Psr.I | Psr.F;
/** What MRS shows of the word PSR. */
const SHOWN = MASKS | Psr.M;

function givesUpInUserMode(b: Builder, psr: Value): boolean {
  return b.giveUpIf(b.eq(b.and(psr, b.const(Psr.M)), b.const(Mode.usr)));
}

/** Writes A, I and F, unless an interrupt can be taken then. `psr` is the word PSR of the processor at `at`. Returns false where it is known that one can. */
function setMasks(b: Builder, at: number, psr: Value, masks: Value): boolean {
  if (b.giveUpIf(b.and(b.stateWord(Word.LINES), b.and(b.not(masks), b.const(INTERRUPTS))))) return false;
  b.setStateWord(Word.PSR + at, b.or(b.and(psr, b.const(~MASKS)), masks));
  if (at !== 0) b.setStateWord(Word.PSR, b.or(b.and(b.stateWord(Word.PSR), b.const(~MASKS)), masks));
  return true;
}

/** Modes of PL1 that bank no more than R13 and R14: going from one to another changes nothing but registers. */
const ALIKE = [Mode.sys, Mode.irq, Mode.svc, Mode.abt, Mode.und];

/** Whether a short form can go over to a mode. */
export function isSwitchable(mode: number): boolean {
  return (ALIKE as readonly number[]).includes(mode);
}

/** Goes over to a mode of {@link ALIKE} with these masks, from another one or the same. `sp` and `lr` are R13 and R14. */
function switchMode(b: Builder, at: number, psr: Value, to: number, masks: Value, sp: Reg, lr: Reg): void {
  const from = b.and(psr, b.const(Psr.M));
  if (b.giveUpIf(b.eq(from, b.const(Mode.usr))) || b.giveUpIf(b.eq(from, b.const(Mode.fiq)))) return;
  if (!setMasks(b, at, b.or(b.and(psr, b.const(~Psr.M)), b.const(to)), masks)) return;
  [sp, lr].forEach((register, i) => {
    const bankWord = (mode: number): number => Word.BANK + Bank.R13 + 2 * bankOf(mode) + i + at;
    const before = b.R(register);
    for (const mode of ALIKE) {
      if (mode === to) continue;
      const word = bankWord(mode);
      b.setStateWord(word, b.select(b.eq(from, b.const(mode)), before, b.stateWord(word)));
    }
    b.setR(register, b.select(b.eq(from, b.const(to)), before, b.stateWord(bankWord(to))));
  });
}

/** Words of SPSR by the modes that have one. */
const SPSRS = [Mode.fiq, Mode.irq, Mode.svc, Mode.abt, Mode.und].map((mode) => ({
  mode,
  word: Word.BANK + Bank.SPSR + bankOf(mode),
}));

/** The mode, unless it has no SPSR. */
function modeWithSpsr(b: Builder, at: number): Value | undefined {
  const mode = b.and(b.stateWord(Word.PSR + at), b.const(Psr.M));
  // USR is 10000, SYS 11111: the only two whose bits 3:0 are all alike.
  const low = b.and(b.add(mode, b.const(1)), b.const(0b1110));
  return b.giveUpIf(b.eq(low, b.const(0))) ? undefined : mode;
}

/** SPSR of a mode that has one. */
function spsrOf(b: Builder, at: number, mode: Value): Value {
  return SPSRS.reduce(
    (other, { mode: own, word }) => b.select(b.eq(mode, b.const(own)), b.stateWord(word + at), other),
    b.const(0),
  );
}

/** MSR of a value to SPSR. `bits`: those that the byte mask names and SPSR has. */
function writeSpsr(b: Builder, at: number, value: Value, bits: number): void {
  const mode = modeWithSpsr(b, at);
  if (mode === undefined) return;
  const written = b.and(value, b.const(bits));
  for (const { mode: own, word } of SPSRS) {
    const before = b.stateWord(word + at);
    const after = b.or(b.and(before, b.const(~bits)), written);
    b.setStateWord(word + at, b.select(b.eq(mode, b.const(own)), after, before));
  }
}

const wordAligned: AccessOptions = { aligned: true };

/** Operands of {@link LDM_user_short} and {@link STM_user_short}. */
interface UserTransfer {
  readonly n: Reg;
  /** Of R0 to R12. */
  readonly registers: Imm;
  readonly at: number;
  readonly increment: number;
  readonly before: number;
  /** How many registers there are in all. */
  readonly words: number;
  /** Whether R13 and R14 are among them: 0 or 1. */
  readonly sp: number;
  readonly lr: number;
}
const userTransfer = {
  regs: ['n'],
  imms: ['registers'],
  statics: ['at', 'increment', 'before', 'words', 'sp', 'lr'],
} as const;

/** Where the words of R13_usr and R14_usr are, of those that are transferred: in the state block, and in memory. */
interface BankedTransfer {
  readonly word: number;
  readonly address: Value;
}

/**
 * The lowest address of a transfer of registers of the user bank, and those that the present mode has others of. Undefined where it is known that the
 * operation is given up: elsewhere than in memory, and in modes that have no user bank beside theirs, or one of R8 to R12, too.
 */
function transferUserBank(
  b: Builder,
  o: UserTransfer,
  write: boolean,
): { readonly start: Value; readonly banked: readonly BankedTransfer[] } | undefined {
  const mode = modeWithSpsr(b, o.at);
  if (mode === undefined || b.giveUpIf(b.eq(mode, b.const(Mode.fiq)))) return undefined;
  const lowest = (o.increment ? 0 : -4 * o.words) + (o.increment === o.before ? 4 : 0);
  const start = b.add(b.R(o.n), b.const(lowest));
  if (b.giveUpUnlessDirect(start, o.words, write)) return undefined;
  const words = [o.sp, o.lr].flatMap((listed, i) => (listed ? [Word.BANK + Bank.R13 + i + o.at] : []));
  const banked = words.map((word, i) => ({
    word,
    address: b.add(start, b.const(4 * (o.words - words.length + i))),
  }));
  return { start, banked };
}

export const operations: readonly Operation[] = [
  plain('MRS_CPSR_short', { regs: ['d'], imms: [], statics: ['at'] }, (b, { d, at }) => {
    const flags = b.or(b.NZCV(), b.shl(b.stateWord(Word.QF), b.const(27)));
    const upper = b.or(flags, b.shl(b.GE(), b.const(16)));
    const lower = b.or(b.and(b.stateWord(Word.PSR + at), b.const(SHOWN)), b.and(b.stateWord(Word.PSR), b.const(Psr.E)));
    b.setR(d, b.or(upper, lower));
  }),

  // CPSIE and CPSID. masks: of A, I and F, as in CPSR
  plain('CPS_short', { regs: [], imms: [], statics: ['at', 'masks', 'disable'] }, (b, { at, masks, disable }) => {
    const psr = b.stateWord(Word.PSR + at);
    if (givesUpInUserMode(b, psr)) return;
    const before = b.and(psr, b.const(MASKS));
    setMasks(b, at, psr, disable !== 0 ? b.or(before, b.const(masks)) : b.and(before, b.const(~masks)));
  }),

  // In the same mode: which one it is shows when it executes.
  plain('MSR_CPSR_c_reg_short', { regs: ['n'], imms: [], statics: ['at'] }, (b, { n, at }) => {
    const value = b.R(n);
    const psr = b.stateWord(Word.PSR + at);
    if (givesUpInUserMode(b, psr) || b.giveUpIf(b.and(b.xor(psr, value), b.const(Psr.M)))) return;
    setMasks(b, at, psr, b.or(b.and(value, b.const(INTERRUPTS)), b.and(psr, b.const(Psr.A))));
  }),

  // Both of these with a mode, which is one of ALIKE. PERF: `msr-mode-switch` of vmm.bench: at level 2 454 ns, and 19 so; bare 187, and 17.
  plain(
    'CPS_mode_short',
    { regs: ['sp', 'lr'], imms: [], statics: ['at', 'masks', 'disable', 'mode'] },
    (b, { sp, lr, at, masks, disable, mode }) => {
      const psr = b.stateWord(Word.PSR + at);
      const before = b.and(psr, b.const(MASKS));
      const after = disable !== 0 ? b.or(before, b.const(masks)) : b.and(before, b.const(~masks));
      switchMode(b, at, psr, mode, after, sp, lr);
    },
  ),
  plain(
    'MSR_CPSR_c_mode_short',
    { regs: ['sp', 'lr'], imms: [], statics: ['at', 'masks', 'mode'] },
    (b, { sp, lr, at, masks, mode }) => {
      const psr = b.stateWord(Word.PSR + at);
      switchMode(b, at, psr, mode, b.or(b.const(masks & INTERRUPTS), b.and(psr, b.const(Psr.A))), sp, lr);
    },
  ),

  // PERF: `spsr` of vmm.bench: at level 2 203 ns, and 14 so; bare 58, and 14.
  plain('MRS_SPSR_short', { regs: ['d'], imms: [], statics: ['at'] }, (b, { d, at }) => {
    const mode = modeWithSpsr(b, at);
    if (mode === undefined) return;
    b.setR(d, spsrOf(b, at, mode));
  }),
  plain('MSR_SPSR_reg_short', { regs: ['n'], imms: [], statics: ['at', 'bits'] }, (b, { n, at, bits }) => {
    writeSpsr(b, at, b.R(n), bits);
  }),
  plain('MSR_SPSR_imm_short', { regs: [], imms: ['imm32'], statics: ['at', 'bits'] }, (b, { imm32, at, bits }) => {
    writeSpsr(b, at, b.imm(imm32), bits);
  }),

  // PERF: these three by the VMM's engine at level 2: the context switch of the sample rtos (vmm.bench; `task-yield`).
  plain('LDM_user_short', userTransfer, (b, o) => {
    const transfer = transferUserBank(b, o, false);
    if (transfer === undefined) return;
    const { start, banked } = transfer;
    const loaded = banked.map(({ address }) => b.load(address, 4, wordAligned));
    b.forEachRegister(o.registers, start, (register, address) => b.setR(register, b.load(address, 4, wordAligned)));
    banked.forEach(({ word }, i) => b.setStateWord(word, loaded[i]));
  }),
  plain('STM_user_short', userTransfer, (b, o) => {
    const transfer = transferUserBank(b, o, true);
    if (transfer === undefined) return;
    const { start, banked } = transfer;
    b.forEachRegister(o.registers, start, (register, address) => b.store(address, 4, b.R(register), wordAligned));
    for (const { word, address } of banked) b.store(address, 4, b.stateWord(word), wordAligned);
  }),
  // mode: whose stack takes R14 and SPSR
  plain(
    'SRS_short',
    { regs: ['sp', 'lr'], imms: [], statics: ['at', 'mode', 'wback', 'increment', 'wordhigher'] },
    (b, { sp, lr, at, mode, wback, increment, wordhigher }) => {
      const present = modeWithSpsr(b, at);
      if (present === undefined) return;
      const word = Word.BANK + Bank.R13 + 2 * bankOf(mode) + at;
      const own = b.eq(present, b.const(mode));
      const base = b.select(own, b.R(sp), b.stateWord(word));
      const address = b.add(base, b.const((increment ? 0 : -8) + (wordhigher ? 4 : 0)));
      if (b.giveUpUnlessDirect(address, 2, true)) return;
      b.store(address, 4, b.R(lr), wordAligned);
      b.store(b.add(address, b.const(4)), 4, spsrOf(b, at, present), wordAligned);
      if (wback === 0) return;
      const end = b.add(base, b.const(increment ? 8 : -8));
      b.setStateWord(word, b.select(own, b.stateWord(word), end));
      b.setR(sp, b.select(own, end, b.R(sp)));
    },
  ),

  // A system register that is no more than a word of the state block, and one that is a constant.
  plain('MRC_word_short', { regs: ['t'], imms: [], statics: ['at', 'word'] }, (b, { t, at, word }) => {
    if (givesUpInUserMode(b, b.stateWord(Word.PSR + at))) return;
    b.setR(t, b.stateWord(word + at));
  }),
  plain('MCR_word_short', { regs: ['t'], imms: [], statics: ['at', 'word'] }, (b, { t, at, word }) => {
    if (givesUpInUserMode(b, b.stateWord(Word.PSR + at))) return;
    b.setStateWord(word + at, b.R(t));
  }),
  // Maintenance of caches, which do not exist. PERF: U-Boot's boot, which does 37,000 by set and way (`uboot` of vmm.bench).
  plain('MCR_nothing_short', { regs: [], imms: [], statics: ['at'] }, (b, { at }) => {
    givesUpInUserMode(b, b.stateWord(Word.PSR + at));
  }),
  plain('MRC_constant_short', { regs: ['t'], imms: ['imm32'], statics: ['at'] }, (b, { t, imm32, at }) => {
    if (givesUpInUserMode(b, b.stateWord(Word.PSR + at))) return;
    b.setR(t, b.imm(imm32));
  }),
];
