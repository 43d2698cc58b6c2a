/** Moving about in the graph of the panel "Blocks": what of it is seen, and where the arrow keys lead. */
import assert from 'node:assert/strict';
import type { BlockEdge } from '../../src/protocol/views/blocks.js';
import { fitted, kept, movedBy, revealing, sightOf, zoomedBy } from '../../src/webview/blocks/sight.js';
import { stepFrom } from '../../src/webview/blocks/steps.js';

const SEEN = { width: 400, height: 300 };

describe('webview/blocks/sight', () => {
  const block = { x: 1000, y: 2000, width: 100, height: 60 };

  it('begins with all of a graph that can be read then, and else with a block', () => {
    assert.deepEqual(sightOf(block, { width: 200, height: 100 }, SEEN), { left: -100, top: -100, zoom: 1 });
    assert.deepEqual(sightOf(block, { width: 500, height: 100 }, SEEN), { left: 0, top: -137.5, zoom: 0.8 });
    assert.deepEqual(sightOf(block, { width: 5000, height: 100 }, SEEN), { left: 850, top: 1880, zoom: 1 });
  });

  it('fits all of a graph, but enlarges nothing', () => {
    assert.deepEqual(fitted({ width: 800, height: 300 }, SEEN), { left: 0, top: -150, zoom: 0.5 });
    assert.equal(fitted({ width: 10, height: 10 }, SEEN).zoom, 1);
    assert.equal(fitted({ width: 1e6, height: 10 }, SEEN).zoom, 0.05);
  });

  it('zooms about a point, within limits', () => {
    const sight = { left: 10, top: 20, zoom: 0.5 };
    const next = zoomedBy(sight, 2, 100, 50);
    assert.equal(next.zoom, 1);
    // the point of the graph that is there
    assert.deepEqual([next.left + 100, next.top + 50], [10 + 100 / 0.5, 20 + 50 / 0.5]);
    assert.equal(zoomedBy(sight, 100, 0, 0).zoom, 2);
    assert.equal(zoomedBy(sight, 0.001, 0, 0).zoom, 0.05);
  });

  it('moves by pixels of the element', () => {
    assert.deepEqual(movedBy({ left: 10, top: 20, zoom: 0.5 }, 30, -10), { left: 70, top: 0, zoom: 0.5 });
  });

  it('reveals a block as little as it takes, or in the middle', () => {
    const near = { left: 900, top: 1900, zoom: 1 };
    assert.deepEqual(revealing(near, block, SEEN, false), near, 'it is in sight');
    const middle = { left: 850, top: 1880, zoom: 1 };
    assert.deepEqual(revealing(near, block, SEEN, true), middle);
    assert.deepEqual(revealing({ ...near, top: 0 }, block, SEEN, false), { ...near, top: 1880 });
    assert.deepEqual(revealing({ ...near, left: 0 }, block, SEEN, false), { ...near, left: 850 });
    assert.equal(revealing({ ...near, zoom: 0.1 }, block, SEEN, false).zoom, 0.6, 'so that it can be read');
    const high = { ...block, height: 1000 };
    assert.equal(revealing(near, high, SEEN, true).top, high.y, 'of a high one the beginning');
  });

  it('never loses the graph', () => {
    const graph = { width: 1000, height: 1000 };
    assert.deepEqual(kept({ left: 5000, top: -5000, zoom: 1 }, graph, SEEN), { left: 940, top: -240, zoom: 1 });
    assert.deepEqual(kept({ left: 10, top: 20, zoom: 2 }, graph, SEEN), { left: 10, top: 20, zoom: 2 });
  });
});

describe('webview/blocks/steps', () => {
  const box = (id: number, x: number, layer: number) => ({ id, x, width: 10, layer });
  const edge = (from: number, to: number): BlockEdge => ({ from, to, kind: 'taken' });
  const boxes = new Map(
    [box(1, 50, 0), box(2, 0, 1), box(3, 60, 1), box(4, 90, 1), box(5, 40, 2)].map((b) => [b.id, b]),
  );
  const graph = { edges: [edge(1, 2), edge(1, 3), edge(2, 5), edge(3, 5), edge(5, 1), edge(4, 4)] };
  const step = (id: number, x: number, y: number) => {
    const from = boxes.get(id);
    assert.ok(from);
    return stepFrom(from, boxes, graph, [x, y])?.id;
  };

  it('go down and up along the edge that goes most straight', () => {
    assert.equal(step(1, 0, 1), 3);
    assert.equal(step(5, 0, -1), 3);
  });

  it('go back along an edge only where none leads ahead', () => {
    assert.equal(step(5, 0, 1), 1);
    assert.equal(step(4, 0, 1), undefined, 'a block does not lead to itself');
  });

  it('go to the next block of the layer', () => {
    assert.equal(step(3, 1, 0), 4);
    assert.equal(step(3, -1, 0), 2);
    assert.equal(step(4, 1, 0), undefined);
  });
});
