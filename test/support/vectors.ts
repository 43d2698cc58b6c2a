/**
 * Which rows take part in comparisons with `qemu-arm` in user mode, and the GNU disassembler's text of a word for what a failure says.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Fact, type CompiledRow, type Isa } from '../../src/isa/row.js';
import { table } from '../../src/isa/table.js';

/** The GNU disassembler's text of one word, or a note that it is not there. */
export function disassemble(word: number, length: 2 | 4, thumb: boolean): string {
  const file = path.join(os.tmpdir(), `trapline-word-${process.pid}.bin`);
  const bytes = new DataView(new ArrayBuffer(4));
  if (!thumb) bytes.setUint32(0, word >>> 0, true);
  else if (length === 2) bytes.setUint16(0, word & 0xffff, true);
  else {
    bytes.setUint16(0, word >>> 16, true);
    bytes.setUint16(2, word & 0xffff, true);
  }
  fs.writeFileSync(file, new Uint8Array(bytes.buffer, 0, length));
  try {
    const mode = thumb ? ['-M', 'force-thumb'] : [];
    const text = execFileSync('arm-none-eabi-objdump', ['-D', '-b', 'binary', '-m', 'arm', ...mode, file], {
      encoding: 'utf8',
    });
    return text.trim().split('\n').at(-1)!.split('\t').slice(2).join(' ');
  } catch {
    return '(no disassembler)';
  } finally {
    fs.rmSync(file);
  }
}

/** Sensitive, but in USR mode on both sides what its name says. */
const UNPRIVILEGED = /^(LDR|STR)(S?[BH])?T$/;

const FAR = 'branches far away';

/** Why a row is left out of the comparison; undefined for the rows that take part. */
export function leftOut(row: CompiledRow): string | undefined {
  const has = (facts: number): boolean => (row.facts & facts) !== 0;
  if (row.operation === null) return 'recognised and Undefined here (VFP and Advanced SIMD exist on qemu-arm)';
  if (row.extension === 'branch-halves') return 'QEMU parts half a branch from what follows at page ends only';
  if (has(Fact.exceptionCall)) return 'generates an exception, which is a signal or a system call there';
  if (has(Fact.sensitive | Fact.privileged) && !UNPRIVILEGED.test(row.name)) {
    return 'system instruction: behaves by privilege, see the processor tests';
  }
  if (/^(SETEND|WFI|WFE|IT)$/.test(row.name)) return 'changes byte order, waits, or is a block of its own';
  if (has(Fact.indirect) && / \(literal\)/.test(row.name)) return FAR;
  // T32's BL and BLX within 4 MiB are rows of their own.
  if (row.isa === 'T32' && row.name === 'BL, BLX (immediate)' && !row.encoding.endsWith('near')) return FAR;
  return undefined;
}

/** The rows of an instruction set that can be compared. */
export function comparableRows(isa: Isa, filter: (row: CompiledRow) => boolean = () => true): CompiledRow[] {
  return table.filter((row) => row.isa === isa && leftOut(row) === undefined && filter(row));
}
