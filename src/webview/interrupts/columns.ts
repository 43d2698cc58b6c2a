/** The columns of the panel's tables: lines, and events. */
import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../common/style-map.js';
import type { InterruptLineInfo } from '../../protocol/views/interrupts.js';
import { full } from '../common/format.js';
import type { Column } from '../common/table.js';
import { eventWords, type InterruptEvent } from './model.js';

const count = (value: number) => (value === 0 ? nothing : full(value));
/** A sign and a word, so that neither colour nor shape says it alone. */
const yes = (is: boolean, word: string, colour?: string): TemplateResult | typeof nothing =>
  is ? html`<span style=${coloured(colour)}>${word}</span>` : nothing;
const coloured = (colour: string | undefined) =>
  styleMap(colour === undefined ? {} : { color: `var(--vscode-charts-${colour})` });

const processors = (mask: number) =>
  Array.from({ length: 8 }, (_, n) => n)
    .filter((n) => (mask >> n) & 1)
    .join(', ');

const ACTIVE: Column<InterruptLineInfo> = {
  id: 'active',
  title: 'Active',
  tooltip: 'Acknowledged and not yet ended',
  width: '8ch',
  sortable: true,
  draw: ({ active }) => yes(active, '■ active', 'blue'),
};

const PRIORITIES: readonly Column<InterruptLineInfo>[] = [
  {
    id: 'priority',
    title: 'Priority',
    tooltip: '0 is the most urgent',
    width: '9ch',
    numeric: true,
    sortable: true,
    draw: ({ priority = 0 }) => `0x${priority.toString(16).padStart(2, '0')}`,
  },
  {
    id: 'targets',
    title: 'Target',
    tooltip: 'Processors that it goes to',
    width: '8ch',
    numeric: true,
    draw: ({ targets = 0 }) => processors(targets),
  },
  {
    id: 'group',
    title: 'Group',
    width: '8ch',
    numeric: true,
    sortable: true,
    draw: ({ group = 0 }) => String(group),
  },
];

/** @param acknowledges whether the controller knows priorities, groups and an active state */
export function lineColumns(acknowledges: boolean): readonly Column<InterruptLineInfo>[] {
  const latency = (id: 'last' | 'mean' | 'most', title: string): Column<InterruptLineInfo> => ({
    id,
    title,
    tooltip: `Guest instructions from raised to ${eventWords('acknowledge', acknowledges)}: ${id === 'last' ? 'the latest' : `the ${id}`} since this panel looks`,
    width: '9ch',
    numeric: true,
    sortable: true,
    draw: (line) => (line.latency ? full(Math.round(line.latency[id])) : nothing),
  });
  return [
    { id: 'line', title: 'Line', width: '6ch', numeric: true, sortable: true, draw: ({ line }) => String(line) },
    { id: 'label', title: 'Kind', width: acknowledges ? '8ch' : '12ch', draw: ({ label }) => label },
    {
      id: 'name',
      title: 'Name',
      tooltip: 'The device that drives it, from the device tree or the board',
      width: 'minmax(15ch, 1fr)',
      sortable: true,
      draw: ({ name, node }) => html`<span title=${node ?? nothing}>${name ?? ''}</span>`,
    },
    {
      id: 'level',
      title: 'Input',
      tooltip: 'The level of the line itself',
      width: '9ch',
      sortable: true,
      draw: ({ level, held }) => (held ? yes(true, '▲ by hand', 'purple') : yes(level, '▲ high')),
    },
    {
      id: 'enabled',
      title: 'Enabled',
      width: '10ch',
      sortable: true,
      draw: ({ enabled }) => yes(enabled, '✓ enabled'),
    },
    {
      id: 'pending',
      title: 'Pending',
      width: '10ch',
      sortable: true,
      draw: ({ pending }) => yes(pending, '● pending', 'yellow'),
    },
    ...(acknowledges ? [ACTIVE] : []),
    { id: 'raised', title: 'Raised', width: '9ch', numeric: true, sortable: true, draw: ({ raised }) => count(raised) },
    {
      id: 'acknowledged',
      title: acknowledges ? 'Acked' : 'Read',
      tooltip: acknowledges
        ? 'Acknowledged: the guest read its number from the controller'
        : 'The guest saw it in a pending register',
      width: '9ch',
      numeric: true,
      sortable: true,
      draw: ({ acknowledged }) => count(acknowledged),
    },
    latency('last', 'Latency'),
    latency('mean', 'Mean'),
    latency('most', 'Most'),
    ...(acknowledges ? PRIORITIES : []),
    {
      id: 'signal',
      title: 'As',
      tooltip: 'How it reaches the processor',
      width: '5ch',
      sortable: true,
      draw: ({ signal }) => signal,
    },
    { id: 'trigger', title: 'Trigger', width: '9ch', sortable: true, draw: ({ trigger }) => trigger },
  ];
}

/** The sign that the timeline draws for each event, and its colour. */
export const EVENT_SIGNS = {
  raise: ['▲', 'yellow'],
  lower: ['▼', 'foreground'],
  inject: ['◆', 'red'],
  acknowledge: ['●', 'blue'],
  end: ['■', 'green'],
} as const;

export function eventColumns(
  acknowledges: boolean,
  nameOf: (line: number) => string,
): readonly Column<InterruptEvent>[] {
  return [
    { id: 'at', title: 'Instruction', width: '15ch', numeric: true, draw: ({ at }) => full(at) },
    {
      id: 'kind',
      title: 'Event',
      width: '20ch',
      draw: ({ kind }) =>
        html`<span style=${coloured(EVENT_SIGNS[kind][1])} aria-hidden="true">${EVENT_SIGNS[kind][0]}</span>
          ${eventWords(kind, acknowledges)}`,
    },
    { id: 'line', title: 'Line', width: 'minmax(16ch, 1fr)', draw: ({ line }) => (line < 0 ? '' : nameOf(line)) },
    {
      id: 'since',
      title: 'Since raised',
      tooltip: 'Guest instructions',
      width: '12ch',
      numeric: true,
      draw: ({ since }) => (since === undefined ? nothing : full(since)),
    },
  ];
}
