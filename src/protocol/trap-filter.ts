/** Which traps a filter lets through: the worker asks it of records that it keeps, the Traps view of records as they arrive. */
import type { TrapFilter, TrapInfo } from './model.js';

/** An address or word in eight digits, without prefix. */
export function hex8(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

/** Every word of the filter must occur somewhere in what the view shows of a trap. */
export function matchesFilter(trap: TrapInfo, filter: TrapFilter | undefined): boolean {
  if (!filter) return true;
  if (filter.cls !== undefined && trap.cls !== filter.cls) return false;
  const words = (filter.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { text, cls, cause, verdict, modeBefore, modeAfter, isa } = trap;
  const shown = `${text} ${cls} ${cause} ${verdict} ${modeBefore} ${modeAfter} ${isa} 0x${hex8(trap.pc)} ${hex8(trap.word)}`;
  const haystack = shown.toLowerCase();
  return words.every((word) => haystack.includes(word));
}

/** A trap as one line of text, for the clipboard and for trace files that people read. */
export function trapLine(trap: TrapInfo): string {
  const { sequence, count, pc, isa, word, text, cls, cause, verdict, modeBefore, modeAfter, changed } = trap;
  const modes = modeBefore === modeAfter ? modeBefore : `${modeBefore} to ${modeAfter}`;
  const registers = changed.map(({ name, value }) => `${name}=0x${hex8(value)}`).join(' ');
  const fields = [sequence, count, `0x${hex8(pc)}`, isa, hex8(word), text, cls, cause, verdict, modes, registers];
  return fields.join('\t').trimEnd();
}
