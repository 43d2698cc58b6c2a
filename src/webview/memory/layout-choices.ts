/** How bytes are laid out, to be chosen. */
import { html, type TemplateResult } from 'lit';
import { chooseLabelled, type Option } from '../common/controls.js';
import type { ByteOrder, Group, Layout } from './model.js';

const numbers = (all: readonly number[]): readonly Option<string>[] =>
  all.map((n) => ({ id: String(n), name: String(n) }));

const COLUMNS = numbers([8, 16, 32]);
const GROUPS = numbers([1, 2, 4, 8]);
const ORDERS: readonly Option<ByteOrder>[] = [
  { id: 'little', name: 'little-endian' },
  { id: 'big', name: 'big-endian' },
];

export function layoutChoices(layout: Layout, chosen: (layout: Layout) => void): TemplateResult {
  // the lists have no other numbers
  return html`${chooseLabelled('Columns', COLUMNS, String(layout.columns), (columns) => {
    chosen({ ...layout, columns: Number(columns) as Layout['columns'] });
  })}
  ${chooseLabelled('Group', GROUPS, String(layout.group), (group) => {
    chosen({ ...layout, group: Number(group) as Group });
  })}
  ${chooseLabelled('Order', ORDERS, layout.order, (order) => {
    chosen({ ...layout, order });
  })}`;
}
