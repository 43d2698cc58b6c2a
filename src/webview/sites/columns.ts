/** The columns of the table of callback sites, and a row as a line of text. */
import { html, nothing, type TemplateResult } from 'lit';
import { trapClassLabel } from '../../protocol/trap-classes.js';
import type { SiteInfo } from '../../protocol/views/sites.js';
import { BREAKPOINT_TITLES, type BreakpointState } from '../common/breakpoints.js';
import { hex32 } from '../../util/bits.js';
import { full } from '../common/format.js';
import type { Column } from '../common/table.js';

export const KINDS: Readonly<Record<SiteInfo['kind'], string>> = {
  trap: 'traps',
  counted: 'runs natively, and is counted',
  inlined: 'is arbitrated inline, without an exception',
};

export const VERDICTS = { allow: 'Allowed', emulate: 'Emulated', inject: 'Injected', deny: 'Denied' } as const;
export type VerdictName = keyof typeof VERDICTS;

const count = (value: number) => (value === 0 ? nothing : full(value));

/** What a row can do beyond being looked at. */
export interface RowActions {
  readonly breakpoint: (site: SiteInfo) => BreakpointState;
  readonly toggle: (site: SiteInfo) => void;
  readonly openTrap: (site: SiteInfo) => void;
}

/** The sign of a breakpoint: filled, hollow, or a square for one that is not the panel's to take away. */
export function breakpointSign(state: BreakpointState): TemplateResult {
  return html`<span class="dot ${state}" aria-hidden="true"></span>`;
}

/** How wide the table must be for a column to be worth its place, pixels. */
const From = { symbol: 470, cls: 600, lastTrap: 690, word: 770, planted: 850, verdict: 1150 } as const;

export function columns({ breakpoint, toggle, openTrap }: RowActions): readonly Column<SiteInfo>[] {
  return [
    {
      id: 'breakpoint',
      title: 'Breakpoint',
      hidden: true,
      width: '16px',
      draw: (site) => {
        const state = breakpoint(site);
        return html`<button
          class="breakpoint"
          tabindex="-1"
          title=${BREAKPOINT_TITLES[state]}
          aria-label=${`${BREAKPOINT_TITLES[state]}: toggle at ${hex32(site.address)}`}
          @click=${(event: Event) => {
            event.stopPropagation();
            toggle(site);
          }}
        >
          ${breakpointSign(state)}
        </button>`;
      },
    },
    {
      id: 'address',
      title: 'Address',
      width: '11ch',
      mono: true,
      sortable: true,
      draw: ({ address }) => hex32(address),
    },
    {
      id: 'symbol',
      title: 'Symbol',
      width: 'minmax(10ch, 1fr)',
      sortable: true,
      from: From.symbol,
      draw: ({ symbol }) => symbol ?? '',
    },
    {
      id: 'text',
      title: 'Original',
      width: 'minmax(20ch, 1.5fr)',
      mono: true,
      sortable: true,
      draw: ({ text }) => text,
    },
    { id: 'original', title: 'Word', width: '9ch', mono: true, from: From.word, draw: ({ original }) => original },
    {
      id: 'planted',
      title: 'Planted',
      tooltip: 'The word that instruction fetch sees in its place',
      width: '9ch',
      mono: true,
      from: From.planted,
      draw: ({ planted, kind }) =>
        kind === 'trap' ? planted : html`<span class="dim" title=${KINDS[kind]}>${kind}</span>`,
    },
    {
      id: 'cls',
      title: 'Class',
      width: '17ch',
      sortable: true,
      from: From.cls,
      draw: ({ cls }) => trapClassLabel(cls),
    },
    { id: 'hits', title: 'Hits', width: '10ch', numeric: true, sortable: true, draw: ({ hits }) => count(hits) },
    ...(Object.keys(VERDICTS) as VerdictName[]).map((verdict) => ({
      id: verdict,
      title: VERDICTS[verdict],
      width: '9ch',
      numeric: true,
      sortable: true,
      from: From.verdict,
      draw: ({ verdicts }: SiteInfo) => count(verdicts[verdict]),
    })),
    {
      id: 'lastTrap',
      title: 'Last trap',
      tooltip: 'Number of its latest record',
      width: '10ch',
      numeric: true,
      sortable: true,
      from: From.lastTrap,
      draw: (site) =>
        site.lastTrap === 0
          ? nothing
          : html`<button
              class="link"
              tabindex="-1"
              title="Show this trap in the timeline"
              @click=${(event: Event) => {
                event.stopPropagation();
                openTrap(site);
              }}
            >
              ${full(site.lastTrap)}
            </button>`,
    },
  ];
}

export const LINE_HEADING = [
  'address',
  'symbol',
  'original',
  'word',
  'planted',
  'class',
  'hits',
  'allowed',
  'emulated',
  'injected',
  'denied',
  'last trap',
].join('\t');

/** A row as fields between tabs. */
export function siteLine(site: SiteInfo): string {
  const { address, symbol = '', text, original, planted, kind, cls, hits, verdicts, lastTrap } = site;
  const numbers = [hits, verdicts.allow, verdicts.emulate, verdicts.inject, verdicts.deny, lastTrap];
  const words = [hex32(address), symbol, text, original, kind === 'trap' ? planted : kind, trapClassLabel(cls)];
  return [...words, ...numbers].join('\t');
}
