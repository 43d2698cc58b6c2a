/** Debian's U-Boot from power-on to its prompt, a key pressed at autoboot: a real guest whose boot is over before engines are warm. */
import fs from 'node:fs';
import { createBareGuest } from '../../../src/machine/bare-guest.js';
import type { GuestHooks, GuestOptions } from '../../../src/machine/guest-options.js';
import type { Guest } from '../../../src/machine/guest.js';
import { createHypervisor, type Hypervisor } from '../../../src/vmm/hypervisor.js';

export const UBOOT = '/usr/lib/u-boot/qemu_arm/u-boot.bin';
export const UBOOT_WAYS = ['bare', 'level 0', 'level 1', 'level 2'] as const;
export type UbootWay = (typeof UBOOT_WAYS)[number];

const SLICE = 1_000_000;
const PATIENCE = 100_000_000;

export interface Boot {
  /** Processor time in seconds from power-on to the prompt: of the thread that runs the guest, and of the whole process, compilers and collectors included. */
  readonly thread: number;
  readonly process: number;
  readonly instructions: number;
  readonly exits: number;
}

/** Processor time of this thread in seconds; where the host does not tell, of the process. */
function threadSeconds(): number {
  try {
    return Number(fs.readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e9;
  } catch {
    return processSeconds();
  }
}

function processSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Runs U-Boot to its prompt in this process. Making the machine is not part of what is timed. @param hostNow to sample what exits cost */
export function bootUboot(
  way: UbootWay,
  hostNow?: () => number,
  engine: GuestOptions['engine'] = 'interpreter',
): Boot & { readonly hypervisor: Hypervisor | undefined } {
  let console = '';
  let stage = 0;
  const running = (): Guest => guest;
  const hooks: GuestHooks = {
    console: (byte) => {
      console += String.fromCharCode(byte);
      if (stage === 0 && console.includes('stop autoboot')) {
        stage = 1;
        running().board.type(Uint8Array.of(0x0d));
      }
      if (stage === 1 && console.endsWith('\n=> ')) {
        stage = 2;
        running().machine.requestStop();
      }
    },
    guestError: () => {},
    guestException: () => {},
  };
  const options: GuestOptions = {
    board: 'virt',
    cpu: 'cortex-a15',
    memory: 128 << 20,
    engine,
    nsPerInstruction: 64,
    epoch: 0,
    semihosting: false,
    unpredictable: 'undefined',
    images: { bios: { name: UBOOT, bytes: new Uint8Array(fs.readFileSync(UBOOT)) }, loads: [] },
  };
  const hypervisor =
    way === 'bare'
      ? undefined
      : createHypervisor(
          { ...options, level: Number(way.slice(-1)), patches: 'overlay' },
          { ...hooks, trap: () => {}, ...(hostNow && { hostNow, timed: true }) },
        );
  const guest: Guest = hypervisor ?? createBareGuest(options, hooks);
  const instructions = (): number => guest.machine.clock.instructions();
  const before = { thread: threadSeconds(), process: processSeconds() };
  while (stage < 2) {
    guest.run({ limit: SLICE, skipBreakpointOnce: false, sleepUntil: Infinity });
    if (instructions() > PATIENCE) throw new Error(`no prompt after ${instructions()} instructions:\n${console}`);
  }
  return {
    thread: threadSeconds() - before.thread,
    process: processSeconds() - before.process,
    instructions: instructions(),
    exits: hypervisor?.metrics.total() ?? 0,
    hypervisor,
  };
}

/** How often U-Boot boots in one process: what its last boot takes, no longer has anything to compile. */
const BOOTS = 5;

/** The first boot of a process, and a later one. */
export interface Boots {
  readonly first: Boot;
  readonly warm: Boot;
}

/** For a process of its own: boots several times. */
export function bootRepeatedly(way: UbootWay, engine: GuestOptions['engine']): Boots {
  const boots = Array.from({ length: BOOTS }, () => {
    const { thread, process, instructions, exits } = bootUboot(way, undefined, engine);
    return { thread, process, instructions, exits };
  });
  return { first: boots[0], warm: boots.slice(1).sort((a, b) => a.thread - b.thread)[(BOOTS - 1) >> 1] };
}
