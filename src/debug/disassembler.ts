/**
 * Instruction text by capstone, for people only: what a word means is for the instruction table to say. One word at a time, so that a word that
 * capstone does not know spoils no other; texts are kept, since guests run the same words over and over.
 */
import { Capstone, Const, loadCapstone, type Insn } from 'capstone-wasm';
import { Fact, type CompiledRow, type Isa } from '../isa/row.js';
import { decode } from '../isa/decode.js';
import { decodeBytes, itConditions, wordText } from './code.js';

/** Texts kept before the cache starts anew. */
const CACHE_LIMIT = 1 << 16;
/** More at once and capstone corrupts itself. */
const LARGEST_CHUNK = 1 << 14;
/** Text must not depend on where a word lies unless it must: others are made as if they lay here. */
const ANYWHERE = 0;

let arm: Capstone | undefined;
let thumb: Capstone | undefined;
let loading: Promise<void> | undefined;
const cache = new Map<string, string>();

/**
 * Makes capstone ready. Until it has settled, and for good if it fails, instructions show as words.
 * @param module bytes of capstone.wasm; where files can be read, the package finds them itself
 */
export function loadDisassembler(module?: Uint8Array): Promise<void> {
  loading ??= loadCapstone(module && { wasmBinary: module, locateFile: () => 'capstone.wasm' }).then(() => {
    arm = new Capstone(Const.CS_ARCH_ARM, Const.CS_MODE_ARM | Const.CS_MODE_V8);
    thumb = new Capstone(Const.CS_ARCH_ARM, Const.CS_MODE_THUMB | Const.CS_MODE_V8);
    cache.clear();
  });
  return loading;
}

/** True for a branch whose target is counted from where it lies. */
function isDirectBranch(row: CompiledRow | undefined): boolean {
  return row !== undefined && (row.facts & Fact.branch) !== 0 && (row.facts & Fact.indirect) === 0;
}

/**
 * Text of an instruction, such as `ldr r0, [pc, #0x10]`, or `.inst 0xe7f000f0` for what capstone does not know.
 * @param condition of the IT block that it lies in, 14 outside
 */
export function instructionText(isa: Isa, word: number, address: number, condition = 14): string {
  const row = decode(isa, word | 0);
  const at = isDirectBranch(row) ? address : ANYWHERE;
  const key = keyOf(isa, word, at, condition);
  let text = cache.get(key);
  if (text === undefined) {
    text = disassemble(isa, word, row, at, condition) ?? unknownText(isa, word, row);
    keep(key, text);
  }
  return text;
}

/** Learns the texts of many instructions at once, in a fraction of the time: all of `bytes`, which lie at `address`. */
export function learnTexts(bytes: Uint8Array, address: number, inThumb: boolean): void {
  const machine = inThumb ? thumb : arm;
  const unit = inThumb ? 2 : 4;
  for (let offset = 0; machine !== undefined && offset + unit <= bytes.length;) {
    let found: readonly Insn[] = [];
    try {
      found = machine.disasm(bytes.subarray(offset, offset + LARGEST_CHUNK), { address: address + offset });
    } catch {
      // the first word is one that it does not know
    }
    let conditions: readonly number[] = [];
    for (const { size, mnemonic, opStr } of found) {
      const instruction = decodeBytes(bytes, offset, address + offset, inThumb);
      // where the two see different instructions, what follows is no use
      if (instruction?.length !== size) return;
      const { isa, word, row } = instruction;
      const at = isDirectBranch(row) ? address + offset : ANYWHERE;
      keep(keyOf(isa, word, at, conditions[0] ?? 14), textOf(row, mnemonic, opStr));
      conditions = itConditions(instruction) ?? conditions.slice(1);
      offset += size;
    }
    offset += unit;
  }
}

function keyOf(isa: Isa, word: number, address: number, condition: number): string {
  return `${isa}${condition} ${word >>> 0} ${address}`;
}

function keep(key: string, text: string): void {
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(key, text);
}

function textOf(row: CompiledRow | undefined, mnemonic: string, opStr: string): string {
  // MRS reads all of CPSR where it matters here, although UAL prefers the application's name for it
  const operands = row?.operation === 'MRS_CPSR' ? opStr.replace(/\bapsr$/, 'cpsr') : opStr;
  return operands === '' ? mnemonic : `${mnemonic} ${operands}`;
}

function unknownText(isa: Isa, word: number, row: CompiledRow | undefined): string {
  const directive = isa === 'A32' ? '.inst' : isa === 'T16' ? '.inst.n' : '.inst.w';
  const name = row === undefined ? '' : `  ; ${row.name}`;
  return `${directive} 0x${wordText(isa, word)}${name}`;
}

function disassemble(
  isa: Isa,
  word: number,
  row: CompiledRow | undefined,
  address: number,
  condition: number,
): string | undefined {
  const machine = isa === 'A32' ? arm : thumb;
  if (machine === undefined) return undefined;
  const bytes: number[] = [];
  const half = (value: number) => bytes.push(value & 0xff, (value >>> 8) & 0xff);
  // inside an IT block capstone must see the IT
  const inBlock = isa !== 'A32' && condition < 14;
  if (inBlock) half(0xbf08 | (condition << 4));
  if (isa === 'A32') {
    half(word);
    half(word >>> 16);
  } else {
    if (isa === 'T32') half(word >>> 16);
    half(word);
  }
  try {
    const found = machine.disasm(bytes, { address: inBlock ? (address - 2) >>> 0 : address >>> 0 });
    const instruction = found[inBlock ? 1 : 0];
    if (instruction === undefined || instruction.size !== (isa === 'T16' ? 2 : 4)) return undefined;
    return textOf(row, instruction.mnemonic, instruction.opStr);
  } catch {
    // it throws on words that it does not know
    return undefined;
  }
}
