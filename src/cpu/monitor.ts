/**
 * The exclusive monitor of one core (DDI 0406C A3.4). Its state lies in the state block: size (0 when open), physical address, and the bytes
 * that were there when it was set.
 *
 * @impdef the monitor is tagged with the exact address and size. A store-exclusive passes if it names the same physical address and size
 * and memory still holds the bytes that were there: a store in between that left another value makes it fail, as QEMU has it.
 * @impdef a closed or differently tagged monitor fails before a memory abort is looked for; misalignment faults before either. A store that aborts leaves it as
 * it was, external aborts included.
 */
import { FaultType } from '../arm/exceptions.js';
import { Word } from '../arm/state.js';
import type { Mmu } from '../mem/mmu.js';
import type { PhysicalBus } from '../mem/bus.js';
import { Access, type AccessKind } from '../mem/ports.js';
import { noFault } from '../mem/view.js';
import type { ExceptionUnit } from './exceptions.js';

export class ExclusiveMonitor {
  readonly #state: Int32Array;
  readonly #mmu: Mmu;
  readonly #bus: PhysicalBus;
  readonly #exceptions: ExceptionUnit;
  readonly #u8: Uint8Array;
  readonly #fault = noFault();

  constructor(state: Int32Array, bytes: Uint8Array, mmu: Mmu, bus: PhysicalBus, exceptions: ExceptionUnit) {
    this.#state = state;
    this.#u8 = bytes;
    this.#mmu = mmu;
    this.#bus = bus;
    this.#exceptions = exceptions;
  }

  /** SetExclusiveMonitors(address, size); `address` is u32, `size` 1, 2, 4 or 8 bytes. May abandon the operation. */
  set(address: number, size: number): void {
    const state = this.#state;
    const pa = this.#locate(address, size, Access.read);
    this.#watch(address, size, false);
    const host = this.#bus.directPage(pa, false);
    state[Word.EXCLUSIVE] = size;
    state[Word.EXCLUSIVE_PA] = pa;
    state[Word.EXCLUSIVE_VALUE] = this.#word(host, pa, Math.min(size, 4));
    state[Word.EXCLUSIVE_VALUE + 1] = size === 8 ? this.#word(host, pa + 4, 4) : 0;
  }

  /** ExclusiveMonitorsPass(address, size), but that the monitor is left to {@link clear}, once the store has been performed. May abandon the operation. */
  pass(address: number, size: number): boolean {
    const state = this.#state;
    if ((address & (size - 1)) !== 0) this.#abort(FaultType.Alignment, 0, 0, address, true);
    if (state[Word.EXCLUSIVE] !== size) return false;
    // The address first with the rights of a read: only a store that would be performed may fault.
    const where = this.#mmu.access(address, Access.read, this.#mmu.privileged());
    if (where.fault === FaultType.None && (where.pa | 0) !== state[Word.EXCLUSIVE_PA]) return false;
    const pa = this.#locate(address, size, Access.write);
    const host = this.#bus.directPage(pa, false);
    const pass =
      state[Word.EXCLUSIVE_VALUE] === this.#word(host, pa, Math.min(size, 4)) &&
      (size !== 8 || state[Word.EXCLUSIVE_VALUE + 1] === this.#word(host, pa + 4, 4));
    if (pass) this.#watch(address, size, true);
    return pass;
  }

  /** ClearExclusiveLocal. */
  clear(): void {
    this.#state[Word.EXCLUSIVE] = 0;
  }

  #locate(address: number, size: number, access: AccessKind): number {
    const write = access === Access.write;
    if ((address & (size - 1)) !== 0) this.#abort(FaultType.Alignment, 0, 0, address, write);
    const t = this.#mmu.access(address, access, this.#mmu.privileged());
    if (t.fault !== FaultType.None) this.#abort(t.fault, t.level, t.domain, address, write);
    return t.pa;
  }

  /** Takes the debug event that the access has, if it is watched. */
  #watch(address: number, size: number, write: boolean): void {
    const hit = this.#mmu.watch?.hit(address, size, write, false) ?? -1;
    if (hit >= 0) this.#abort(FaultType.Debug, 0, 0, hit, write);
  }

  #abort(type: number, level: number, domain: number, address: number, write: boolean): never {
    const fault = this.#fault;
    fault.type = type;
    fault.level = level;
    fault.domain = domain;
    fault.address = address;
    fault.write = write;
    return this.#exceptions.raiseDataAbort(fault, false);
  }

  /** Up to four bytes of memory; device registers are not read for their value. */
  #word(page: number, pa: number, size: number): number {
    if (page < 0) return 0;
    let value = 0;
    for (let i = 0; i < size; i++) value |= this.#u8[page + (pa % 4096) + i] << (8 * i);
    return value;
  }
}
