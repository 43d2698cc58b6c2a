/**
 * The second invariant, as it can be seen from outside: what the real CPU may reach at this moment is the guest's own memory, and no more of it
 * than the guest's own tables allow.
 */
import assert from 'node:assert/strict';
import { FaultType } from '../../src/arm/exceptions.js';
import { virtMap } from '../../src/machine/virt-map.js';
import { Access, Right } from '../../src/mem/ports.js';
import type { Hypervisor } from '../../src/vmm/hypervisor.js';
import { GUEST_KERNEL, GUEST_USER } from '../../src/vmm/shadow.js';
import { MIB } from '../support/guest.js';

const PAGE = 4096;

interface Leaf {
  readonly context: number;
  readonly gva: number;
  readonly pa: number;
  readonly rights: number;
}

/** Every page that the real CPU's tables map now, as a walk of the real MMU finds them. */
function shadowed({ machine }: Hypervisor): Leaf[] {
  const leaves: Leaf[] = [];
  for (const context of [GUEST_KERNEL, GUEST_USER]) {
    for (let section = 0; section < 0x1_0000_0000; section += MIB) {
      const first = machine.mmu.translate(section, Access.read, false, context);
      if (first.fault !== FaultType.None && first.level === 1) continue;
      for (let gva = section; gva < section + MIB; gva += PAGE) {
        const { fault, pa, rights } = machine.mmu.translate(gva, Access.read, false, context);
        if (fault !== FaultType.Translation) leaves.push({ context, gva, pa, rights });
      }
    }
  }
  return leaves;
}

const KERNEL_RIGHTS = [Right.readPL1, Right.writePL1, Right.executePL1];
const USER_RIGHTS = [Right.readPL0, Right.writePL0, Right.executePL0];

/** Guest-physical addresses of the memories of `virt`, by name. */
const VIRT: Readonly<Record<string, number>> = {
  ram: virtMap.ram.base,
  flash0: virtMap.flash0.base,
  flash1: virtMap.flash1.base,
};

/**
 * Which guest-physical address the guest's bus is asked for when the real CPU reads there; -1 if it is not asked at all. Reaches no device. Where accesses are
 * arbitrated one that no instruction makes is refused: then what the place stands for.
 */
function deviceBehind(hypervisor: Hypervisor, pa: number): number {
  const { bus, machine } = hypervisor;
  const read = bus.read.bind(bus);
  let asked = -1;
  bus.read = (gpa) => {
    asked = gpa;
    return 0;
  };
  try {
    machine.bus.read(pa, 4);
  } finally {
    bus.read = read;
  }
  return machine.bus.failed ? hypervisor.guestPhysical(pa) : asked;
}

/**
 * Holds what the real CPU may do against the guest's memory map and against the guest's own tables. Returns how many pages it may reach.
 * @param bases guest-physical addresses of the board's memories by name, if it is another board than `virt`
 */
export function assertConfined(hypervisor: Hypervisor, bases = VIRT): number {
  const { cpu, machine } = hypervisor;
  const homes = machine.memory.guests
    .filter(({ name }) => name in bases)
    .map(({ name, offset, length }) => ({ base: bases[name], length, offset, write: name === 'ram' }));
  const leaves = shadowed(hypervisor);
  for (const { context, gva, pa, rights } of leaves) {
    const where = `context ${context}, ${gva.toString(16)} to ${pa.toString(16)}`;
    const guest = cpu.mmu.translate(gva, Access.read, context === GUEST_KERNEL);
    const home = homes.find(({ base, length }) => guest.pa >= base && guest.pa < base + length);
    const host = machine.bus.directPage(pa, false);
    // A flash that is stored to is reached as a device, too: by the guest's bus.
    const device = home === undefined || (!home.write && host < 0);
    if (device) {
      assert.equal(deviceBehind(hypervisor, pa), guest.pa, `${where}: the guest's tables say ${guest.pa.toString(16)}`);
      assert.equal(rights & Right.executePL0, 0, `${where}: a device is executed`);
    } else {
      assert.equal(host, home.offset + (guest.pa - home.base), `${where}: not the guest's own memory`);
    }
    const granted = context === GUEST_KERNEL ? KERNEL_RIGHTS : USER_RIGHTS;
    USER_RIGHTS.forEach((right, i) => {
      const may = (guest.rights & granted[i]) !== 0 && (i !== 1 || device || home.write);
      assert.ok((rights & right) === 0 || may, `${where}: right ${i} is not the guest's`);
    });
  }
  return leaves.length;
}
