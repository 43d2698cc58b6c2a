/**
 * Memory as a list of instructions, with names, source lines and what the VMM planted. Decides where instructions begin and in which instruction
 * set, also backwards from an address. Works on any bytes: a running guest's, or an image's that is only looked at.
 */
import { decode } from '../isa/decode.js';
import { Fact, type CompiledRow } from '../isa/row.js';
import { classIndex, exitClasses, siteClass } from '../vmm/classes.js';

import { bytesText, decodeBytes, itConditions, wordText, type Instruction } from './code.js';
import { instructionText, learnTexts } from './disassembler.js';
import { hexadecimal } from './expressions/format.js';
import type { SourceMap } from './source-map.js';
import type { CodeState, SymbolTable } from './symbols.js';
import type { InstructionInfo } from '../protocol/model.js';

/** What is planted instead of an instruction. */
export interface PlantedWord {
  readonly word: number;
  /** How often it trapped. */
  readonly hits: number;
}

/** Where code comes from, and what is known about it. */
export interface CodeSource {
  readonly symbols: SymbolTable;
  readonly sources: SourceMap;
  /** Bytes from `address` on; fewer where memory ends. */
  read(address: number, length: number): Uint8Array;
  /** The kind of code at an address, as well as can be known. */
  stateAt(address: number): CodeState;
  planted(address: number, thumb: boolean): PlantedWord | undefined;
  /** Features of the processor, as a mask of isa/features.ts: what it lacks is Undefined. */
  readonly features: number;
}

const ADDRESS_SPACE = 2 ** 32;
/** Instructions before the wanted ones that are decoded, too: Thumb falls into step, and an IT block is seen from its start. */
const RUN_UP = 8;
/** Instructions that one call lists at most. */
const MOST = 1 << 16;
/** Bytes read at a time. */
const CHUNK = 1 << 14;
/** Bytes from which on texts are made in one go. */
const WORTH_LEARNING = 256;
/** Memory is mapped in no smaller pieces than this. */
const SMALLEST_PAGE = 0x400;

/** An instruction, or data between code. */
interface Item {
  readonly address: number;
  /** Bytes: 1, 2 or 4. */
  readonly length: number;
  readonly bytes: Uint8Array;
  /** Absent for data. */
  readonly instruction?: Instruction;
  /** Of the IT block that it lies in; 14 outside. */
  readonly condition: number;
}

/** Conditions that an IT block has left behind an item. */
function pendingAfter({ instruction }: Item, pending: readonly number[]): readonly number[] {
  return (instruction && itConditions(instruction)) ?? pending.slice(1);
}

function hex(value: number): string {
  return hexadecimal(BigInt(value >>> 0), 32);
}

/** What the table's facts make of an instruction, in words: an exit class where the VMM replaces it, else `branch` or `innocuous`. */
function classText(row: CompiledRow | undefined): string {
  const cls = siteClass(row);
  if (cls !== undefined) return exitClasses[classIndex(cls)].label.toLowerCase();
  return ((row as CompiledRow).facts & Fact.branch) !== 0 ? 'branch' : 'innocuous';
}

/** A remark on an instruction that other processors have, and this one has not. */
function lackingText({ isa, word, row }: Instruction): string {
  return row === undefined && decode(isa, word | 0) !== undefined ? '  ; Undefined on this processor' : '';
}

export class Disassembly {
  constructor(private readonly code: CodeSource) {}

  /**
   * `count` instructions, of which the first is `instructionOffset` instructions from the one at `address`. Fewer where memory that can be read
   * begins or ends.
   */
  list(address: number, instructionOffset: number, count: number): InstructionInfo[] {
    const back = Math.min(MOST, Math.max(0, -instructionOffset));
    const skip = Math.min(MOST, Math.max(0, instructionOffset));
    const wanted = Math.min(MOST, Math.max(0, count));
    const before = this.before(address, back);
    let pending: readonly number[] = [];
    for (const item of before.slice(-RUN_UP)) pending = pendingAfter(item, pending);
    const shown = back === 0 ? [] : before.slice(-back);
    // rows that are missing because memory begins are missing at the front
    const ahead = Math.max(0, wanted - back);
    const after = ahead === 0 ? [] : this.forward(address, skip + ahead, pending).slice(skip);
    return [...shown, ...after].slice(0, wanted).map((item) => this.describe(item));
  }

  /** The instruction at an address in a given state, or undefined if memory ends before it does. */
  at(address: number, thumb: boolean): Instruction | undefined {
    return decodeBytes(this.code.read(address, 4), 0, address, thumb, this.code.features);
  }

  /** Text of an instruction with names for the addresses in it. `condition`: of its IT block, 14 outside. */
  text(instruction: Instruction, condition = 14): string {
    const { isa, word, address, row } = instruction;
    const text = instructionText(isa, word, address, condition);
    const target = row !== undefined && (row.facts & Fact.branch) !== 0 ? /#(0x[0-9a-f]+|[0-9]+)$/.exec(text) : null;
    if (target !== null) return text + this.named(Number(target[1]));
    return text + this.literal(instruction, text);
  }

  /** At least the `count` items before `address`, as far as there are, and some more; the last ends where `address` is. */
  private before(address: number, count: number): Item[] {
    const arm = this.code.stateAt(Math.max(0, address - 2)) === 'arm';
    const earliest = Math.max(0, address - 4 * (count + RUN_UP));
    let best: Item[] = [];
    let fewest = Infinity;
    // in Thumb code, decode from two places and keep what falls into step
    for (const phase of arm ? [0] : [0, 2]) {
      const items = this.between(Math.min(address, earliest + phase), address);
      const broken = items.filter(
        (item) => item.instruction === undefined && this.code.stateAt(item.address) !== 'data',
      );
      if (broken.length >= fewest) continue;
      fewest = broken.length;
      best = items;
    }
    return best;
  }

  /** Items that fill the readable memory right before `end`, from `start` on or later. */
  private between(start: number, end: number): Item[] {
    let from = start;
    let bytes = this.code.read(from, end - from);
    while (bytes.length < end - from) {
      from += bytes.length;
      from = Math.min(end, from - (from % SMALLEST_PAGE) + SMALLEST_PAGE);
      bytes = this.code.read(from, end - from);
    }
    const items: Item[] = [];
    let pending: readonly number[] = [];
    for (let at = from; at < end;) {
      const item = this.item(bytes, at - from, at, pending);
      items.push(item);
      pending = pendingAfter(item, pending);
      at += item.length;
    }
    return items;
  }

  private forward(address: number, count: number, conditions: readonly number[]): Item[] {
    const items: Item[] = [];
    let pending = conditions;
    for (let start = address; start < ADDRESS_SPACE && items.length < count;) {
      const bytes = this.code.read(start, Math.min(CHUNK, 4 * (count - items.length)));
      if (bytes.length >= WORTH_LEARNING && start % 4 === 0) {
        learnTexts(bytes, start, this.code.stateAt(start) === 'thumb');
      }
      // what begins in this chunk and ends in the next is decoded with the next
      const complete = bytes.length < CHUNK ? bytes.length : bytes.length - 2;
      let offset = 0;
      while (offset < complete && items.length < count) {
        const item = this.item(bytes, offset, start + offset, pending);
        items.push(item);
        pending = pendingAfter(item, pending);
        offset += item.length;
      }
      if (offset === 0) break;
      start += offset;
    }
    return items;
  }

  /** What begins at `address`, which is at `offset` of `bytes` and ends before they do. */
  private item(bytes: Uint8Array, offset: number, address: number, pending: readonly number[]): Item {
    const state = this.code.stateAt(address);
    const instruction =
      state === 'data' || address % (state === 'arm' ? 4 : 2) !== 0
        ? undefined
        : decodeBytes(bytes, offset, address, state === 'thumb', this.code.features);
    // an instruction does not reach into another kind of code
    if (instruction !== undefined && (instruction.length === 2 || this.code.stateAt(address + 2) === state)) {
      const { length } = instruction;
      return {
        address,
        length,
        bytes: bytes.subarray(offset, offset + length),
        instruction,
        condition: pending[0] ?? 14,
      };
    }
    const left = bytes.length - offset;
    let length = address % 4 === 0 && left >= 4 ? 4 : address % 2 === 0 && left >= 2 ? 2 : 1;
    while (length > 1 && this.code.stateAt(address + length / 2) !== state) length /= 2;
    return { address, length, bytes: bytes.subarray(offset, offset + length), condition: 14 };
  }

  private describe(item: Item): InstructionInfo {
    const { address, bytes, instruction, condition } = item;
    const { symbols, sources } = this.code;
    const symbol = symbols.describe(address);
    const source = sources.lineAt(address);
    const common = {
      address,
      bytes: bytesText(bytes),
      ...(symbol !== undefined && { symbol }),
      ...(source && { path: source.path, line: source.line }),
    };
    if (instruction === undefined) {
      return { ...common, isa: item.length === 4 ? 'A32' : 'T16', text: this.dataText(bytes), cls: 'data' };
    }
    const { isa, row } = instruction;
    const planted = this.code.planted(address, isa !== 'A32');
    return {
      ...common,
      isa,
      text: this.text(instruction, condition) + lackingText(instruction),
      cls: classText(row),
      ...(planted && {
        planted: wordText(isa, planted.word),
        plantedText: instructionText(isa, planted.word, address),
        hits: planted.hits,
      }),
    };
  }

  private dataText(bytes: Uint8Array): string {
    let value = 0;
    for (let i = bytes.length - 1; i >= 0; i--) value = value * 256 + bytes[i];
    const digits = value.toString(16).padStart(2 * bytes.length, '0');
    const directive = bytes.length === 4 ? '.word' : bytes.length === 2 ? '.hword' : '.byte';
    const printable = bytes.every((byte) => byte >= 32 && byte < 127);
    const text = printable ? `  ; "${String.fromCharCode(...bytes)}"` : '';
    return `${directive} 0x${digits}${bytes.length === 4 ? this.named(value) : ''}${text}`;
  }

  /** ` <name+offset>` or nothing. */
  private named(address: number): string {
    const name = this.code.symbols.describe(address);
    return name === undefined ? '' : ` <${name}>`;
  }

  /** What an address counted from PC comes to: the word that a load finds there, or the name of what it points to. */
  private literal({ isa, address }: Instruction, text: string): string {
    const base = isa === 'A32' ? address + 8 : (address + 4) & ~3;
    const load = /^ldr(\w*)(?:\.w)? \w+, \[pc(?:, #(-?)(0x[0-9a-f]+|[0-9]+))?\]$/.exec(text);
    if (load !== null) {
      const at = (base + Number(`${load[3] ?? 0}`) * (load[2] === '-' ? -1 : 1)) >>> 0;
      const bytes = this.code.read(at, 4);
      const isWord = !/^(b|h|s|d)/.test(load[1].replace(/^(hs|hi)$/, ''));
      if (!isWord || bytes.length < 4) return `  ; ${hex(at)}${this.named(at)}`;
      const value = (bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24)) >>> 0;
      return `  ; =${hex(value)}${this.named(value)}`;
    }
    const sum = /^(add|sub|adr)\w*(?:\.w)? \w+, (?:pc, )?#(-?)(0x[0-9a-f]+|[0-9]+)$/.exec(text);
    if (sum === null || (sum[1] !== 'adr' && !text.includes(' pc, '))) return '';
    const sign = (sum[1] === 'sub') !== (sum[2] === '-') ? -1 : 1;
    const at = (base + sign * Number(sum[3])) >>> 0;
    return `  ; ${hex(at)}${this.named(at)}`;
  }
}
