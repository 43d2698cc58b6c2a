/** The `raspi1` board as a kind: its settings, its memory, and how a launch fits on it, as the Raspberry Pi's firmware starts a kernel. */
import { taggedList } from './atags.js';
import type { BoardModel } from './board.js';
import type { GuestOptions } from './guest-options.js';
import { checkRamSize, planImages, type LoadPlan, type LoadTarget } from './images.js';
import { Raspi1Board } from './raspi1-board.js';
import {
  armMemory,
  KERNEL_ADDRESS,
  MACHINE_TYPE,
  RAM_LEAST,
  RAM_MOST,
  raspi1Map,
  TAGS_ADDRESS,
  TAGS_END,
} from './raspi1-map.js';

const { base } = raspi1Map.ram;

/** How a board with `ram` bytes of RAM is loaded. */
export function raspi1Target(ram: number): LoadTarget {
  const ramSize = armMemory(ram);
  return {
    name: 'raspi1',
    ramBase: base,
    ramSize,
    flashSize: 0,
    rawAddress: KERNEL_ADDRESS,
    machineType: { program: MACHINE_TYPE, kernel: MACHINE_TYPE },
    rawKernel: true,
    low: { start: TAGS_ADDRESS, end: TAGS_END },
    describe: (chosen) => ({ name: 'the list of tags', bytes: taggedList({ base, length: ramSize }, chosen) }),
  };
}

function plan({ memory, images }: GuestOptions): LoadPlan {
  checkRamSize(memory, RAM_LEAST, RAM_MOST);
  return planImages(raspi1Target(memory), images);
}

export const raspi1: BoardModel = {
  name: 'raspi1',
  cpus: ['arm1176'],
  memories: ({ memory }) => [{ name: 'ram', base, length: memory, kind: 'ram' }],
  ram: ({ memory }) => ({ base, length: armMemory(memory) }),
  plan,
  create: (wiring) => new Raspi1Board(wiring),
};
