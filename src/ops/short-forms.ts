/**
 * Short forms: what the commonest system operations come to in most cases, when no more than words of the state block is concerned. They are plain, so
 * that engines emit them; all other cases they give up, and the instruction's own operation executes it. Which instruction has one the processor knows
 * (cpu/short-forms.ts), whose operation is what they are tested against.
 *
 * The static `at` says whose state is meant: how many words behind the engine's own its state block lies. 0 is the processor that executes; a VMM's virtual
 * CPU, whose registers, flags and CPSR.E are the real one's while the guest runs, has another, and shares A, I and F with it (vmm/world.ts).
 * PERF: by the reference an MRS took 120 ns, and under the VMM 200 (`vmm.bench`).
 */
import { Mode, Psr } from '../arm/modes.js';
import { Word } from '../arm/state.js';
import type { Builder, Value } from './builder.js';
import type { Operation } from './operation.js';
import { plain } from './operation.js';

const MASKS = Psr.A | Psr.I | Psr.F;
const INTERRUPTS = Psr.I | Psr.F;
/** What MRS shows of the word PSR. */
const SHOWN = MASKS | Psr.M;

function givesUpInUserMode(b: Builder, psr: Value): boolean {
  return b.giveUpIf(b.eq(b.and(psr, b.const(Psr.M)), b.const(Mode.usr)));
}

/** Writes A, I and F, unless an interrupt can be taken then. `psr` is the word PSR of the processor at `at`. */
function setMasks(b: Builder, at: number, psr: Value, masks: Value): void {
  if (b.giveUpIf(b.and(b.stateWord(Word.LINES), b.and(b.not(masks), b.const(INTERRUPTS))))) return;
  b.setStateWord(Word.PSR + at, b.or(b.and(psr, b.const(~MASKS)), masks));
  if (at === 0) return;
  b.setStateWord(Word.PSR, b.or(b.and(b.stateWord(Word.PSR), b.const(~MASKS)), masks));
}

/** MSR of a value to CPSR_c, in the same mode. */
function writeControl(b: Builder, at: number, value: Value): void {
  const psr = b.stateWord(Word.PSR + at);
  if (givesUpInUserMode(b, psr) || b.giveUpIf(b.and(b.xor(psr, value), b.const(Psr.M)))) return;
  setMasks(b, at, psr, b.or(b.and(value, b.const(INTERRUPTS)), b.and(psr, b.const(Psr.A))));
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

  plain('MSR_CPSR_c_reg_short', { regs: ['n'], imms: [], statics: ['at'] }, (b, { n, at }) => {
    writeControl(b, at, b.R(n));
  }),
  plain('MSR_CPSR_c_imm_short', { regs: [], imms: ['imm32'], statics: ['at'] }, (b, { imm32, at }) => {
    writeControl(b, at, b.imm(imm32));
  }),

  // A system register that is no more than a word of the state block, and one that is a constant.
  plain('MRC_word_short', { regs: ['t'], imms: [], statics: ['at', 'word'] }, (b, { t, at, word }) => {
    if (givesUpInUserMode(b, b.stateWord(Word.PSR + at))) return;
    b.setR(t, b.stateWord(word + at));
  }),
  plain('MCR_word_short', { regs: ['t'], imms: [], statics: ['at', 'word'] }, (b, { t, at, word }) => {
    if (givesUpInUserMode(b, b.stateWord(Word.PSR + at))) return;
    b.setStateWord(word + at, b.R(t));
  }),
  plain('MRC_constant_short', { regs: ['t'], imms: ['imm32'], statics: ['at'] }, (b, { t, imm32, at }) => {
    if (givesUpInUserMode(b, b.stateWord(Word.PSR + at))) return;
    b.setR(t, b.imm(imm32));
  }),
];
