/** The tagged list by which boot loaders told a kernel about its machine before device trees (Linux, Documentation/arm/booting). */
import type { Chosen } from './user-tree.js';

const ATAG_CORE = 0x5441_0001;
const ATAG_MEM = 0x5441_0002;
const ATAG_INITRD2 = 0x5442_0005;
const ATAG_CMDLINE = 0x5441_0009;
const ATAG_NONE = 0;
const HEADER_WORDS = 2;

/** ATAG_CORE: the root may be written; pages of 4 KiB; no root device. */
const CORE = [1, 4096, 0];

/** The list for a machine with RAM of `length` bytes at `base`. */
export function taggedList(ram: { readonly base: number; readonly length: number }, chosen: Chosen): Uint8Array {
  const words: number[] = [];
  const tag = (id: number, ...value: number[]): void => {
    words.push(value.length + HEADER_WORDS, id, ...value);
  };
  tag(ATAG_CORE, ...CORE);
  tag(ATAG_MEM, ram.length, ram.base);
  if (chosen.initrd) tag(ATAG_INITRD2, chosen.initrd.start, chosen.initrd.end - chosen.initrd.start);
  if (chosen.bootargs !== undefined) tag(ATAG_CMDLINE, ...textWords(chosen.bootargs));
  words.push(0, ATAG_NONE);
  return new Uint8Array(Uint32Array.from(words).buffer);
}

/** A text and its terminating zero as words. */
function textWords(text: string): number[] {
  const bytes = new Uint8Array(4 * (Math.floor(text.length / 4) + 1));
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return [...new Uint32Array(bytes.buffer)];
}
