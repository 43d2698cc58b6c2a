/**
 * The map of an address space: a cell for each MiB, 64 in a row, coloured by what is there, with a pattern for each colour. Drawn on a canvas; the keyboard
 * goes from cell to cell, and what is in a cell is said in words below.
 */
import { css, html, type TemplateResult } from 'lit';
import { CanvasElement } from '../common/canvas-element.js';
import { styleMap } from '../common/style-map.js';
import { hex32 } from '../../util/bits.js';
import { base } from '../common/styles.js';
import { CELLS, type Cell } from './model.js';
import { drawSign, KINDS } from './sign.js';

const COLUMNS = 64;
const ROWS = CELLS / COLUMNS;
const GIB_ROWS = ROWS / 4;
const MIB = 0x10_0000;

export class MapElement extends CanvasElement {
  static override readonly properties = {
    cells: { attribute: false },
    label: { attribute: false },
    describe: { attribute: false },
    size: { attribute: false },
  };

  static override readonly styles = [
    base,
    css`
      :host {
        height: auto;
      }
      canvas {
        display: block;
        box-sizing: content-box;
        border: 1px solid var(--vscode-panel-border, var(--vscode-widget-border, transparent));
        cursor: crosshair;
      }
      h3 {
        margin: 0 0 4px;
        font-size: inherit;
        font-weight: 600;
      }
      p {
        margin: 4px 0 0;
        min-height: 2.8em;
      }
    `,
  ];

  declare cells: readonly Cell[];
  declare label: string;
  /** What is in the MiB at an address, in words. */
  declare describe: (address: number) => string;
  /** Of a cell, CSS pixels. */
  declare size: number;
  private at = 0;

  constructor() {
    super();
    this.cells = [];
    this.label = '';
    this.describe = () => '';
    this.size = 8;
  }

  private readonly key = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: COLUMNS,
      ArrowUp: -COLUMNS,
      PageDown: 16 * COLUMNS,
      PageUp: -16 * COLUMNS,
      Home: -CELLS,
      End: CELLS,
    };
    if (event.key === 'Enter') this.open();
    else if (event.key in moves) this.move(this.at + moves[event.key]);
    else return;
    event.preventDefault();
  };

  private move(cell: number): void {
    this.at = Math.min(CELLS - 1, Math.max(0, cell));
    this.requestUpdate();
  }

  private open(): void {
    this.dispatchEvent(new CustomEvent<number>('cell-open', { detail: this.at * MIB }));
  }

  private cellAt(event: PointerEvent | MouseEvent): number {
    const column = Math.min(COLUMNS - 1, Math.max(0, Math.floor(event.offsetX / this.size)));
    const row = Math.min(ROWS - 1, Math.max(0, Math.floor(event.offsetY / this.size)));
    return row * COLUMNS + column;
  }

  protected override paint(context: CanvasRenderingContext2D): void {
    const { size, theme } = this;
    const inner = size - 1;
    // a line for each GiB, so that places can be told
    context.fillStyle = theme.foreground;
    context.globalAlpha = 0.25;
    for (let row = GIB_ROWS; row < ROWS; row += GIB_ROWS) context.fillRect(0, row * size, COLUMNS * size, 1);
    context.globalAlpha = 1;
    this.cells.forEach(({ kind, share, changed }, i) => {
      const x = (i % COLUMNS) * size;
      const y = Math.floor(i / COLUMNS) * size;
      if (kind !== 'none') {
        context.fillStyle = context.strokeStyle = theme[KINDS[kind].colour];
        context.globalAlpha = 0.5 + 0.5 * share;
        drawSign(context, KINDS[kind].sign, x, y, inner);
        context.globalAlpha = 1;
      }
      if (changed) {
        context.strokeStyle = theme.yellow;
        context.strokeRect(x + 0.5, y + 0.5, inner - 1, inner - 1);
      }
    });
    context.strokeStyle = theme.focus;
    context.lineWidth = 2;
    context.strokeRect((this.at % COLUMNS) * size, Math.floor(this.at / COLUMNS) * size, size, size);
  }

  override render(): TemplateResult {
    const { size } = this;
    const place = `${hex32(this.at * MIB)}: ${this.describe(this.at * MIB)}`;
    return html`<h3>${this.label}</h3>
      <canvas
        role="application"
        aria-roledescription="map"
        tabindex="0"
        style=${styleMap({ width: `${COLUMNS * size}px`, height: `${ROWS * size}px` })}
        aria-label="${this.label}, a map of 1 MiB cells. Arrow keys move, Enter shows the range. ${place}"
        @keydown=${this.key}
        @pointermove=${(event: PointerEvent) => {
          const cell = this.cellAt(event);
          if (cell !== this.at) this.move(cell);
        }}
        @click=${(event: MouseEvent) => {
          this.move(this.cellAt(event));
          this.open();
        }}
      ></canvas>
      <p class="dim" role="status" style=${styleMap({ width: `${COLUMNS * size}px` })}>${place}</p>`;
  }
}
