/** How the map of an address space shows what is there: a colour and a sign for each kind, and one of them by itself for the legend. */
import { css, html, type TemplateResult } from 'lit';
import { CanvasElement } from '../common/canvas-element.js';
import type { CellKind } from './model.js';

/** Colour, and the second sign, of each kind. */
export const KINDS: Readonly<
  Record<CellKind, { readonly name: string; readonly colour: Colour; readonly sign: Sign }>
> = {
  none: { name: 'not mapped', colour: 'foreground', sign: 'none' },
  code: { name: 'can be executed', colour: 'blue', sign: 'full' },
  data: { name: 'can be written, not executed', colour: 'green', sign: 'half' },
  readonly: { name: 'read only', colour: 'purple', sign: 'dot' },
  device: { name: 'device memory', colour: 'orange', sign: 'stripes' },
  closed: { name: 'mapped, no access', colour: 'dim', sign: 'cross' },
  fault: { name: 'a fault of its own', colour: 'red', sign: 'cross' },
};
type Colour = 'foreground' | 'dim' | 'blue' | 'green' | 'purple' | 'orange' | 'red';
type Sign = 'none' | 'full' | 'half' | 'dot' | 'stripes' | 'cross';

/** Draws the sign of a kind into a square. */
export function drawSign(context: CanvasRenderingContext2D, sign: Sign, x: number, y: number, size: number): void {
  switch (sign) {
    case 'none':
      return;
    case 'full':
      context.fillRect(x, y, size, size);
      return;
    case 'half':
      context.fillRect(x, y + size / 2, size, size / 2);
      return;
    case 'dot':
      context.fillRect(x + size / 3, y + size / 3, size / 3, size / 3);
      return;
    case 'stripes':
      for (let i = 0; i < size; i += 2) context.fillRect(x + i, y, 1, size);
      return;
    case 'cross':
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(x + size, y + size);
      context.moveTo(x + size, y);
      context.lineTo(x, y + size);
      context.stroke();
      return;
  }
}

/** As large as its styles say. */
export class SignElement extends CanvasElement {
  static override readonly properties = { kind: { attribute: false } };

  static override readonly styles = css`
    canvas {
      display: block;
      width: 100%;
      height: 100%;
    }
  `;

  declare kind: CellKind;

  constructor() {
    super();
    this.kind = 'none';
  }

  protected override paint(context: CanvasRenderingContext2D, width: number): void {
    const { colour, sign } = KINDS[this.kind];
    context.fillStyle = context.strokeStyle = this.theme[colour];
    drawSign(context, sign, 0, 0, width);
  }

  override render(): TemplateResult {
    return html`<canvas aria-hidden="true"></canvas>`;
  }
}
