/** How the timeline of interrupts is drawn, on a canvas that remembers what stands on it. */
import assert from 'node:assert/strict';
import type { Theme } from '../../src/webview/common/theme.js';
import { heightOf, paintLanes } from '../../src/webview/interrupts/paint.js';

/** CSS pixels that each character takes. */
const CHARACTER = 7;

interface Box {
  readonly left: number;
  readonly right: number;
}

/** Lines that are left on the canvas and texts, by where they lie across. */
class Canvas {
  lines: Box[] = [];
  readonly texts = new Map<string, Box>();
  fillStyle = '';
  globalAlpha = 1;
  font = '';
  textBaseline = '';

  measureText(text: string) {
    return { width: CHARACTER * text.length };
  }

  fillRect(x: number, _y: number, width: number): void {
    this.lines.push({ left: x, right: x + width });
  }

  clearRect(x: number, _y: number, width: number): void {
    this.lines = this.lines.filter(({ left, right }) => left < x || right > x + width);
  }

  fillText(text: string, x: number): void {
    this.texts.set(text, { left: x, right: x + CHARACTER * text.length });
  }
}

describe('webview/interrupts/paint', () => {
  it('draws no line of the axis through the words that stand there without interrupts', () => {
    const words = 'No interrupt in this stretch of time.';
    // lines come to lie elsewhere with every width
    for (let width = 300; width < 1200; width += 10) {
      const canvas = new Canvas();
      const scene = { events: [], names: new Map<number, string>(), stretch: { start: 0, end: 1_000_000 } };
      const theme = { fontSize: 13, sans: 'sans-serif' } as Theme;
      paintLanes(canvas as unknown as CanvasRenderingContext2D, scene, theme, width);
      const at = canvas.texts.get(words);
      assert.ok(at);
      assert.ok(canvas.lines.length > 0);
      for (const { left, right } of canvas.lines) assert.ok(right < at.left || left > at.right, `${width}: ${left}`);
    }
  });

  it('has room for words where there is no lane', () => {
    assert.equal(heightOf([]), heightOf([27]));
    assert.ok(heightOf([27, 33]) > heightOf([27]));
  });
});
