/**
 * Turns a checked launch configuration into what the worker takes: every file read, every size and address a number. The files come through a port,
 * so that the same code serves a disk, a virtual workspace and the tests.
 */
import { sessionErrors } from '../util/errors.js';
import { parseNumber, parseSize, type LaunchConfiguration } from './configuration.js';
import type { ImageFile, LaunchOptions } from './model.js';
import { attributeLabel } from './validate.js';

/** Where a client's files are. A name is a path or a URI; which, the client knows. */
export interface FilePort {
  /** The whole file. Rejects with {@link FileProblem}. */
  read(name: string): Promise<Uint8Array>;
  /** Makes the file hold `bytes` and nothing else; it need not exist. Rejects with {@link FileProblem}. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Whether the directory is there that the file lies in, or would. */
  hasDirectory(name: string): Promise<boolean>;
}

/** Why a file could not be read or written. */
export class FileProblem extends Error {
  constructor(
    readonly missing: boolean,
    message: string,
  ) {
    super(message);
  }
}

/** The end of the path at which Debian's U-Boot for the board lies: its absence has a remedy of its own. */
const DEBIAN_UBOOT = '/usr/lib/u-boot/qemu_arm/u-boot.bin';

/** @throws UserError 602, 603, 604, which name the file and `attribute` */
export async function readImage(files: FilePort, attribute: string, name: string): Promise<ImageFile> {
  try {
    return { name, bytes: await files.read(name) };
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    if (!error.missing) throw sessionErrors.cannotRead(attribute, name, error.message);
    if (name.replace(/\\/g, '/').endsWith(DEBIAN_UBOOT)) throw sessionErrors.missingUBoot(name);
    throw sessionErrors.missingFile(attribute, name);
  }
}

/**
 * The file behind the second flash. One that is not there yet is an erased flash: it is made when the guest stores something.
 * @throws UserError 602, 608
 */
async function readFlash(files: FilePort, attribute: string, name: string): Promise<ImageFile> {
  try {
    return { name, bytes: await files.read(name) };
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    if (!error.missing) throw sessionErrors.cannotRead(attribute, name, error.message);
    if (!(await files.hasDirectory(name))) throw sessionErrors.missingDirectory(attribute, name);
    return { name, bytes: new Uint8Array(0) };
  }
}

/** The value of text that the attribute's pattern has let through, or a number. */
function numberOf(attribute: string, value: string | number): number {
  const number = parseNumber(value);
  if (number === undefined) throw sessionErrors.wrongType(attribute, 'a number', JSON.stringify(value));
  return number;
}

/**
 * @param epoch seconds since 1970 that the guest's clock starts at
 * @param label how errors name an attribute
 * @throws UserError 600, 602, 603, 604, 608
 */
export async function prepareLaunch(
  configuration: LaunchConfiguration,
  files: FilePort,
  epoch: number,
  label: (attribute: string) => string = attributeLabel,
): Promise<LaunchOptions> {
  const { program, bios, flash, kernel, initrd, dtb, memory } = configuration;
  // most images are optional; an empty name counts as none
  const optional = (attribute: string, name: string | undefined): Promise<ImageFile | undefined> =>
    name ? readImage(files, label(attribute), name) : Promise.resolve(undefined);
  const [programFile, biosFile, flashFile, kernelFile, initrdFile, dtbFile] = await Promise.all([
    optional('program', program),
    optional('bios', bios),
    flash ? readFlash(files, label('flash'), flash) : undefined,
    optional('kernel', kernel),
    optional('initrd', initrd),
    optional('dtb', dtb),
  ]);
  const loads = await Promise.all(
    configuration.load.map(async ({ file, address }, i) => ({
      file: await readImage(files, label(`load[${i}].file`), file),
      address: numberOf(label(`load[${i}].address`), address) >>> 0,
    })),
  );
  const symbols = await Promise.all(
    configuration.symbols.map(async ({ file, offset = 0 }, i) => ({
      file: await readImage(files, label(`symbols[${i}].file`), file),
      offset: numberOf(label(`symbols[${i}].offset`), offset),
    })),
  );
  const bytes = parseSize(memory);
  if (bytes === undefined || bytes <= 0) {
    throw sessionErrors.wrongType(label('memory'), 'a number of bytes, or text such as "128M"', JSON.stringify(memory));
  }
  return {
    board: configuration.board,
    ...(configuration.cpu !== undefined && { cpu: configuration.cpu }),
    mode: configuration.mode,
    level: configuration.level,
    engine: configuration.engine,
    memory: bytes,
    ...(programFile && { program: programFile }),
    ...(biosFile && { bios: biosFile }),
    ...(flashFile && { flash1: flashFile }),
    ...(kernelFile && { kernel: kernelFile }),
    ...(initrdFile && { initrd: initrdFile }),
    ...(dtbFile && { dtb: dtbFile }),
    ...(configuration.append !== undefined && { append: configuration.append }),
    loads,
    symbols,
    semihosting: configuration.semihosting,
    coverage: configuration.coverage,
    nsPerInstruction: configuration.nsPerInstruction,
    epoch,
    patches: configuration.patches,
    unpredictable: configuration.unpredictable,
  };
}

/** Images from this size on are given to the worker instead of copied: a copy would hold up whoever sends it. */
const LARGE_IMAGE = 2 ** 20;

/** The buffers of a launch that may be transferred: large ones that hold nothing but their image. */
export function transferables(options: LaunchOptions): ArrayBuffer[] {
  const { program, bios, flash1, kernel, initrd, dtb, loads, symbols } = options;
  const files = [program, bios, flash1, kernel, initrd, dtb, ...[...loads, ...symbols].map(({ file }) => file)];
  const buffers = new Set<ArrayBuffer>();
  for (const file of files) {
    if (!file || file.bytes.length < LARGE_IMAGE) continue;
    const { buffer, byteLength } = file.bytes;
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffers.add(buffer);
  }
  return [...buffers];
}
