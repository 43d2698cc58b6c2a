/**
 * Memory as a hex view looks at it: bytes of a physical or virtual address space with what they are, writing, and searching a piece at a time. Devices are
 * named, never read. Translations are the processor's own; nothing that the guest could notice happens.
 */
import { FaultType } from '../../arm/exceptions.js';
import type { Guest } from '../../machine/guest.js';
import { PAGE } from '../../mem/layout.js';
import { Access, type Translation } from '../../mem/ports.js';
import { checkAccess } from '../../mem/translate.js';
import { emptyTranslation } from '../../mem/walk.js';
import type { Hypervisor } from '../../vmm/hypervisor.js';
import { debugErrors } from '../errors.js';
import type { PhysicalView } from '../physical.js';
import type { SymbolTable } from '../symbols.js';
import { faultText } from './rights.js';
import type { AddressSpace, Spaces } from './spaces.js';
import type { GuestTargets, MachineTargets, Target } from './targets.js';
import type {
  MemoryPiece,
  MemoryMap,
  MemorySpace,
  MemoryRegion,
  MemoryQuery,
  MemoryBytes,
  MemoryPlace,
  SearchQuery,
  SearchResult,
  RightsOf,
} from '../../protocol/views/memory.js';

const VIRTUAL_END = 2 ** 32;
const PHYSICAL_END = 2 ** 40;
/** Most bytes of one answer, and of a search pattern. */
const LARGEST_READ = 0x1_0000;
export const LONGEST_PATTERN = 256;
/** Bytes that one question searches, and translations that it may cost where nothing is mapped. */
const SEARCHED = 0x40_0000;
const MOST_STEPS = 8192;
const MOST_SYMBOLS = 256;

const PHYSICAL = 'physical';
const MACHINE = 'machine';

/** Memory that can be read at one go: bytes that lie side by side in the one memory. */
interface Stretch {
  readonly length: number;
  /** Byte address in the one memory, or -1 where there are no bytes. */
  readonly host: number;
  readonly piece: Pick<MemoryPiece, 'kind' | 'name' | 'pa'>;
}

export class MemoryViews {
  private readonly out = emptyTranslation();
  private scratch = new Uint8Array(0);

  constructor(
    private readonly parts: {
      readonly guest: Guest;
      readonly vmm: Hypervisor | undefined;
      readonly physical: PhysicalView;
      readonly symbols: SymbolTable;
      readonly spaces: Spaces;
      readonly targets: GuestTargets;
      readonly machineTargets: MachineTargets | undefined;
      /** @throws UserError 200–211 */
      readonly evaluate: (expression: string) => number;
    },
  ) {}

  /** The spaces that there are at the moment, and what lies in the physical ones. */
  map(): MemoryMap {
    const { spaces, targets, machineTargets } = this.parts;
    const physical = (id: string, name: string): MemorySpace => ({ id, name, kind: 'physical', end: PHYSICAL_END });
    const regions = (space: string, all: readonly Target[]) =>
      all.map(({ kind, name, start, end }): MemoryRegion => ({
        space,
        name,
        kind,
        address: start,
        length: end - start,
      }));
    return {
      spaces: [
        ...spaces.list().map((info): MemorySpace => ({ ...info, kind: 'virtual', end: VIRTUAL_END })),
        physical(PHYSICAL, machineTargets ? 'Guest-physical' : 'Physical'),
        ...(machineTargets ? [physical(MACHINE, "Physical, the machine's")] : []),
      ],
      regions: [...regions(PHYSICAL, targets.all), ...(machineTargets ? regions(MACHINE, machineTargets.all) : [])],
    };
  }

  /** @throws UserError 258 */
  read(query: MemoryQuery): MemoryBytes {
    const look = this.lookIn(query);
    const address = Math.max(0, query.address);
    const length = Math.max(0, Math.min(query.length, LARGEST_READ, look.end - address));
    const bytes = new Uint8Array(length);
    const pieces: MemoryPiece[] = [];
    const { u8 } = this.parts.guest.machine.memory;
    for (let done = 0; done < length;) {
      const { length: rest, host, piece } = look.at(address + done);
      const size = Math.min(rest, length - done);
      if (host >= 0) bytes.set(u8.subarray(host, host + size), done);
      join(pieces, { address: address + done, length: size, ...piece });
      done += size;
    }
    return { address, bytes, pieces, ...this.names(look.virtual, address, length) };
  }

  /** Writes, whatever the guest's rights are; returns how many bytes were written before memory ended. @throws UserError 258 */
  write({ bytes, ...place }: MemoryPlace & { readonly address: number; readonly bytes: Uint8Array }): number {
    const { guest, vmm, physical } = this.parts;
    const look = this.lookIn({ ...place, rights: 'nobody' });
    let done = 0;
    while (done < bytes.length) {
      const at = place.address + done;
      const pa = look.physical(at);
      const gpa = pa === undefined ? undefined : look.machine ? vmm?.guestPhysical(pa) : pa;
      const chunk = bytes.subarray(done, done + Math.min(bytes.length - done, PAGE - (at % PAGE)));
      if (gpa === undefined || gpa < 0 || !physical.write(gpa, chunk)) break;
      done += chunk.length;
    }
    if (done > 0) guest.commit();
    return done;
  }

  /** The value of an expression as an address. @throws UserError 200–211 */
  address(expression: string): number {
    return this.parts.evaluate(expression);
  }

  /** Searches as much as one question may cost. @throws UserError 258, 259 */
  search(query: SearchQuery): SearchResult {
    const { pattern, first, end, backwards } = query;
    if (pattern.length === 0 || pattern.length > LONGEST_PATTERN) throw debugErrors.badPattern(LONGEST_PATTERN);
    const look = this.lookIn(query);
    const limit = Math.min(end, look.end);
    return backwards
      ? this.searchBackwards(look, query, Math.max(0, first), Math.min(query.from, limit - 1))
      : this.searchForwards(look, query, limit, Math.max(query.from, first));
  }

  private searchForwards(look: Look, query: SearchQuery, limit: number, from: number): SearchResult {
    const { pattern } = query;
    let at = from;
    let left = SEARCHED;
    for (let steps = 0; at < limit && left > 0 && steps < MOST_STEPS; steps++) {
      const hole = look.hole(at);
      if (hole > 0) {
        at += hole;
        continue;
      }
      // a match may reach beyond the last candidate
      const size = Math.min(left, limit - at) + pattern.length - 1;
      const length = this.gather(look, at, size);
      const index = this.find(length, at, query, false);
      if (index >= 0 && at + index < limit) return { found: at + index };
      const passed = length < size ? Math.max(1, length) : size - (pattern.length - 1);
      at += passed;
      left -= passed;
    }
    return at < limit ? { next: at } : {};
  }

  private searchBackwards(look: Look, query: SearchQuery, first: number, from: number): SearchResult {
    const { pattern } = query;
    let at = from;
    let left = SEARCHED;
    for (let steps = 0; at >= first && left > 0 && steps < MOST_STEPS; steps++) {
      const start = Math.max(first, at - (at % PAGE));
      if (look.hole(at) > 0) {
        at = Math.max(first - 1, look.holeStart(at) - 1);
        continue;
      }
      const length = this.gather(look, start, at - start + pattern.length);
      const index = this.find(length, start, query, true);
      if (index >= 0 && start + index <= at) return { found: start + index };
      left -= at - start + 1;
      at = start - 1;
    }
    return at >= first ? { next: at } : {};
  }

  /** Copies bytes from `at` on into the scratch, until there are none or `size` are there; returns how many. */
  private gather(look: Look, at: number, size: number): number {
    if (this.scratch.length < size) this.scratch = new Uint8Array(SEARCHED + LONGEST_PATTERN);
    const { u8 } = this.parts.guest.machine.memory;
    let done = 0;
    while (done < size && at + done < look.end) {
      const { length, host } = look.at(at + done);
      if (host < 0) break;
      const chunk = Math.min(length, size - done);
      this.scratch.set(u8.subarray(host, host + chunk), done);
      done += chunk;
    }
    return done;
  }

  /**
   * Index of the first or last match in the scratch's first `length` bytes, whose first has the address `base`; or -1. Knuth, Morris and Pratt's: no pattern
   * makes it look at a byte again and again.
   */
  private find(length: number, base: number, { pattern, anyCase, align }: SearchQuery, last: boolean): number {
    const { scratch } = this;
    const wanted = anyCase ? pattern.map(lower) : pattern;
    if (anyCase) for (let i = 0; i < length; i++) scratch[i] = lower(scratch[i]);
    const borders = bordersOf(wanted);
    let found = -1;
    let matched = 0;
    for (let i = 0; i < length; i++) {
      if (matched === 0) {
        i = scratch.indexOf(wanted[0], i);
        if (i < 0 || i >= length) break;
      }
      while (matched > 0 && scratch[i] !== wanted[matched]) matched = borders[matched - 1];
      if (scratch[i] === wanted[matched]) matched++;
      if (matched < wanted.length) continue;
      const at = i + 1 - wanted.length;
      matched = borders[matched - 1];
      if ((base + at) % align !== 0) continue;
      if (!last) return at;
      found = at;
    }
    return found;
  }

  private names(virtual: boolean, address: number, length: number): Pick<MemoryBytes, 'symbols'> {
    if (!virtual) return { symbols: [] };
    const { symbols } = this.parts;
    const before = symbols.nearest(address);
    const inside = before && before.offset > 0 ? [{ address: before.symbol.address, name: before.symbol.name }] : [];
    return { symbols: [...inside, ...symbols.between(address, address + length, MOST_SYMBOLS)] };
  }

  private lookIn({ space, rights }: MemoryPlace): Look {
    const { vmm, physical, targets, machineTargets, spaces } = this.parts;
    const guestMemory: PhysicalLook = {
      machine: false,
      target: (pa) => targets.at(pa),
      host: (pa) => physical.at(pa)?.host ?? -1,
      fixed: () => false,
    };
    const machineMemory: PhysicalLook | undefined = vmm &&
      machineTargets && {
        machine: true,
        target: (pa) => machineTargets.at(pa),
        host: (pa) => {
          const gpa = vmm.guestPhysical(pa);
          if (gpa >= 0) return guestMemory.host(gpa);
          const page = vmm.machine.bus.directPage(pa, false);
          return page < 0 ? -1 : page + (pa % PAGE);
        },
        fixed: (pa) => vmm.guestPhysical(pa) < 0,
      };
    if (space === PHYSICAL) return new Look(guestMemory, undefined, 'nobody', this.out);
    if (space === MACHINE && machineMemory) return new Look(machineMemory, undefined, 'nobody', this.out);
    const found = spaces.of(space);
    const memory = found.shadow && machineMemory ? machineMemory : guestMemory;
    return new Look(memory, found, rights, this.out);
  }
}

/** Physical memory, without effects. */
interface PhysicalLook {
  /** It is the machine's, not the guest's. */
  readonly machine: boolean;
  target(pa: number): Target;
  /** Byte address in the one memory, or -1. It and what follows to the page's end lie side by side. */
  host(pa: number): number;
  /** The byte there may not be written. */
  fixed(pa: number): boolean;
}

/** One space, looked at. */
class Look {
  readonly end: number;

  constructor(
    private readonly memory: PhysicalLook,
    private readonly space: AddressSpace | undefined,
    private readonly rights: RightsOf,
    private readonly out: Translation,
  ) {
    this.end = space === undefined ? PHYSICAL_END : VIRTUAL_END;
  }

  get virtual(): boolean {
    return this.space !== undefined;
  }

  /** Physical addresses are the machine's. */
  get machine(): boolean {
    return this.memory.machine;
  }

  /** What lies at an address, as far as it is all alike: to the end of a page at most, further where there is nothing. */
  at(address: number): Stretch {
    const { space } = this;
    if (space === undefined) return this.physicalStretch(address, this.end - address, {});
    const { out } = this;
    space.walk(space.modified(address), out);
    if (out.fault !== FaultType.None) {
      const size = space.grain(out);
      const name = faultText(out.fault, out.level) as string;
      return { length: size - (address % size), host: -1, piece: { kind: 'unmapped', name } };
    }
    const { pa, size } = out;
    const grain = Math.min(size, PAGE);
    const length = grain - (address % grain);
    if (this.rights !== 'nobody') {
      checkAccess(space.registers, out, Access.read, this.rights === 'PL1');
      const denied = faultText(out.fault, out.level);
      if (denied !== undefined) return { length, host: -1, piece: { kind: 'denied', name: denied } };
    }
    return this.physicalStretch(pa, length, { pa });
  }

  /** Physical address of a byte, whatever rights say. */
  physical(address: number): number | undefined {
    const { space, out } = this;
    if (space === undefined) return address;
    space.walk(space.modified(address), out);
    return out.fault === FaultType.None ? out.pa : undefined;
  }

  /** Bytes from an address on that have none, 0 where it has one. */
  hole(address: number): number {
    const { host, length } = this.at(address);
    return host < 0 ? length : 0;
  }

  /** Where the hole that holds an address begins, as far as one look tells. */
  holeStart(address: number): number {
    const { space } = this;
    if (space !== undefined) {
      const { piece } = this.at(address);
      const size = piece.kind === 'unmapped' ? space.grain(this.out) : PAGE;
      return address - (address % size);
    }
    return this.memory.target(address).start;
  }

  private physicalStretch(pa: number, most: number, more: { readonly pa?: number }): Stretch {
    const target = this.memory.target(pa);
    const length = Math.min(most, target.end - pa);
    if (target.kind === 'nothing') return { length, host: -1, piece: { kind: 'nothing', name: 'nothing', ...more } };
    const host = this.memory.host(pa);
    if (host < 0) return { length, host, piece: { kind: 'device', name: target.name, ...more } };
    const kind = this.memory.fixed(pa) ? 'fixed' : 'bytes';
    return { length: Math.min(length, PAGE - (pa % PAGE)), host, piece: { kind, name: target.name, ...more } };
  }
}

/** Puts a piece behind the others, or into the last one if that goes on. */
function join(pieces: MemoryPiece[], piece: MemoryPiece): void {
  const last = pieces.at(-1);
  const goesOn =
    last?.kind === piece.kind &&
    last.name === piece.name &&
    (last.pa === undefined ? piece.pa === undefined : piece.pa === last.pa + last.length);
  if (goesOn) pieces[pieces.length - 1] = { ...last, length: last.length + piece.length };
  else pieces.push(piece);
}

/** By length of a beginning of the pattern, less 1: how long the longest beginning is that it also ends with, itself aside. */
function bordersOf(pattern: Uint8Array): Uint16Array {
  const borders = new Uint16Array(pattern.length);
  for (let i = 1, matched = 0; i < pattern.length; i++) {
    while (matched > 0 && pattern[i] !== pattern[matched]) matched = borders[matched - 1];
    if (pattern[i] === pattern[matched]) matched++;
    borders[i] = matched;
  }
  return borders;
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}
