/**
 * The ablation "lazy against whole image": has the VMM analyse every word of an image before the guest's first instruction, as a sweep in ARM state,
 * where it otherwise analyses what is about to run. What is data in the image is analysed, too: planted words that no fetch meets change nothing.
 */
import { TestGuest, type TestGuestOptions, type Way } from '../../support/guest.js';
import type { Hypervisor } from '../../../src/vmm/hypervisor.js';
import type { ImageFile } from '../../../src/machine/images.js';
import { GUEST_KERNEL } from '../../../src/vmm/shadow.js';

/** Guest-physical memory that holds code of the guest's kernel. */
export interface Image {
  readonly gpa: number;
  readonly length: number;
}

export interface ImageRun {
  /** Processor time in seconds: of the sweep (0 if lazy), and from power-on to the end of the run. */
  readonly sweep: number;
  readonly run: number;
  readonly instructionsAnalysed: number;
  readonly sites: number;
}

/** PT_LOAD. */
const LOAD = 1;

function seconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** The code at a program's entry: the ELF segment in which it starts. */
export function imageOf({ images }: TestGuestOptions): Image {
  const { bytes } = images.program as ImageFile;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [entry, headers, size, count] = [
    view.getUint32(24, true),
    view.getUint32(28, true),
    view.getUint16(42, true),
    view.getUint16(44, true),
  ];
  for (let i = 0; i < count; i++) {
    const at = headers + i * size;
    const [gpa, length] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
    if (view.getUint32(at, true) === LOAD && entry >= gpa && entry < gpa + length) return { gpa, length };
  }
  throw new Error('no segment holds the entry');
}

/** Analyses `[gpa, gpa + length)`, where the guest has memory that lies where it is addressed. */
export function analyseAll({ machine, bus, patcher }: Hypervisor, gpa: number, length: number): void {
  for (let at = gpa; at < gpa + length;) {
    const host = bus.directPage(at, false);
    const start = machine.bus.ranges().find(({ kind, pa, length: bytes }) => {
      const offset = host - machine.bus.directPage(pa, false);
      return kind === 'ram' && host >= 0 && offset >= 0 && offset < bytes;
    });
    if (start === undefined) throw new Error(`no memory at ${at.toString(16)}`);
    const page = start.pa + host - machine.bus.directPage(start.pa, false);
    const end = Math.min(gpa + length, at - (at % 4096) + 4096);
    machine.bus.markCode(page);
    for (; at < end; at += 4) patcher.admit(at, page + (at % 4096), 0, GUEST_KERNEL);
  }
}

/** Runs a guest to its end, lazily or with its image analysed before. */
export function runImage(way: Way, options: TestGuestOptions, image: Image | undefined, patience: number): ImageRun {
  const run = new TestGuest(way, options);
  const hypervisor = run.hypervisor as Hypervisor;
  const start = seconds();
  if (image !== undefined) analyseAll(hypervisor, image.gpa, image.length);
  const swept = seconds();
  run.end(patience);
  const { instructionsAnalysed, sitesPlanted } = hypervisor.patcher.map;
  return {
    sweep: image === undefined ? 0 : swept - start,
    run: seconds() - swept,
    instructionsAnalysed,
    sites: sitesPlanted,
  };
}
