/** The `virt` board as a kind: its settings, its memories, and how a launch fits on it. */
import { featureMask } from '../isa/features.js';
import { cpuModels } from '../cpu/models.js';
import type { BoardModel, MemorySpec } from './board.js';
import type { GuestOptions } from './guest-options.js';
import { checkRamSize, planImages, type LoadPlan, type LoadTarget } from './images.js';
import { cpuModel } from './machine.js';
import { VirtBoard } from './virt-board.js';
import { FLASH_SIZE, RAM_LEAST, RAM_MOST, virtMap } from './virt-map.js';
import { virtDeviceTree, type VirtTreeOptions } from './virt-tree.js';

const RAW_OFFSET = 0x1_0000;
/** r1 of a boot by device tree. */
const NO_MACHINE_TYPE = -1;

function memories({ memory }: GuestOptions): MemorySpec[] {
  return [
    { name: 'flash0', base: virtMap.flash0.base, length: FLASH_SIZE, kind: 'flash' },
    { name: 'flash1', base: virtMap.flash1.base, length: FLASH_SIZE, kind: 'flash' },
    { name: 'ram', base: virtMap.ram.base, length: memory, kind: 'ram' },
  ];
}

function plan({ memory, cpu, images }: GuestOptions): LoadPlan {
  checkRamSize(memory, RAM_LEAST, RAM_MOST);
  const { features } = cpuModel(cpu);
  // PSCI is called by HVC, which came with the Virtualization Extensions.
  const psci = (features & featureMask(['virtualization'])) !== 0;
  const timer = (features & featureMask(['generic-timer'])) !== 0;
  return planImages(virtTarget({ ramSize: memory, cpu, psci, timer }), images);
}

/** How the board is loaded. */
export function virtTarget(options: VirtTreeOptions): LoadTarget {
  const { ramSize } = options;
  return {
    name: 'virt',
    ramBase: virtMap.ram.base,
    ramSize,
    flashSize: FLASH_SIZE,
    rawAddress: virtMap.ram.base + RAW_OFFSET,
    machineType: { program: 0, kernel: NO_MACHINE_TYPE },
    rawKernel: false,
    describe: (chosen) => ({ name: 'the device tree', bytes: virtDeviceTree({ ...options, ...chosen }) }),
  };
}

export const virt: BoardModel = {
  name: 'virt',
  cpus: [...cpuModels.keys()],
  memories,
  ram: ({ memory }) => ({ base: virtMap.ram.base, length: memory }),
  plan,
  create: (wiring) => new VirtBoard(wiring),
};
