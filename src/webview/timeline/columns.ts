/** The columns of the table of traps. */
import { html, type TemplateResult } from 'lit';
import { styleMap } from '../common/style-map.js';
import type { Verdict } from '../../protocol/model.js';
import { trapClassLabel } from '../../protocol/trap-classes.js';
import type { TimelineRow } from '../../protocol/views/timeline.js';
import { hex32 } from '../../util/bits.js';
import { full } from '../common/format.js';
import type { Column } from '../common/table.js';
import { timeText } from './scale.js';

/** Verdicts are told apart by colours, and by these, which are the shapes of the chart. */
const SIGNS = {
  allow: { sign: '○', color: 'var(--vscode-charts-green)' },
  emulate: { sign: '■', color: 'var(--vscode-charts-blue)' },
  inject: { sign: '▼', color: 'var(--vscode-charts-yellow)' },
  deny: { sign: '✕', color: 'var(--vscode-charts-red)' },
} as const;

export function verdictSign(verdict: Verdict): TemplateResult {
  const { sign, color } = SIGNS[verdict];
  return html`<span style=${styleMap({ color })} aria-hidden="true">${sign}</span> ${verdict}`;
}

/** @param step ns that times differ by */
export function columnsOf(step: number): readonly Column<TimelineRow>[] {
  return [
    { id: 'sequence', title: 'Trap', width: '10ch', numeric: true, draw: ({ sequence }) => full(sequence) },
    { id: 'time', title: 'Virtual time', width: '18ch', numeric: true, draw: ({ time }) => timeText(time, step) },
    { id: 'pc', title: 'Address', width: '11ch', mono: true, draw: ({ pc }) => hex32(pc) },
    { id: 'symbol', title: 'Symbol', width: 'minmax(10ch, 1fr)', draw: ({ symbol }) => symbol ?? '' },
    { id: 'text', title: 'Instruction', width: 'minmax(26ch, 2fr)', mono: true, draw: ({ text }) => text },
    { id: 'cls', title: 'Class', width: '17ch', draw: ({ cls }) => trapClassLabel(cls) },
    {
      id: 'verdict',
      title: 'Verdict',
      width: '10ch',
      draw: ({ verdict }) => verdictSign(verdict),
    },
    {
      id: 'mode',
      title: 'Mode',
      width: '10ch',
      draw: ({ modeBefore, modeAfter }) => (modeBefore === modeAfter ? modeBefore : `${modeBefore} → ${modeAfter}`),
    },
  ];
}
