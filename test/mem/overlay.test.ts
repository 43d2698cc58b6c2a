import assert from 'node:assert/strict';
import { PatchKind } from '../../src/arm/engine.js';
import { FetchOverlay } from '../../src/mem/overlay.js';
import type { Patch } from '../../src/mem/ports.js';

function patch(pa: number, thumb = 0, context = 0, planted = 0xef00_0000): Patch {
  return { pa, thumb, context, length: 4, original: 0, planted, kind: PatchKind.trap, count: 0 };
}

describe('mem/overlay', () => {
  it('finds a patch by address, state and context, each on its own', () => {
    const overlay = new FetchOverlay();
    const patches = [0x8000, 0x8002, 0xffff_fff0, 0x1_0000_8000, 0xff_0000_8000].flatMap((pa) =>
      [0, 1].flatMap((thumb) => [0, 1].map((context) => patch(pa, thumb, context))),
    );
    patches.forEach((p) => overlay.install(p));
    assert.equal(overlay.size, patches.length);
    for (const p of patches) assert.equal(overlay.lookup(p.pa, p.thumb, p.context), p);
    assert.equal(overlay.lookup(0x8004, 0, 0), undefined);
    assert.equal(overlay.lookup(0x2_0000_8000, 0, 0), undefined);
  });

  it('lists the patches of a page and tells of each change', () => {
    const overlay = new FetchOverlay();
    const changes: number[][] = [];
    overlay.onChange = (pa, length) => changes.push([pa, length]);
    const [a, b, c] = [patch(0x1000), patch(0x1ffe, 1), patch(0x2000)];
    for (const p of [a, b, c]) overlay.install(p);
    assert.deepEqual(overlay.inPage(0x1800), [a, b]);
    const again = patch(0x1000, 0, 0, 1);
    overlay.install(again);
    assert.equal(overlay.size, 3);
    assert.deepEqual(overlay.inPage(0x1800), [again, b]);
    overlay.remove(0x1ffe, 1, 0);
    overlay.remove(0x1ffe, 0, 0);
    assert.deepEqual(overlay.inPage(0x1800), [again]);
    assert.deepEqual(overlay.inPage(0x3000), []);
    assert.deepEqual(changes, [
      [0x1000, 4],
      [0x1ffe, 4],
      [0x2000, 4],
      [0x1000, 4],
      [0x1ffe, 4],
    ]);
    assert.deepEqual([...overlay.all()], [again, c]);
  });

  it('equals a map through many installs and removes, and is empty after the last', () => {
    const overlay = new FetchOverlay();
    const model = new Map<string, Patch>();
    const key = (p: Patch) => `${p.pa} ${p.thumb} ${p.context}`;
    let seed = 1;
    const next = (n: number) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * n);
    };
    for (let i = 0; i < 30_000; i++) {
      // Few distinct addresses, so that chains form, are removed from their middle, and wrap.
      const p = patch(next(900) * 2 + next(3) * 0x1_0000_0000, next(2), next(2), i);
      if (next(2) === 0) {
        overlay.install(p);
        model.set(key(p), p);
      } else {
        overlay.remove(p.pa, p.thumb, p.context);
        model.delete(key(p));
      }
      assert.equal(overlay.size, model.size);
      const other = patch(next(900) * 2 + next(3) * 0x1_0000_0000, next(2), next(2));
      assert.equal(overlay.lookup(other.pa, other.thumb, other.context), model.get(key(other)), `step ${i}`);
    }
    for (const p of model.values()) {
      assert.equal(overlay.lookup(p.pa, p.thumb, p.context), p);
      overlay.remove(p.pa, p.thumb, p.context);
    }
    assert.equal(overlay.size, 0);
    assert.deepEqual([...overlay.all()], []);
    for (const p of model.values()) assert.equal(overlay.lookup(p.pa, p.thumb, p.context), undefined);
  });
});
