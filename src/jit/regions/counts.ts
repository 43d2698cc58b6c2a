/**
 * Coverage in regions: as in slot-coverage.ts straight runs are counted, but in a word of their own for each run, of which only the start is counted: where it
 * ends is known. What leaves in the middle takes back what it leaves out. Owns these words, and how they become what slots are counted by; executes
 * nothing.
 */
import { REGION_COUNTS, REGION_COUNTS_BYTES } from '../../mem/layout.js';
import { slotFailures, slotRuns } from '../slot-coverage.js';
import type { CodeWriter } from '../wasm/code.js';
import { Op } from '../wasm/opcodes.js';
import { type Block, type Flow, lastOf } from './flow.js';
import { By, type Instruction } from './instructions.js';
import { slotShift } from '../slots.js';
import { BranchKind } from './traits.js';

/** A run of instructions that the region has code for. */
interface Run {
  /** Byte address of its word. */
  readonly word: number;
  readonly firstSlot: number;
  /** The slot behind its last instruction. */
  readonly endSlot: number;
  /** The slot of the conditional branch that fails whenever this run is executed; 0 if there is none. */
  failedSlot: number;
}

/** Gives out words for runs. */
export class RunWords {
  #used = 0;

  /** Whether there is room for as many regions as one module holds. */
  get isShort(): boolean {
    return this.#used > REGION_COUNTS_BYTES / 2;
  }

  take(): number {
    this.#used += 4;
    return REGION_COUNTS + this.#used - 4;
  }

  restart(): void {
    this.#used = 0;
  }
}

function addTo(code: CodeWriter, address: number, amount: number): void {
  code.storeWord(address, () => {
    code.loadWord(address);
    code.const(amount);
    code.op(Op.i32_add);
  });
}

/** What counts in one region. */
export class RegionCounts {
  readonly runs: Run[] = [];
  /** The run that each instruction is part of. */
  readonly #byInstruction = new Map<Instruction, Run>();
  /** Conditional branches of which another run says how often they fail. */
  readonly #linked = new Set<Instruction>();

  /** @param isSlow whether the instruction of a slot may be executed elsewhere: such a one is in no run */
  constructor(
    flow: Flow,
    thumb: number,
    words: RunWords,
    private readonly isSlow: (slot: number) => boolean,
  ) {
    for (const block of flow.blocks) this.#findRuns(block, thumb, words);
    for (const block of flow.blocks) this.#linkBranch(flow, block);
  }

  #findRuns({ instructions }: Block, thumb: number, words: RunWords): void {
    let first = 0;
    while (first < instructions.length) {
      let end = first;
      while (end < instructions.length && this.#isInRun(instructions[end])) end++;
      if (end > first) {
        const last = instructions[end - 1];
        const endSlot = last.slot + (last.length << slotShift(thumb));
        const run: Run = { word: words.take(), firstSlot: instructions[first].slot, endSlot, failedSlot: 0 };
        this.runs.push(run);
        for (let i = first; i < end; i++) this.#byInstruction.set(instructions[i], run);
      }
      first = end + 1;
    }
  }

  #isInRun({ by, slot, traits }: Instruction): boolean {
    return by === By.IT || (by === By.region && (traits.branch !== BranchKind.none || !this.isSlow(slot)));
  }

  /** Where only the failing branch leads to the next block, that block's first run counts it. PERF: one word less in loops that end, and at every `if`. */
  #linkBranch(flow: Flow, block: Block): void {
    const branch = lastOf(block);
    const { next } = block;
    if (next === undefined || branch.traits.branch === BranchKind.none || branch.ends || block.call) return;
    const only = next.predecessors.length === 1 && !next.looked && !next.isCase && next !== flow.entry;
    if (!only || next === block.target || block.endItstate !== 0 || (branch.pc ^ next.pc) >>> 12 !== 0) return;
    const run = this.#byInstruction.get(next.instructions[0]);
    if (run === undefined || run.firstSlot !== next.instructions[0].slot) return;
    run.failedSlot = branch.slot;
    this.#linked.add(branch);
  }

  /** Before the code of an instruction. */
  reached(code: CodeWriter, instruction: Instruction): void {
    const run = this.#byInstruction.get(instruction);
    if (run?.firstSlot === instruction.slot) addTo(code, run.word, 1);
  }

  /** The region is left before an instruction that it has counted. */
  left(code: CodeWriter, instruction: Instruction): void {
    const run = this.#byInstruction.get(instruction);
    if (run === undefined) return;
    addTo(code, slotRuns(instruction.slot), -1);
    addTo(code, slotRuns(run.endSlot), 1);
  }

  /** The condition of an instruction that is in a run has failed. */
  failed(code: CodeWriter, { slot }: Instruction): void {
    addTo(code, slotFailures(slot), 1);
  }

  /** The same of the branch at the end of a block, on its way to the next. */
  branchFailed(code: CodeWriter, branch: Instruction): void {
    if (!this.#linked.has(branch)) this.failed(code, branch);
  }

  /** Of an instruction that is in no run, and may be executed elsewhere, and counted there: it was not. */
  alone(code: CodeWriter, { slot, length }: Instruction, thumb: number): void {
    addTo(code, slotRuns(slot), 1);
    addTo(code, slotRuns(slot + (length << slotShift(thumb))), -1);
  }

  /** Its condition has failed. */
  skipped(code: CodeWriter, instruction: Instruction, thumb: number): void {
    this.alone(code, instruction, thumb);
    this.failed(code, instruction);
  }
}

/** Moves what was counted to the words of slots, where it is added up. */
export function settleRuns(i32: Int32Array, runs: readonly Run[]): void {
  for (const { word, firstSlot, endSlot, failedSlot } of runs) {
    const count = i32[word / 4];
    if (count === 0) continue;
    i32[word / 4] = 0;
    i32[slotRuns(firstSlot) / 4] += count;
    i32[slotRuns(endSlot) / 4] -= count;
    if (failedSlot !== 0) i32[slotFailures(failedSlot) / 4] += count;
  }
}
