/** The `virt` board as a kind: its settings, its memories, and how a launch fits on it. */
import { featureMask } from '../isa/features.js';
import { cpuModels } from '../cpu/models.js';
import type { BoardModel, MemorySpec } from './board.js';
import type { GuestOptions } from './guest-options.js';
import { checkRamSize, planImages, type LoadPlan } from './images.js';
import { cpuModel } from './machine.js';
import { VirtBoard } from './virt-board.js';
import { FLASH_SIZE, RAM_LEAST, RAM_MOST, virtMap } from './virt-map.js';
import { virtDeviceTree } from './virt-tree.js';

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
  return planImages(
    { ramBase: virtMap.ram.base, ramSize: memory, flashSize: FLASH_SIZE },
    images,
    ({ bootargs, initrd }) => virtDeviceTree({ ramSize: memory, cpu, psci, timer, bootargs, initrd }),
  );
}

export const virt: BoardModel = {
  name: 'virt',
  cpus: [...cpuModels.keys()],
  memories,
  ram: ({ memory }) => ({ base: virtMap.ram.base, length: memory }),
  plan,
  create: (wiring) => new VirtBoard(wiring),
};
