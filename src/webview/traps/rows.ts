/** How a class, a trap and a gap are drawn. Templates over what they are given; they hold nothing. */
import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../common/style-map.js';
import type { TrapClassRate, TrapInfo } from '../../protocol/model.js';
import { TRAP_CLASSES, trapClassLabel } from '../../protocol/trap-classes.js';
import { hex32 } from '../../util/bits.js';
import { full, rate, short } from '../common/format.js';

/** Of traps and gaps, pixels. */
export const ROW_HEIGHT = 42;

const DESCRIPTIONS: ReadonlyMap<string, string> = new Map(TRAP_CLASSES.map(({ id, description }) => [id, description]));
const ORDER: ReadonlyMap<string, number> = new Map(TRAP_CLASSES.map(({ id }, i) => [id, i]));

/** Classes keep their places while their counts change. */
export function classOrder(cls: string): number {
  return ORDER.get(cls) ?? ORDER.size;
}

const pauseIcon = html`<svg width="10" height="12" viewBox="0 0 10 12" aria-hidden="true">
  <path fill="currentColor" d="M1 1h3v10H1zM6 1h3v10H6z" />
</svg>`;

const timelineIcon = html`<svg width="14" height="12" viewBox="0 0 14 12" aria-hidden="true">
  <path fill="currentColor" d="M0 11h14v1H0zM1 6h2v4H1zM5 2h2v8H5zM9 4h2v6H9zM12 8h1v2h-1z" />
</svg>`;

export interface ClassState {
  readonly selected: boolean;
  readonly pausing: boolean;
  /** Of the most frequent class, 0 to 1. */
  readonly share: number;
  readonly toggle: () => void;
  readonly togglePause: () => void;
  readonly key: (event: KeyboardEvent) => void;
}

/** What is said of traps that were arbitrated inline. */
function unrecordedText(unrecorded: number): string {
  return `${full(unrecorded)} counted at level 2, not recorded`;
}

/** Between classes and records: why they do not agree. @param setLevel where the level can still be changed */
export function unrecordedRow(unrecorded: number, setLevel: (() => void) | undefined): TemplateResult {
  return html`<div
    class="note dim"
    title="These were arbitrated inline by the engine, without a trap. At levels 0 and 1 each leaves a record, and so do those of classes that the guest pauses at."
  >
    <span>${unrecordedText(unrecorded)}</span>
    ${setLevel ? html`<button class="link" @click=${setLevel}>Set Level…</button>` : nothing}
  </div>`;
}

export function classRow(
  { cls, count, rate: perSecond, dropped, unrecorded }: TrapClassRate,
  state: ClassState,
): TemplateResult {
  const label = trapClassLabel(cls);
  const recorded = 100 * state.share * (1 - unrecorded / Math.max(1, count));
  const numbers = [
    full(count),
    ...(unrecorded > 0 ? [unrecordedText(unrecorded)] : []),
    ...(dropped > 0 ? [`${full(dropped)} older ones are no longer kept`] : []),
  ].join('; ');
  return html`<div class="class ${state.selected ? 'selected' : ''}" role="listitem">
    <button
      class="choose"
      data-cls=${cls}
      aria-pressed=${state.selected}
      title="${DESCRIPTIONS.get(cls) ?? ''} (${numbers})"
      @click=${state.toggle}
      @keydown=${state.key}
    >
      <span class="name">${label}</span>
      <span class="number">${short(count)}</span>
      <span class="number dim">${rate(perSecond)}</span>
    </button>
    <button
      class="pause"
      tabindex="-1"
      aria-pressed=${state.pausing}
      aria-label="Pause on ${label}"
      title=${state.pausing ? 'The guest pauses at these traps (p)' : 'Pause the guest at these traps (p)'}
      @click=${state.togglePause}
    >
      ${pauseIcon}
    </button>
    <span class="share" style=${styleMap({ width: `${recorded}%` })}></span>
    <span
      class="share inline"
      style=${styleMap({ left: `${recorded}%`, width: `${100 * state.share - recorded}%` })}
    ></span>
  </div>`;
}

/** Where a row of the list is, and what a click on it does. */
export interface RowPlace {
  readonly index: number;
  readonly count: number;
  readonly key: string;
  readonly selected: boolean;
  readonly open: () => void;
  /** Shows a trap in the timeline. */
  readonly locate: () => void;
}

const position = (index: number) => styleMap({ top: `${index * ROW_HEIGHT}px`, height: `${ROW_HEIGHT}px` });

export function gapRow(size: number, { index, count, key, selected, open }: RowPlace): TemplateResult {
  return html`<div
    class="row gap dim"
    id=${key}
    role="option"
    aria-selected=${selected}
    aria-posinset=${index + 1}
    aria-setsize=${count}
    style=${position(index)}
    @click=${open}
  >
    ${full(size)} more
  </div>`;
}

export function trapRow(trap: TrapInfo, { index, count, key, selected, open, locate }: RowPlace): TemplateResult {
  const { sequence, text, verdict, pc, modeBefore, modeAfter, cls, changed } = trap;
  const [instruction, note] = text.split(/\s+; /);
  const modes = modeBefore === modeAfter ? modeBefore : `${modeBefore} → ${modeAfter}`;
  const registers = changed.map(({ name, value }) => `${name} = ${hex32(value)}`).join(', ');
  const details = [
    `Trap ${full(sequence)}, after ${full(trap.count)} instructions`,
    `${hex32(pc)} ${trap.isa} ${text}`,
    `${trapClassLabel(cls)}, taken as ${trap.cause}: ${verdict}`,
    `virtual mode ${modes}`,
    ...(registers === '' ? [] : [registers]),
  ].join('\n');
  return html`<div
    class="row ${verdict}"
    id=${key}
    role="option"
    aria-selected=${selected}
    aria-posinset=${index + 1}
    aria-setsize=${count}
    style=${position(index)}
    title=${details}
    @click=${open}
  >
    <div class="line">
      <span class="mono grow">${instruction}</span><span class="dim small">${verdict}</span>
      <span
        class="locate"
        title="Show in the timeline (t)"
        @click=${(event: Event) => {
          event.stopPropagation();
          locate();
        }}
      >
        ${timelineIcon}
      </span>
    </div>
    <div class="line dim small">
      <span class="mono">${hex32(pc)}</span><span>${modes}</span
      ><span class="grow">${[note, registers].filter(Boolean).join(', ')}</span>
    </div>
  </div>`;
}
