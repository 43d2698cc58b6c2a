/**
 * Decides where the images of a launch go on a board, and in which state the processor starts: ELF and raw programs, flash images, Linux by the
 * ARM boot protocol (Documentation/arm/booting), initrd, device tree, extra files at addresses. Places bytes in a plan; writes nothing.
 */
import { Mode, Psr } from '../arm/modes.js';
import { boardErrors, imageErrors } from './errors.js';
import { isElf, readElf, type ElfFile } from './elf.js';
import { fitDeviceTree, type Chosen } from './user-tree.js';

export interface ImageFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a launch brings along. At least one of program, bios, kernel, loads is there. */
export interface GuestImages {
  /** ELF file, or raw bytes for RAM base + 64 KiB. */
  readonly program?: ImageFile;
  /** First flash, at address 0: the processor starts there. */
  readonly bios?: ImageFile;
  readonly flash1?: ImageFile;
  /** Linux zImage or ELF file; with `bios` it is handed to the firmware through fw_cfg. */
  readonly kernel?: ImageFile;
  readonly initrd?: ImageFile;
  /** Used instead of the board's own device tree. */
  readonly dtb?: ImageFile;
  /** Kernel command line. */
  readonly append?: string;
  /** Files at addresses. If nothing else starts, the processor starts at the last of them, in ARM state. */
  readonly loads: readonly { readonly file: ImageFile; readonly address: number }[];
}

/** Bytes to be written to physical memory; the rest up to `length` is zero. */
export interface PlacedImage {
  readonly name: string;
  readonly address: number;
  readonly length: number;
  readonly bytes: Uint8Array;
}

/** Registers at the first instruction. Everything else is the reset state. */
export interface StartState {
  readonly pc: number;
  readonly thumb: boolean;
  readonly r0: number;
  readonly r1: number;
  readonly r2: number;
  readonly cpsr: number;
}

export interface LoadPlan {
  readonly images: readonly PlacedImage[];
  readonly flash0?: ImageFile;
  readonly flash1?: ImageFile;
  /** For fw_cfg, when firmware boots the kernel. */
  readonly firmwareKernel?: { readonly kernel: Uint8Array; readonly initrd?: Uint8Array; readonly commandLine: string };
  readonly start: StartState;
  /** ELF files among the images, for symbols and lines. */
  readonly elfs: readonly ElfFile[];
  /** Physical address of the device tree. */
  readonly deviceTree: number;
}

export interface BoardMemory {
  readonly ramBase: number;
  readonly ramSize: number;
  readonly flashSize: number;
}

/** Makes the device tree blob once the rest is placed. */
export type DeviceTreeMaker = (chosen: Chosen) => Uint8Array;

const RAW_OFFSET = 0x1_0000;
const ZIMAGE_MAGIC_OFFSET = 0x24;
const ZIMAGE_MAGIC = 0x016f2818;
const PT_LOAD = 1;
const PAGE = 4096;
const MIB = 1 << 20;
/** Machine type of a boot by device tree. */
const NO_MACHINE_TYPE = -1;
/** @impdef the flags are UNKNOWN at reset: Z is set, as QEMU has it. */
const RESET_CPSR = Mode.svc | Psr.Z | Psr.A | Psr.I | Psr.F;

/** Plans a launch. @throws UserError 100–112 */
export function planImages(board: BoardMemory, images: GuestImages, makeTree: DeviceTreeMaker): LoadPlan {
  const placed: PlacedImage[] = [];
  const elfs: ElfFile[] = [];
  const place = (name: string, address: number, bytes: Uint8Array, length = bytes.length) => {
    placed.push({ name, address, bytes, length });
  };
  const checkSize = (file: ImageFile) => {
    if (file.bytes.length === 0) throw imageErrors.empty(file.name);
  };
  /** Places an ELF's segments or a raw image; returns where it starts. */
  const placeProgram = (file: ImageFile): number => {
    checkSize(file);
    if (!isElf(file.bytes)) {
      place(file.name, board.ramBase + RAW_OFFSET, file.bytes);
      return board.ramBase + RAW_OFFSET;
    }
    const elf = readElf(file.name, file.bytes);
    elfs.push(elf);
    const loadable = elf.segments.filter((s) => s.type === PT_LOAD && s.memSize > 0);
    if (loadable.length === 0) throw imageErrors.nothingToLoad(file.name);
    for (const s of loadable) place(file.name, s.paddr, elf.bytes.subarray(s.offset, s.offset + s.fileSize), s.memSize);
    return physicalEntry(elf);
  };

  let start: StartState | undefined;
  const begin = (entry: number, linux: boolean) => ({
    pc: (entry & ~1) >>> 0,
    thumb: (entry & 1) === 1,
    r0: 0,
    r1: linux ? NO_MACHINE_TYPE : 0,
    r2: 0,
    cpsr: RESET_CPSR,
  });
  for (const { file, address } of images.loads) {
    checkSize(file);
    if (isElf(file.bytes)) elfs.push(readElf(file.name, file.bytes));
    place(file.name, address, file.bytes);
    start = begin((address & ~3) >>> 0, false);
  }
  if (images.program) start = begin(placeProgram(images.program), false);
  let firmwareKernel: LoadPlan['firmwareKernel'];
  const initrd = images.initrd;
  if (initrd) checkSize(initrd);
  let initrdRange: { start: number; end: number } | undefined;
  /** Where a kernel that unpacks itself does no harm: its device tree goes there. */
  let clear: number | undefined;
  if (images.kernel && images.bios) {
    checkSize(images.kernel);
    firmwareKernel = { kernel: images.kernel.bytes, initrd: initrd?.bytes, commandLine: images.append ?? '' };
  } else if (images.kernel) {
    checkSize(images.kernel);
    if (!isElf(images.kernel.bytes) && !isZImage(images.kernel.bytes)) throw imageErrors.badKernel(images.kernel.name);
    start = begin(placeProgram(images.kernel), true);
    // Far enough from the kernel for it to unpack itself, as other loaders do: the middle of RAM, at most 128 MiB up, or behind the kernel.
    clear = Math.max(board.ramBase + Math.min(board.ramSize / 2, 128 * MIB), pageAlign(endOf(placed)));
    if (initrd) {
      initrdRange = { start: clear, end: clear + initrd.bytes.length };
      if (initrdRange.end > board.ramBase + board.ramSize) throw imageErrors.noRoom(initrd.name, initrd.bytes.length);
      place(initrd.name, initrdRange.start, initrd.bytes);
      clear = initrdRange.end;
    }
  }
  if (images.bios) {
    checkSize(images.bios);
    checkFlash(images.bios, board.flashSize);
    start = begin(0, false);
  }
  if (images.flash1) checkFlash(images.flash1, board.flashSize);

  checkPlaced(board, placed);
  const chosen = { bootargs: images.append === '' ? undefined : images.append, initrd: initrdRange };
  const blob = images.dtb ? fitDeviceTree(images.dtb, board, chosen) : makeTree(chosen);
  const deviceTree = placeDeviceTree(board, placed, blob, images.dtb?.name ?? 'the device tree', clear);
  return {
    images: placed,
    flash0: images.bios,
    flash1: images.flash1,
    firmwareKernel,
    // Firmware finds the device tree at the start of RAM; programs and kernels are told where it is.
    start: { ...(start ?? begin(0, false)), r2: images.bios ? 0 : deviceTree | 0 },
    elfs,
    deviceTree,
  };
}

/** Checks a RAM size in bytes against what a board takes. @throws UserError 122 */
export function checkRamSize(bytes: number, least: number, most: number): void {
  if (!Number.isInteger(bytes) || bytes < least || bytes > most || bytes % MIB !== 0) {
    throw boardErrors.badMemory(bytes, `${least / MIB}M`, `${most / MIB}M`);
  }
}

function isZImage(bytes: Uint8Array): boolean {
  const at = ZIMAGE_MAGIC_OFFSET;
  return (
    bytes.length > at + 4 &&
    (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) === ZIMAGE_MAGIC
  );
}

function checkFlash(file: ImageFile, room: number): void {
  if (file.bytes.length > room) throw imageErrors.flashTooLarge(file.name, file.bytes.length, room);
}

function checkPlaced(board: BoardMemory, placed: readonly PlacedImage[]): void {
  const ramEnd = board.ramBase + board.ramSize;
  const ram = `0x${board.ramBase.toString(16)} to 0x${(ramEnd - 1).toString(16)}`;
  const sorted = [...placed].sort((a, b) => a.address - b.address);
  sorted.forEach((image, i) => {
    if (image.address < board.ramBase || image.address + image.length > ramEnd) {
      throw imageErrors.outsideMemory(image.name, image.address, image.length, ram);
    }
    const next = sorted[i + 1] as PlacedImage | undefined;
    if (next && next.address < image.address + image.length)
      throw imageErrors.overlap(image.name, next.name, next.address);
  });
}

/** Where an ELF file's first instruction lies physically: its entry is a virtual address of one of its segments. */
function physicalEntry({ entry, segments }: ElfFile): number {
  const home = segments.find((s) => s.type === PT_LOAD && entry >= s.vaddr && entry < s.vaddr + s.fileSize);
  return home === undefined ? entry : entry - home.vaddr + home.paddr;
}

function pageAlign(address: number): number {
  return Math.ceil(address / PAGE) * PAGE;
}

/** First address behind all that is placed. */
function endOf(placed: readonly PlacedImage[]): number {
  return placed.reduce((end, image) => Math.max(end, image.address + image.length), 0);
}

/**
 * Without a kernel at the start of RAM if nothing lies there, with one at `behind`; else behind everything, or at the end of RAM. Returns its
 * address.
 */
function placeDeviceTree(
  board: BoardMemory,
  placed: PlacedImage[],
  blob: Uint8Array,
  name: string,
  behind: number | undefined,
): number {
  const ramEnd = board.ramBase + board.ramSize;
  const candidates = [
    behind === undefined ? board.ramBase : pageAlign(behind),
    pageAlign(endOf(placed)),
    Math.floor((ramEnd - blob.length) / PAGE) * PAGE,
    board.ramBase,
  ];
  const free = (at: number) =>
    at >= board.ramBase &&
    at + blob.length <= ramEnd &&
    placed.every((p) => at + blob.length <= p.address || p.address + p.length <= at);
  const at = candidates.find(free);
  if (at === undefined) throw imageErrors.noRoom(name, blob.length);
  placed.push({ name, address: at, bytes: blob, length: blob.length });
  return at;
}
