/** Which rows of a long list are to be drawn: lists of fixed row height draw what is seen and a little around it. */

/** Rows drawn beyond the edges, so that scrolling does not show gaps. */
const MARGIN = 8;

export interface Visible {
  readonly first: number;
  /** One beyond the last. */
  readonly end: number;
}

export function visibleRows(scrollTop: number, height: number, rowHeight: number, count: number): Visible {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - MARGIN);
  const end = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + MARGIN);
  return { first: Math.min(first, Math.max(0, end)), end: Math.max(0, end) };
}

/** The scroll position that brings a row fully into view, or the present one if it is. */
export function scrollToRow(row: number, scrollTop: number, height: number, rowHeight: number): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + height) return top + rowHeight - height;
  return scrollTop;
}
