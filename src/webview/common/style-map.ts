/**
 * Styles of an element from an object, as lit's directive of this name has them, under a strict policy: lit writes the attribute when it draws an element for
 * the first time, which the policy forbids, so that the element stands without its styles until it is drawn again. This sets properties from the beginning.
 */
import { nothing, noChange, type AttributePart } from 'lit';
import { directive, Directive } from 'lit/directive.js';

/** Property names as scripts have them, `gridTemplateColumns`, or custom ones, `--name`. */
export type Styles = Readonly<Record<string, string>>;

class StyleMap extends Directive {
  private set: readonly string[] = [];

  /** On a server, where nothing is drawn. */
  override render(_styles: Styles): unknown {
    return nothing;
  }

  override update({ element }: AttributePart, [styles]: [Styles]): unknown {
    const { style } = element;
    const names = Object.keys(styles);
    for (const name of this.set) if (!(name in styles)) style.removeProperty(cssName(name));
    for (const name of names) style.setProperty(cssName(name), styles[name]);
    this.set = names;
    return noChange;
  }
}

function cssName(name: string): string {
  return name.startsWith('--') ? name : name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** For the `style` attribute, of which it must be the only part. */
export const styleMap = directive(StyleMap);
