/** How an address space is translated, and how its ranges have changed, in words. */
import type { MmuState, TableFormat } from '../../protocol/views/mmu.js';
import { full } from '../common/format.js';
import type { MarkedRange } from './model.js';
import { isShadow } from './spaces.js';

const FORMATS: Readonly<Record<TableFormat, string>> = {
  off: 'The MMU is off: every address is a physical one',
  short: 'MMU on, short descriptors',
  subpages: 'MMU on, short descriptors of ARMv5 with subpages',
  long: 'MMU on, long descriptors',
};

/** The registers that matter most, and what the guest is in. */
export function summary({
  space: { id },
  format,
  asid,
  process,
  mode,
  privileged,
  registers,
  domains,
}: Pick<MmuState, 'space' | 'format' | 'asid' | 'process' | 'mode' | 'privileged' | 'registers' | 'domains'>): string {
  const value = (name: string) => registers.find((register) => register.name === name)?.value ?? '';
  const tables = format === 'off' ? '' : ` · TTBR0 ${value('TTBR0')} · TTBR1 ${value('TTBR1')}`;
  const space = isShadow(id) || format === 'off' ? '' : ` · ASID ${asid}`;
  const fcse = process === 0 ? '' : ` · FCSE process ${process}`;
  const dacr = domains.length === 0 ? '' : ` · DACR ${value('DACR')}`;
  return `${FORMATS[format]}${tables}${space}${fcse}${dacr} · the guest is in ${mode} (PL${privileged ? 1 : 0})`;
}

/** @param count of instructions at the stop that changes are told against; undefined where there was none */
export function changesWords(marked: readonly MarkedRange[], count: number | undefined): string {
  const ranges = `${full(marked.length)} ${marked.length === 1 ? 'range' : 'ranges'}`;
  if (count === undefined) return ranges;
  const changes = marked.filter(({ change }) => change !== undefined).length;
  const stop = `the last stop, at instruction ${full(count)}`;
  return changes === 0 ? `${ranges}; as at ${stop}` : `${ranges}; ${full(changes)} differ from ${stop}`;
}
