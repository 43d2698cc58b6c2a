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
  /** ELF file, or raw bytes for where the board's raw programs go. */
  readonly program?: ImageFile;
  /** First flash, at address 0: the processor starts there. */
  readonly bios?: ImageFile;
  readonly flash1?: ImageFile;
  /** Linux zImage or ELF file, on some boards raw bytes; with `bios` it is handed to the firmware through fw_cfg. */
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
  /** What the launch gave as the kernel's command line. */
  readonly commandLine: string;
  /** ELF files among the images, for symbols and lines. */
  readonly elfs: readonly ElfFile[];
  /** Physical address of what r2 shows to programs and kernels: the device tree, or a board's list of tags. */
  readonly deviceTree: number;
}

/** How a board is loaded. */
export interface LoadTarget {
  readonly name: string;
  readonly ramBase: number;
  /** Bytes of RAM that images may use. */
  readonly ramSize: number;
  /** Bytes of each flash; 0 if the board has none. */
  readonly flashSize: number;
  /** Where a raw program goes, and starts. */
  readonly rawAddress: number;
  /** r1 at the first instruction of a program, and of a kernel. */
  readonly machineType: { readonly program: number; readonly kernel: number };
  /** Whether a kernel may be neither ELF file nor zImage: it is loaded as a raw program then. */
  readonly rawKernel: boolean;
  /** Where the device tree or the tags go if they fit there and nothing else lies there. */
  readonly low?: { readonly start: number; readonly end: number };
  /** What tells a guest about board and launch, once the rest is placed; a device tree of the user's takes its place. */
  describe(chosen: Chosen): { readonly name: string; readonly bytes: Uint8Array };
}

const ZIMAGE_MAGIC_OFFSET = 0x24;
const ZIMAGE_MAGIC = 0x016f2818;
const PT_LOAD = 1;
const PAGE = 4096;
const MIB = 1 << 20;
/** @impdef the flags are UNKNOWN at reset: Z is set, as QEMU has it. */
const RESET_CPSR = Mode.svc | Psr.Z | Psr.A | Psr.I | Psr.F;

/** Plans a launch. @throws UserError 100–112, 126 */
export function planImages(board: LoadTarget, images: GuestImages): LoadPlan {
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
      place(file.name, board.rawAddress, file.bytes);
      return board.rawAddress;
    }
    const elf = readElf(file.name, file.bytes);
    elfs.push(elf);
    const loadable = elf.segments.filter((s) => s.type === PT_LOAD && s.memSize > 0);
    if (loadable.length === 0) throw imageErrors.nothingToLoad(file.name);
    for (const s of loadable) place(file.name, s.paddr, elf.bytes.subarray(s.offset, s.offset + s.fileSize), s.memSize);
    return physicalEntry(elf);
  };

  let start: StartState | undefined;
  const begin = (entry: number, what: 'program' | 'kernel') => ({
    pc: (entry & ~1) >>> 0,
    thumb: (entry & 1) === 1,
    r0: 0,
    r1: board.machineType[what],
    r2: 0,
    cpsr: RESET_CPSR,
  });
  for (const { file, address } of images.loads) {
    checkSize(file);
    if (isElf(file.bytes)) elfs.push(readElf(file.name, file.bytes));
    place(file.name, address, file.bytes);
    start = begin((address & ~3) >>> 0, 'program');
  }
  if (images.program) start = begin(placeProgram(images.program), 'program');
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
    const { name, bytes } = images.kernel;
    if (!board.rawKernel && !isElf(bytes) && !isZImage(bytes)) throw imageErrors.badKernel(name);
    start = begin(placeProgram(images.kernel), 'kernel');
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
    checkFlash(images.bios, board);
    start = begin(0, 'program');
  }
  if (images.flash1) checkFlash(images.flash1, board);

  checkPlaced(board, placed);
  const chosen = { bootargs: images.append === '' ? undefined : images.append, initrd: initrdRange };
  const description = images.dtb
    ? { name: images.dtb.name, bytes: fitDeviceTree(images.dtb, board, chosen) }
    : board.describe(chosen);
  const deviceTree = placeDescription(board, placed, description, clear);
  return {
    images: placed,
    flash0: images.bios,
    flash1: images.flash1,
    firmwareKernel,
    // Firmware finds the device tree at the start of RAM; programs and kernels are told where it is.
    start: { ...(start ?? begin(0, 'program')), r2: images.bios ? 0 : deviceTree | 0 },
    commandLine: images.append ?? '',
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

function checkFlash(file: ImageFile, { name, flashSize: room }: LoadTarget): void {
  if (room === 0) throw boardErrors.noFlash(name, file.name);
  if (file.bytes.length > room) throw imageErrors.flashTooLarge(file.name, file.bytes.length, room);
}

function checkPlaced(board: LoadTarget, placed: readonly PlacedImage[]): void {
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
 * Where the board wants it, if it has room there. Else without a kernel at the start of RAM if nothing lies there, with one at `behind`; else behind
 * everything, or at the end of RAM. Returns its address.
 */
function placeDescription(
  board: LoadTarget,
  placed: PlacedImage[],
  { name, bytes: blob }: { readonly name: string; readonly bytes: Uint8Array },
  behind: number | undefined,
): number {
  const { low } = board;
  const ramEnd = board.ramBase + board.ramSize;
  const candidates = [
    ...(low !== undefined && low.start + blob.length <= low.end ? [low.start] : []),
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
