/**
 * An element with a canvas that is as large as its styles say, sharp on every screen, and drawn in the theme's colours: anew with the next frame when its size,
 * the theme or a property has changed. What is drawn belongs to whoever derives from it.
 */
import { LitElement } from 'lit';
import { readTheme, watchTheme, type Theme } from './theme.js';

export abstract class CanvasElement extends LitElement {
  private frame = 0;
  private lastTheme: Theme | undefined;
  private stopWatching: (() => void) | undefined;
  private readonly observer = new ResizeObserver(() => {
    this.resized();
  });

  /** Draws all of it onto a canvas that is empty, in CSS pixels. */
  protected abstract paint(context: CanvasRenderingContext2D, width: number, height: number): void;

  /** The one that {@link paint} draws on; null before the element was drawn for the first time. */
  protected get canvas(): HTMLCanvasElement | null {
    return this.renderRoot.querySelector('canvas');
  }

  /** How wide the drawing is, CSS pixels. */
  protected get paintedWidth(): number {
    return this.canvas?.clientWidth ?? 0;
  }

  protected get theme(): Theme {
    return (this.lastTheme ??= readTheme(this));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
    this.stopWatching = watchTheme(() => {
      this.lastTheme = undefined;
      this.repaint();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
    this.stopWatching?.();
    cancelAnimationFrame(this.frame);
    this.frame = 0;
  }

  override updated(): void {
    this.repaint();
  }

  protected resized(): void {
    this.repaint();
  }

  /** Has it painted with the next frame, however often that is asked for before. */
  protected repaint(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.paintNow();
    });
  }

  private paintNow(): void {
    const { canvas } = this;
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    const { clientWidth: width, clientHeight: height } = canvas;
    const ratio = window.devicePixelRatio;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== across || canvas.height !== down) {
      canvas.width = across;
      canvas.height = down;
    }
    context.save();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.paint(context, width, height);
    context.restore();
  }
}
