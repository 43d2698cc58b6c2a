/**
 * Coverage of the images of a launch, by source line: which instructions there are, by the images' own bytes and symbols, whatever memory holds by
 * now; and what the engine counted of each. Counts nothing itself.
 */
import type { Coverage, InstructionCoverage } from '../../arm/coverage.js';
import { Fact } from '../../isa/row.js';
import { conditionOf } from '../../isa/flow.js';
import type { Machine } from '../../machine/machine.js';
import { decodeBytes, hasFact, itConditions, type Instruction } from '../code.js';
import { instructionText } from '../disassembler.js';
import { debugErrors } from '../errors.js';
import { codeRangesOf, type Module } from '../module.js';
import type { SourceMap } from '../source-map.js';
import type { SymbolTable } from '../symbols.js';
import type { FileCoverageInfo, FunctionCoverageInfo, LineCoverageInfo } from '../../protocol/views/coverage.js';

/** An instruction of an image that belongs to a source line. */
interface SourceInstruction {
  readonly address: number;
  readonly thumb: number;
  /** A statement of its line begins here. */
  readonly isStart: boolean;
  /** It executes or branches under a condition. */
  readonly conditional: boolean;
  readonly instruction: Instruction;
}

const ALWAYS = 14;
const PT_LOAD = 1;

export class CoverageView {
  /** Instructions by path and line; made when first asked for. */
  private files: Map<string, Map<number, SourceInstruction[]>> | undefined;

  constructor(
    private readonly machine: Machine,
    private readonly modules: readonly Module[],
    private readonly symbols: SymbolTable,
    private readonly sources: SourceMap,
    private readonly features: number,
  ) {}

  /** @throws UserError 254 if executions are not counted */
  all(): FileCoverageInfo[] {
    const coverage = this.current();
    this.files ??= this.collect();
    return [...this.files].map(([path, lines]) => ({
      path,
      lines: [...lines]
        .map(([line, instructions]) => lineCoverage(line, instructions, coverage))
        .sort((a, b) => a.line - b.line),
      functions: this.functions(path, coverage),
    }));
  }

  /**
   * Counts of single instructions, in either state: how often each was reached, and how often its condition failed.
   * @throws UserError 254 if executions are not counted
   */
  of(addresses: readonly number[]): InstructionCoverage[] {
    const coverage = this.current();
    return addresses.map((address) => {
      const arm = coverage.at(address, 0);
      return arm.reached > 0 ? arm : coverage.at(address, 1);
    });
  }

  private current(): Coverage {
    const { coverage, engine } = this.machine;
    if (coverage === undefined) throw debugErrors.noCoverage();
    engine.flushCounters();
    return coverage;
  }

  private functions(path: string, coverage: Coverage): FunctionCoverageInfo[] {
    const found: FunctionCoverageInfo[] = [];
    for (const { name, address, thumb, kind, global, code } of this.symbols.all) {
      if (!code || !(kind === 'function' || (kind === 'label' && global))) continue;
      const source = this.sources.lineAt(address);
      if (source?.path !== path) continue;
      const { reached } = coverage.at(address, this.isThumb(address, thumb) ? 1 : 0);
      found.push({ name, line: source.line, reached });
    }
    return found;
  }

  private isThumb(address: number, otherwise: boolean): boolean {
    const state = this.symbols.stateAt(address);
    return state === undefined ? otherwise : state === 'thumb';
  }

  private collect(): Map<string, Map<number, SourceInstruction[]>> {
    const files = new Map<string, Map<number, SourceInstruction[]>>();
    for (const module of this.modules)
      for (const one of this.instructions(module)) {
        const source = this.sources.lineAt(one.address);
        if (source === undefined) continue;
        let lines = files.get(source.path);
        if (lines === undefined) files.set(source.path, (lines = new Map<number, SourceInstruction[]>()));
        const line = lines.get(source.line);
        const placed = { ...one, isStart: source.isStart };
        if (line === undefined) lines.set(source.line, [placed]);
        else line.push(placed);
      }
    return files;
  }

  /** The instructions of an image where it will run. */
  private *instructions({ elf, offset }: Module): Generator<Omit<SourceInstruction, 'isStart'>> {
    for (const { start, end } of codeRangesOf(elf)) {
      const segment = elf.segments.find((s) => s.type === PT_LOAD && start >= s.vaddr && start < s.vaddr + s.fileSize);
      if (segment === undefined) continue;
      const bytes = elf.bytes.subarray(segment.offset + start - segment.vaddr, segment.offset + end - segment.vaddr);
      let pending: readonly number[] = [];
      for (let at = 0; at < bytes.length;) {
        const address = (start + at + offset) >>> 0;
        const state = this.symbols.stateAt(address) ?? 'arm';
        const thumb = state === 'thumb' ? 1 : 0;
        const instruction = state === 'data' ? undefined : decodeBytes(bytes, at, address, thumb === 1, this.features);
        if (instruction === undefined) {
          at += state === 'arm' ? 4 : 1;
          continue;
        }
        const [condition = ALWAYS, ...rest] = pending;
        const conditional = condition < ALWAYS || conditionOf(instruction) < ALWAYS || comparesAndBranches(instruction);
        pending = itConditions(instruction) ?? rest;
        yield { address, thumb, conditional, instruction };
        at += instruction.length;
      }
    }
  }
}

/** CBZ and CBNZ have a condition of their own. */
function comparesAndBranches(instruction: Instruction): boolean {
  return instruction.row?.operation === 'CBZ' && hasFact(instruction, Fact.branch);
}

function lineCoverage(line: number, instructions: readonly SourceInstruction[], coverage: Coverage): LineCoverageInfo {
  const starts = instructions.filter(({ isStart }) => isStart);
  // a line may have no statement of its own, but code that was moved there
  const counted = starts.length > 0 ? starts : instructions;
  return {
    line,
    reached: Math.max(...counted.map(({ address, thumb }) => coverage.at(address, thumb).reached)),
    branches: instructions
      .filter(({ conditional }) => conditional)
      .map(({ address, thumb, instruction: { isa, word } }) => {
        const { reached, failed } = coverage.at(address, thumb);
        return { address, text: instructionText(isa, word, address), passed: reached - failed, failed };
      }),
  };
}
