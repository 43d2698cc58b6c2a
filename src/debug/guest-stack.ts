/** The call stack of a guest with names and lines. */
import type { Guest } from '../machine/guest.js';

import { FrameTable, type FrameRules } from './dwarf/frame.js';
import type { GuestCode } from './guest-code.js';
import { codeRangesOf, dwarfSections, type Module } from './module.js';
import { Unwinder, type Frame, type TopRegisters } from './unwind/unwinder.js';
import type { StackFrameInfo } from '../protocol/model.js';
import { hex32 } from '../util/bits.js';

interface ModuleFrames {
  readonly offset: number;
  readonly table: FrameTable;
  /** Of an address as linked. */
  readonly holds: (address: number) => boolean;
}

export class GuestStack {
  private readonly unwinder: Unwinder;
  private readonly modules: readonly ModuleFrames[];

  /** @param notes takes a sentence for whatever of the frame information cannot be read */
  constructor(
    private readonly guest: Guest,
    private readonly code: GuestCode,
    modules: readonly Module[],
    notes: string[],
  ) {
    this.modules = modules.flatMap(({ elf, offset }) => {
      const { frame } = dwarfSections(elf, []);
      if (frame === undefined) return [];
      const own: string[] = [];
      const table = new FrameTable(frame, own);
      notes.push(...own.map((note) => `${elf.name}: ${note}`));
      const ranges = codeRangesOf(elf);
      return [{ offset, table, holds: (address: number) => ranges.some((r) => address >= r.start && address < r.end) }];
    });
    const { cpu } = guest;
    this.unwinder = new Unwinder({
      read: (address, length) => code.read(address, length),
      stateAt: (address) => code.stateAt(address),
      functionStart: (address) => code.symbols.extent(address)?.start,
      rulesAt: (address) => this.rulesAt(address),
      banked: (n, mode) => cpu.readBanked(n, mode) >>> 0,
      spsr: (mode) => cpu.readSpsr(mode) >>> 0,
    });
  }

  /** At most `maximum` frames, the innermost first. @param top the registers to begin with; the processor's, if absent */
  frames(maximum: number, top?: TopRegisters): Frame[] {
    return this.unwinder.frames(top ?? this.present(), maximum);
  }

  private present(): TopRegisters {
    const { cpu } = this.guest;
    const r = Array.from({ length: 15 }, (_, n) => cpu.readR(n) >>> 0);
    return { r, pc: cpu.instructionAddress(), cpsr: cpu.readCpsr() };
  }

  /** The same for people. */
  describe(maximum: number, top?: TopRegisters): StackFrameInfo[] {
    const { symbols, sources } = this.code;
    return this.frames(maximum, top).map(({ pc, exact, certain }) => {
      // what is behind a call may belong to the next line or function already
      const at = exact ? pc : pc - 1;
      const found = symbols.nearest(at);
      const offset = found && pc - found.symbol.address;
      const name = found === undefined ? hex32(pc) : `${found.symbol.name}${offset === 0 ? '' : `+${offset}`}`;
      const source = sources.lineAt(at);
      return { pc, name, ...(source && { path: source.path, line: source.line }), certain };
    });
  }

  private rulesAt(address: number): FrameRules | undefined {
    for (const { offset, table, holds } of this.modules) {
      const linked = (address - offset) >>> 0;
      if (holds(linked)) return table.rulesAt(linked);
    }
    return undefined;
  }
}
