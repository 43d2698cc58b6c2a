/**
 * Where a computed branch goes that a compiler has made of a `switch`: by the table that it reads, or by where it has gone before. A guess: the
 * region compares what is branched to with what it has. Knows no block, and emits nothing.
 */
import { By, type Instruction, type InstructionReader, PC } from './instructions.js';
import { BranchKind } from './traits.js';

/** Of one switch at most. */
const MOST_CASES = 64;
/** Where there is no table that can be read, cases lie so far behind the branch at most, in the same page. */
const CASES_BEHIND = 2048;
/** A table leads so far at most: beyond is no region. */
const RANGE = 4096;

const SWITCHES = new Set(['LDR_reg_pc', 'ADD_reg_pc', 'TBB', 'MOV_reg_pc']);
const LR = 14;
const SRTypeLSL = 0;
/** B with the condition AL (A8.8.18, encoding A1), without its offset. */
const B_ALWAYS = 0xea00_0000 | 0;

/** A computed branch that is no call and no return. */
export function isSwitch({ by, traits, predecoded: { operation, regs } }: Instruction): boolean {
  if (by !== By.region || traits.branch !== BranchKind.indirect || traits.writesLR) return false;
  const name = operation?.name ?? '';
  return SWITCHES.has(name) && !(name === 'MOV_reg_pc' && regs[0] === LR);
}

/**
 * Addresses (u32) that such a branch is likely to go to.
 * PERF: without the tables a region takes in whatever else lies behind the branch: five times as many instructions in the regions bench.
 */
export function switchTargets(reader: InstructionReader, instruction: Instruction, thumb: number): readonly number[] {
  const { pc, predecoded } = instruction;
  const { operands, operation } = predecoded;
  const base = (pc + (thumb ? 4 : 8)) >>> 0;
  if (operands.n === PC) {
    if (operation?.name === 'TBB') return offsets(reader, base, operands.is_tbh === 1);
    if (operands.shift_t === SRTypeLSL && operands.shift_n === 2)
      return operation?.name === 'LDR_reg_pc' ? addresses(reader, base) : branches(reader, base);
  }
  return reader.arrivals(pc, CASES_BEHIND);
}

/** `LDR pc, [pc, Rm, LSL #2]`: a table of addresses, behind which comes the first of what it leads to. */
function addresses(reader: InstructionReader, base: number): readonly number[] {
  const targets: number[] = [];
  for (let at = base, end = base + RANGE; at < end && targets.length < MOST_CASES; at += 4) {
    const target = reader.word(at) >>> 0;
    if (Math.abs(target - base) >= RANGE || (target & 3) !== 0) break;
    targets.push(target);
    if (target > base) end = Math.min(end, target);
  }
  return targets;
}

/** `ADD pc, pc, Rm, LSL #2`: a table of branches. */
function branches(reader: InstructionReader, base: number): readonly number[] {
  const targets: number[] = [];
  for (let at = base; targets.length < MOST_CASES && (reader.word(at) & 0xff00_0000) === B_ALWAYS; at += 4)
    targets.push(at);
  return targets;
}

/** TBB and TBH: a table of offsets in halfwords, bytes or halfwords itself, behind which comes the first of what it leads to. */
function offsets(reader: InstructionReader, base: number, halfwords: boolean): readonly number[] {
  const targets: number[] = [];
  for (let at = base, end = base + RANGE; at < end && targets.length < MOST_CASES; at += halfwords ? 2 : 1) {
    const offset = (reader.word(at & ~3) >>> (8 * (at & 3))) & (halfwords ? 0xffff : 0xff);
    const target = base + 2 * offset;
    targets.push(target >>> 0);
    if (target > base) end = Math.min(end, target);
  }
  return targets;
}
