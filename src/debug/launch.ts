/** From a launch to a debugger: builds the guest, bare or hypervised, reads the symbols that apply to it, and puts the debugger around both. */
import { featureMask } from '../isa/features.js';
import { createBareGuest } from '../machine/bare-guest.js';
import { readElf } from '../machine/elf.js';
import { boardModel } from '../machine/boards.js';
import type { GuestHooks, GuestOptions } from '../machine/guest-options.js';
import { MemoryMapError } from '../mem/errors.js';
import { createHypervisor } from '../vmm/hypervisor.js';
import type { Debugger, DebuggerEvents } from './api.js';
import { debugErrors } from './errors.js';
import { GuestDebugger, type DebuggedGuest } from './guest-debugger.js';
import { GuestNotices } from './guest-notices.js';
import type { Module } from './module.js';
import { VmmView } from './vmm-view.js';
import type { LaunchOptions } from '../protocol/model.js';

/** What the board's only timer needs of the processor. */
const GENERIC_TIMER = featureMask(['generic-timer']);

/** Hooks whose receiver exists only after the guest does. */
class Hooks {
  debugger: GuestDebugger | undefined;
  private readonly notices: GuestNotices;

  constructor(private readonly events: DebuggerEvents) {
    this.notices = new GuestNotices(events);
  }

  get timing(): Pick<DebuggerEvents, 'hostNow' | 'timed'> {
    const { hostNow, timed = false } = this.events;
    return { ...(hostNow && { hostNow, timed }) };
  }

  forGuest(): GuestHooks {
    return {
      console: (byte) => {
        this.events.console(Uint8Array.of(byte));
      },
      guestError: (device, message) => {
        this.notices.guestError(device, message);
      },
      guestException: (kind, address, missing) => {
        if (missing !== undefined) this.notices.missing(missing, address);
        this.debugger?.guestException(kind, address, missing);
      },
      unpredictable: (address) => {
        this.debugger?.unpredictable(address);
      },
    };
  }
}

/**
 * Loads a guest; it stands at its first instruction. `loadDisassembler` must have settled for instructions to show as text.
 * @throws UserError 100–124, 250: an image, board, processor, level or size that cannot be
 */
export function createDebugger(options: LaunchOptions, events: DebuggerEvents): Debugger {
  const hooks = new Hooks(events);
  // first: a damaged file is said before a machine is built
  const extra: Module[] = options.symbols.map(({ file, offset }) => ({
    elf: readElf(file.name, file.bytes),
    offset: offset | 0,
  }));
  const debugged = createGuest(options, hooks);
  const modules = [...debugged.guest.plan.elfs.map((elf) => ({ elf, offset: 0 })), ...extra];
  const made = new GuestDebugger(debugged, modules, events);
  hooks.debugger = made;
  const { name, features } = debugged.guest.cpu.model;
  if (debugged.guest.board.timer !== undefined && (features & GENERIC_TIMER) === 0) {
    const why = `The ${options.board} board's timer is the generic timer, which ${name} lacks`;
    events.output('console', `${why}: QEMU refuses the two together. Here the guest runs, without timer and PSCI.`);
  }
  return made;
}

function createGuest(options: LaunchOptions, hooks: Hooks): DebuggedGuest {
  const guestOptions: GuestOptions = {
    board: options.board,
    cpu: options.cpu ?? boardModel(options.board).cpus[0],
    memory: options.memory,
    engine: options.engine,
    nsPerInstruction: options.nsPerInstruction,
    epoch: options.epoch,
    semihosting: options.semihosting,
    coverage: options.coverage,
    images: options,
    unpredictable: options.unpredictable,
  };
  try {
    if (options.mode === 'bare') return { guest: createBareGuest(guestOptions, hooks.forGuest()) };
    const guest = createHypervisor(
      { ...guestOptions, level: options.level, patches: options.patches },
      {
        ...hooks.forGuest(),
        trap: (cls) => {
          hooks.debugger?.trapRecorded(cls);
        },
        ...hooks.timing,
      },
    );
    return { guest, vmm: new VmmView(guest) };
  } catch (error) {
    // the memory map's own words are for people
    if (error instanceof MemoryMapError) throw debugErrors.cannotBuild(error.message);
    throw error;
  }
}
