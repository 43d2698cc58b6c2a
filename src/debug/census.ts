/**
 * The static census of an image: which of its instructions a VMM would have to replace, by class. Where mapping symbols tell code from data, all code
 * is counted; where they do not, what direct control flow reaches from the entry and from whatever begins like a function that calls others: a
 * linear scan would take literal pools for code.
 */
import { isElf } from '../machine/elf.js';
import { imageErrors } from '../machine/errors.js';
import { conditionOf, directTarget } from '../isa/flow.js';
import { Fact } from '../isa/row.js';
import { siteClass } from '../vmm/classes.js';

import { decodeBytes, hasFact, itConditions, type Instruction } from './code.js';
import { Disassembly } from './disassembly.js';
import { ImageCode } from './image-code.js';
import { RAW_ADDRESS } from './inspect.js';
import type { ImageFile, CensusSite } from '../protocol/model.js';

export interface Census {
  /** How instructions were found. */
  readonly method: 'symbols' | 'control flow';
  readonly instructions: number;
  /** Words that the table does not know, or that are Undefined on every processor here. */
  readonly unknown: number;
  /** Exit classes, `branch` and `innocuous`, the most frequent first. */
  readonly classes: readonly { readonly cls: string; readonly count: number }[];
  readonly sensitive: readonly CensusSite[];
  readonly indirectBranches: readonly CensusSite[];
  readonly directBranches: number;
}

/**
 * Takes the census of an ELF file or of a raw image.
 * @param address where a raw image lies; by default where one is loaded as the program
 * @throws UserError 100–105
 */
export function scanImage(file: ImageFile, address = RAW_ADDRESS): Census {
  if (file.bytes.length === 0) throw imageErrors.empty(file.name);
  const code = isElf(file.bytes) ? ImageCode.ofElf(file) : ImageCode.ofBytes(file, address >>> 0);
  const mapped = code.elf?.symbols.some((s) => s.kind === 'mapping') ?? false;
  return count(code, mapped ? 'symbols' : 'control flow', mapped ? bySymbols(code) : byControlFlow(code));
}

function count(code: ImageCode, method: Census['method'], instructions: Iterable<Instruction>): Census {
  const disassembly = new Disassembly(code);
  const counts = new Map<string, number>();
  const sensitive: CensusSite[] = [];
  const indirectBranches: CensusSite[] = [];
  let total = 0;
  let unknown = 0;
  let directBranches = 0;
  for (const instruction of instructions) {
    total++;
    const { address, isa, word, row } = instruction;
    const site = siteClass(row);
    const branch = hasFact(instruction, Fact.branch);
    const cls = site ?? (branch ? 'branch' : 'innocuous');
    counts.set(cls, (counts.get(cls) ?? 0) + 1);
    if (site === undefined) {
      if (branch) directBranches++;
      continue;
    }
    if (site === 'undefined') unknown++;
    const symbol = code.symbols.describe(address);
    const found = {
      address,
      isa,
      word,
      text: disassembly.text(instruction),
      cls: site,
      ...(symbol !== undefined && { symbol }),
    };
    (site === 'indirect-branch' ? indirectBranches : sensitive).push(found);
  }
  const classes = [...counts].map(([cls, n]) => ({ cls, count: n })).sort((a, b) => b.count - a.count);
  return { method, instructions: total, unknown, classes, sensitive, indirectBranches, directBranches };
}

function* bySymbols(code: ImageCode): Generator<Instruction> {
  for (const { start, end } of code.ranges) {
    const bytes = code.read(start, end - start);
    for (let at = start; at < start + bytes.length;) {
      const state = code.stateAt(at);
      const instruction = state === 'data' ? undefined : decodeBytes(bytes, at - start, at, state === 'thumb');
      if (instruction !== undefined && at % (state === 'arm' ? 4 : 2) === 0) yield instruction;
      at += instruction?.length ?? 1;
    }
  }
}

interface Entry {
  readonly address: number;
  readonly thumb: boolean;
}

/** In order of addresses. */
function byControlFlow(code: ImageCode): Instruction[] {
  const found = new Map<number, Instruction>();
  follow(code, [code.entry, ...vectors(code)], found);
  for (const { start, end } of code.ranges) {
    const bytes = code.read(start, end - start);
    for (let offset = -start & 3; offset + 4 <= bytes.length; offset += 4) {
      const word = bytes[offset] | (bytes[offset + 1] << 8) | (bytes[offset + 2] << 16) | (bytes[offset + 3] << 24);
      if (savesLink(word) && !found.has(start + offset))
        follow(code, [{ address: start + offset, thumb: false }], found);
    }
  }
  return [...found.values()].sort((a, b) => a.address - b.address);
}

/** PUSH with LR in its list, or STR LR, [SP, #-4]!, both unconditional: how an A32 function that calls others begins. */
function savesLink(word: number): boolean {
  return (word & 0xffff_4000) === (0xe92d_4000 | 0) || word === (0xe52d_e004 | 0);
}

/** Adds what is reached from `entries` by direct branches, calls and falling through. */
function follow(code: ImageCode, entries: Entry[], found: Map<number, Instruction>): void {
  for (let entry = entries.pop(); entry !== undefined; entry = entries.pop()) {
    let conditions: readonly number[] = [];
    for (let at = entry.address; inside(code, at) && !found.has(at);) {
      const instruction = decodeBytes(code.read(at, 4), 0, at, entry.thumb);
      if (instruction === undefined) break;
      found.set(at, instruction);
      const target = directTarget(instruction);
      if (target !== undefined) entries.push(target);
      const condition = conditions[0] ?? conditionOf(instruction);
      conditions = itConditions(instruction) ?? conditions.slice(1);
      if (condition === 14 && endsPath(instruction)) break;
      at += instruction.length;
    }
  }
}

function inside(code: ImageCode, address: number): boolean {
  return code.ranges.some((r) => address >= r.start && address < r.end);
}

/** True if nothing runs behind the instruction when its condition holds. */
function endsPath(instruction: Instruction): boolean {
  const { row, isa, word } = instruction;
  if (row === undefined) return true;
  // calls come back; so do CBZ and CBNZ, whose condition is no condition code
  if (hasFact(instruction, Fact.link)) return false;
  if (isa === 'T16' && (word & 0xf500) === 0xb100) return false;
  return hasFact(instruction, Fact.branch | Fact.exceptionReturn | Fact.undefined);
}

/** The eight exception vectors at the start of a raw image, if that is what begins there. */
function vectors(code: ImageCode): Entry[] {
  if (code.elf !== undefined) return [];
  const { address } = code.entry;
  const table = Array.from({ length: 8 }, (_, i) => address + 4 * i);
  const isTable = table.every((at) => {
    const instruction = decodeBytes(code.read(at, 4), 0, at, false);
    return instruction !== undefined && hasFact(instruction, Fact.branch);
  });
  return isTable ? table.map((at) => ({ address: at, thumb: false })) : [];
}
