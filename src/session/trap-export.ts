/** Parts of a file of traps, one for each question, so that the guest is never kept waiting for long. Holds nothing: each question says where to go on. */
import type { Views } from '../debug/views/views.js';
import { TRAP_WRITERS } from '../protocol/trap-export.js';
import type { TrapExportPart, TrapExportPlace, TrapExportQuery } from '../protocol/views/timeline.js';

/** Of either, in one part: some milliseconds' work. */
const TRAPS = 500;
const CONTEXTS = 1000;

export function exportPart(views: Views, query: TrapExportQuery): TrapExportPart {
  const { format, start, end, from } = query;
  const writer = TRAP_WRITERS[format];
  const place = from ?? { stage: writer.hasContexts ? 'contexts' : 'traps', at: writer.hasContexts ? start : 0 };
  const head = from ? '' : writer.begin;
  if (place.stage === 'contexts') {
    const { times, until } = views.contextTimes(place.at, end, CONTEXTS);
    const { left } = views.trapsBehind(query, 0, 0);
    const next: TrapExportPlace = until < end ? { stage: 'contexts', at: until } : { stage: 'traps', at: 0 };
    return { bytes: utf8(head + writer.contexts(times)), traps: 0, left, next };
  }
  const { rows, left } = views.trapsBehind(query, place.at, TRAPS);
  const body = writer.traps(rows, place.at === 0);
  const last = rows.at(-1);
  const more = left > 0 && last !== undefined;
  return {
    bytes: utf8(head + body + (more ? '' : writer.end)),
    traps: rows.length,
    left,
    ...(more && { next: { stage: 'traps', at: last.sequence } }),
  };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
