/** What the panel "Interrupts" knows: events as they came in, lines in the order wanted, and the words for both. Draws nothing. */
import {
  INTERRUPT_EVENTS,
  type InterruptEventKind,
  type InterruptEvents,
  type InterruptLineInfo,
} from '../../protocol/views/interrupts.js';
import { full } from '../common/format.js';
import type { Order } from '../common/table.js';

/** Events that are kept: as many as the session keeps. */
const MOST_EVENTS = 1 << 14;

export interface InterruptEvent {
  readonly sequence: number;
  readonly kind: InterruptEventKind;
  /** -1: not known. */
  readonly line: number;
  /** Guest instructions. */
  readonly at: number;
  /** Instructions since the line was raised, of what follows a raise. */
  readonly since: number | undefined;
}

/** The events of one recording, oldest first. */
export class EventLog {
  private events: InterruptEvent[] = [];
  private since = -1;
  private last = 0;
  /** When each line was raised, while what follows from it is still to come. */
  private readonly raised = new Map<number, number>();

  /** The latest sequence number that is known: what to ask behind. */
  get known(): number {
    return this.last;
  }

  get all(): readonly InterruptEvent[] {
    return this.events;
  }

  clear(): void {
    this.events = [];
    this.raised.clear();
    this.last = 0;
    this.since = -1;
  }

  /** Takes what the session told. @param since when its recording began: another one forgets what was there before */
  add({ first, kinds, lines, at }: InterruptEvents, since: number): void {
    if (since !== this.since || first > this.last + 1) {
      this.events = [];
      this.raised.clear();
    }
    this.since = since;
    kinds.forEach((kind, i) => {
      this.events.push(this.event(first + i, INTERRUPT_EVENTS[kind], lines[i], at[i]));
    });
    this.last = Math.max(this.last, first + kinds.length - 1);
    if (this.events.length > MOST_EVENTS) this.events = this.events.slice(-MOST_EVENTS);
  }

  private event(sequence: number, kind: InterruptEventKind, line: number, at: number): InterruptEvent {
    const raised = this.raised.get(line);
    if (kind === 'raise') this.raised.set(line, at);
    else if (kind === 'end') this.raised.delete(line);
    return { sequence, kind, line, at, since: kind === 'raise' || raised === undefined ? undefined : at - raised };
  }
}

/** What each kind of event is, in words, for a controller that is acknowledged and for one whose pending registers are read. */
export function eventWords(kind: InterruptEventKind, acknowledges: boolean): string {
  switch (kind) {
    case 'raise':
      return 'raised';
    case 'lower':
      return 'lowered';
    case 'inject':
      return 'taken by the guest';
    case 'acknowledge':
      return acknowledges ? 'acknowledged' : 'read as pending';
    case 'end':
      return acknowledges ? 'ended' : 'dealt with';
  }
}

/** What a line is called: `27 PPI 11, virtual timer`. */
export function lineName({ line, label, name }: InterruptLineInfo): string {
  const number = /\d$/.test(label) && label.endsWith(` ${line}`) ? label : `${line}, ${label}`;
  return name === undefined ? number : `${number} (${name})`;
}

/** How a line stands, in words. */
export function lineState(info: InterruptLineInfo): string {
  const { enabled, pending, active, level, held } = info;
  return [
    enabled ? 'enabled' : 'disabled',
    ...(pending ? ['pending'] : []),
    ...(active ? ['active'] : []),
    held ? 'held high by hand' : level ? 'input high' : 'input low',
  ].join(', ');
}

export type LineColumn =
  | 'line'
  | 'name'
  | 'level'
  | 'enabled'
  | 'pending'
  | 'active'
  | 'priority'
  | 'group'
  | 'trigger'
  | 'signal'
  | 'raised'
  | 'acknowledged'
  | 'last'
  | 'mean'
  | 'most';

function keyOf(info: InterruptLineInfo, column: LineColumn): number | string {
  switch (column) {
    case 'name':
      return info.name ?? '\uffff';
    case 'trigger':
    case 'signal':
      return info[column];
    case 'level':
    case 'enabled':
    case 'pending':
    case 'active':
      return info[column] ? 1 : 0;
    case 'last':
    case 'mean':
    case 'most':
      return info.latency?.[column] ?? -1;
    default:
      return info[column] ?? -1;
  }
}

/** The lines that a text finds, by the order wanted. */
export function arrange(lines: readonly InterruptLineInfo[], text: string, order: Order): readonly InterruptLineInfo[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = lines.filter((info) => {
    const { line, label, name = '', node = '', trigger, signal } = info;
    const shown = `${line} ${label} ${name} ${node} ${trigger} ${signal} ${lineState(info)}`.toLowerCase();
    return words.every((word) => shown.includes(word));
  });
  const sign = order.descending ? -1 : 1;
  return matching
    .map((info) => ({ info, key: keyOf(info, order.column as LineColumn) }))
    .sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : a.info.line - b.info.line))
    .map(({ info }) => info);
}

export type Deed = 'high' | 'low' | 'pulse';

/** What can be done to a line by hand as it stands. */
export function deedsFor({ trigger, held, pending }: InterruptLineInfo): readonly Deed[] {
  if (trigger === 'software') return pending ? ['low'] : ['high'];
  if (held) return ['low'];
  return trigger === 'edge' ? ['high', 'pulse'] : ['high'];
}

/** The name of a deed on its button. */
export function deedName(deed: Deed, { trigger }: InterruptLineInfo): string {
  if (trigger === 'software') return deed === 'low' ? 'Clear Pending' : 'Make Pending';
  return { high: 'Raise', low: 'Lower', pulse: 'Pulse' }[deed];
}

/** What a deed does, in words, before it is done. */
export function deedWords(deed: Deed, info: InterruptLineInfo, now: number): string {
  const what = lineName(info);
  const when = `instruction ${full(now)}`;
  const reach = info.enabled
    ? 'It is enabled, so the guest is interrupted as soon as its masks and priorities allow.'
    : 'It is disabled, so the guest is not interrupted before it enables the line.';
  const input =
    'This is an input to the guest, as typing is: the same input at the same instruction leads to the same run.';
  if (info.trigger === 'software') {
    return deed === 'low'
      ? `${what} is no longer pending at ${when}. ${input}`
      : `${what} becomes pending at ${when}, as if this processor had sent it to itself. ${reach} ${input}`;
  }
  switch (deed) {
    case 'high':
      return `The input of ${what} goes high at ${when} and stays so until you lower it, whatever its device does. ${reach} ${input}`;
    case 'pulse':
      return `The input of ${what} goes high and low again at ${when}. It is edge-triggered, so it is pending from then on. ${reach} ${input}`;
    case 'low':
      return `You let go of the input of ${what} at ${when}: from then on it is what its device makes it. ${input}`;
  }
}
