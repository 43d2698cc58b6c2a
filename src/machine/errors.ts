/** 100–199 of the error catalogue: boards, images, and how they fit together. */
import { entry } from '../util/errors.js';

const hex = (n: number) => '0x' + n.toString(16);

export const imageErrors = {
  empty: entry(100, (name: string) => `${name} is empty; build the image again.`),
  truncatedElf: entry(
    101,
    (name: string, what: string) =>
      `${name} is cut short: its ${what} lies beyond the end of the file; copy or build it again.`,
  ),
  elf64: entry(
    102,
    (name: string) => `${name} is a 64-bit ELF file; Trapline runs 32-bit ARM guests, so build it for arm (ELF32).`,
  ),
  bigEndianElf: entry(
    103,
    (name: string) =>
      `${name} is a big-endian ELF file; Trapline loads little-endian images, so build it with -mlittle-endian.`,
  ),
  foreignMachine: entry(
    104,
    (name: string, machine: string) => `${name} is for another machine (${machine}); build it for 32-bit ARM.`,
  ),
  badElf: entry(105, (name: string, why: string) => `${name} is a damaged ELF file: ${why}; build it again.`),
  nothingToLoad: entry(
    106,
    (name: string) => `${name} has no loadable segment; link it to an executable (an object file cannot run).`,
  ),
  outsideMemory: entry(
    107,
    (name: string, from: number, length: number, ram: string) =>
      `${name} does not fit: it wants ${hex(from)} to ${hex(from + length - 1)}, but memory is ${ram}; link it elsewhere or set "memory".`,
  ),
  overlap: entry(
    108,
    (a: string, b: string, at: number) => `${a} and ${b} overlap at ${hex(at)}; load one of them elsewhere.`,
  ),
  flashTooLarge: entry(
    109,
    (name: string, size: number, room: number) =>
      `${name} has ${size} bytes, but the flash holds ${room}; use a smaller image or load it into RAM.`,
  ),
  badKernel: entry(
    110,
    (name: string) =>
      `${name} is neither an ELF file nor an ARM Linux zImage; give it as "program" or with an address in "load".`,
  ),
  badDeviceTree: entry(
    111,
    (name: string, why: string) => `${name} is not a flattened device tree (${why}); compile it with dtc.`,
  ),
  noRoom: entry(
    112,
    (name: string, size: number) => `There is no room in memory for ${name} (${size} bytes); set "memory" higher.`,
  ),
};

export const boardErrors = {
  unknownBoard: entry(120, (name: string, known: string) => `There is no board "${name}"; choose one of: ${known}.`),
  unknownCpu: entry(121, (name: string, known: string) => `There is no CPU model "${name}"; choose one of: ${known}.`),
  badMemory: entry(
    122,
    (bytes: number, least: string, most: string) =>
      `${bytes} bytes of memory is not possible; choose between ${least} and ${most}, a multiple of 1 MiB.`,
  ),
  unknownLevel: entry(
    123,
    (level: number, known: string) => `There is no optimisation level ${level}; choose one of: ${known}.`,
  ),
  badRate: entry(
    124,
    (ns: number, least: number, most: number) =>
      `${ns} ns per instruction is not possible; choose "nsPerInstruction" between ${least} and ${most}.`,
  ),
  noFlash: entry(
    126,
    (board: string, file: string) =>
      `The ${board} board has no flash for ${file}; give a boot loader as "program", or as a file in "load".`,
  ),
  wrongCpu: entry(
    125,
    (board: string, cpu: string, known: string) =>
      `The ${board} board has no ${cpu}; leave "cpu" out, or choose one of: ${known}.`,
  ),
};
