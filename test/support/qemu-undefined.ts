/**
 * Asks `qemu-system-arm` which words are UNDEFINED on one of its processor models, without executing any: each word stands behind a load that
 * aborts, so that it is translated and never reached. What a translation says is read from the log of its operations.
 *
 *   CODE   per word 16 bytes: `LDR r0, [r8]` (aborts) · the word · `B .`, which ends the translation
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { assemble } from './assemble.js';

/** RAM begins at 0 on the machine without a board. */
const ORIGIN = 0x1_0000;
const CODE = 0x10_0000;
const STRIDE = 16;
/** QEMU's smallest on these models. */
const PAGE = 1024;
/** Words that one run takes. */
export const MOST_WORDS = 8192;
/** Nothing answers there. */
const NOWHERE = 0xf000_0000;

/** Turns floating point on where there is any; then goes from load to load by way of the abort. */
function program(words: number, thumb: boolean, model: string): string {
  return `
    mov r0, #0              @ LDR pc, [pc, #0x18] at the vector of data aborts
    ldr r1, =0xe59ff018
    str r1, [r0, #0x10]
    ldr r1, =abort
    str r1, [r0, #0x30]
    mrc p15, 0, r0, c1, c0, 2
    orr r0, r0, #0xf00000
    mcr p15, 0, r0, c1, c0, 2
    mcr p15, 0, r0, c7, c5, 4
    mov r0, #0x40000000
    .word 0xeee80a10        @ VMSR FPEXC, r0
    ldr r8, =${NOWHERE}
    ldr r10, =${CODE}
    ldr r11, =${CODE + words * STRIDE}
    ldr r9, =${thumb ? 0x1f3 : 0x1d3}
    b next
  abort:
    add r10, r10, #${STRIDE}
  next:
    cmp r10, r11
    beq end
    msr spsr_cxsf, r9
    movs pc, r10
  end:
    cps #0x13
    mov r0, #0x18           @ SYS_EXIT
    ldr r1, =0x20026
    svc 0x123456
    b .                     @ ${model}
    .ltorg`;
}

export interface ModelledWord {
  /** A T16 word in the low half, a T32 word with its first halfword high. */
  readonly word: number;
  readonly length: 2 | 4;
}

/** By word: whether the model calls it UNDEFINED. @throws if QEMU does not get through all of them. */
export function undefinedOnQemu(model: string, thumb: boolean, words: readonly ModelledWord[]): boolean[] {
  if (words.length > MOST_WORDS) throw new RangeError('too many words');
  const code = assemble(program(words.length, thumb, model), { origin: ORIGIN });
  const image = Buffer.alloc(CODE - ORIGIN + words.length * STRIDE);
  image.set(code);
  words.forEach(({ word, length }, i) => {
    const at = CODE - ORIGIN + i * STRIDE;
    if (!thumb) {
      image.writeUInt32LE(0xe598_0000, at);
      image.writeUInt32LE(word >>> 0, at + 4);
      image.writeUInt32LE(0xeaff_fffe, at + 8);
      return;
    }
    // LDR r0, [r8] has no 16-bit encoding: MOV r0, r8 and LDR r0, [r0]
    image.writeUInt16LE(0x4640, at);
    image.writeUInt16LE(0x6800, at + 2);
    if (length === 4) image.writeUInt16LE(word >>> 16, at + 4);
    image.writeUInt16LE(word & 0xffff, at + 2 + length);
    image.writeUInt16LE(0xe7fe, at + 4 + length);
  });
  const found = run(model, image);
  if (found.length !== words.length)
    throw new Error(`${model}: ${found.length} of ${words.length} words were translated`);
  return found;
}

/** EXCP_UDEF, by whichever helper raises it with the syndrome of an unknown reason. */
const RAISES = /call exception_with_syndrome(_el)?,.*env,\$0x1,/;

function run(model: string, image: Uint8Array): boolean[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-undefined-'));
  const at = (name: string): string => path.join(folder, name);
  try {
    fs.writeFileSync(at('image.bin'), image);
    const second = model.startsWith('cortex-a') && !model.endsWith('8') ? ',has_el2=off' : '';
    const machine = ['-M', 'none', '-cpu', `${model},has_el3=off${second}`, '-m', '64'];
    const silent = ['-display', 'none', '-monitor', 'none', '-serial', 'none', '-nic', 'none', '-semihosting'];
    const loader = ['-device', `loader,file=${at('image.bin')},addr=0x${ORIGIN.toString(16)},cpu-num=0`];
    const log = [
      '-d',
      'op,nochain',
      '-D',
      at('log'),
      '-dfilter',
      `0x${CODE.toString(16)}+0x${image.length.toString(16)}`,
    ];
    execFileSync('qemu-system-arm', [...machine, ...silent, ...loader, ...log], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
    });
    return verdicts(fs.readFileSync(at('log'), 'latin1'));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/**
 * One verdict for each translation, in their order: whether the operations of the word behind the load raise the exception. Each word is
 * translated once, by itself; addresses in the log are offsets in a page.
 */
function verdicts(log: string): boolean[] {
  return log
    .split(/^OP:$/m)
    .slice(1)
    .map((translation, i) => {
      const offset = Number.parseInt(/^ ---- ([0-9a-f]+)/m.exec(translation)![1], 16);
      if (offset % PAGE !== (i * STRIDE) % PAGE) throw new Error(`translation ${i} is of another word`);
      return RAISES.test(translation);
    });
}
