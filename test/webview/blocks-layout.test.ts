/** The layout of control flow graphs: nothing overlaps, control flows down, and it is quick enough for the largest graph. */
import assert from 'node:assert/strict';
import { layOut, type Box, type Layout, type Line } from '../../src/webview/blocks/layout.js';

/** Numbers that look random and are the same every time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A function's graph as compilers make them: mostly forward, some loops, some joins. */
function graph(count: number, seed: number): { boxes: Box[]; lines: Line[] } {
  const next = random(seed);
  const boxes = Array.from({ length: count }, (_, id) => ({
    id: id + 1,
    width: 150 + Math.floor(next() * 150),
    height: 40 + Math.floor(next() * 160),
  }));
  const lines: Line[] = [];
  for (let i = 1; i < count; i++) lines.push({ from: next() < 0.85 ? i : 1 + Math.floor(next() * i), to: i + 1 });
  for (let i = 0; i < count * 0.6; i++) {
    const from = 1 + Math.floor(next() * count);
    const to = next() < 0.25 ? 1 + Math.floor(next() * from) : Math.min(count, from + 1 + Math.floor(next() * 20));
    lines.push({ from, to });
  }
  return { boxes, lines };
}

function overlaps({ boxes }: Layout): string[] {
  const found: string[] = [];
  boxes.forEach((a, i) => {
    for (const b of boxes.slice(i + 1)) {
      const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      if (!apart) found.push(`${a.id} and ${b.id}`);
    }
  });
  return found;
}

describe('the layout of a graph of blocks', () => {
  it('puts a diamond where one expects it: entry above, branches side by side, join below', () => {
    const boxes = [1, 2, 3, 4].map((id) => ({ id, width: 100, height: 50 }));
    const { boxes: placed, lines } = layOut(boxes, [
      { from: 1, to: 2 },
      { from: 1, to: 3 },
      { from: 2, to: 4 },
      { from: 3, to: 4 },
    ]);
    const [entry, left, right, join] = placed;
    assert.deepEqual(
      placed.map(({ layer }) => layer),
      [0, 1, 1, 2],
    );
    assert.ok(left.x + 100 <= right.x);
    assert.ok(Math.abs(entry.x - (left.x + right.x) / 2) < 1, 'in the middle');
    assert.ok(Math.abs(entry.x - join.x) < 1);
    for (const line of lines) assert.ok(line[0].y < line[line.length - 1].y);
  });

  it('draws the line that closes a loop upwards, and around the boxes between', () => {
    const boxes = [1, 2, 3].map((id) => ({ id, width: 100, height: 50 }));
    const { boxes: placed, lines } = layOut(boxes, [
      { from: 1, to: 2 },
      { from: 2, to: 3 },
      { from: 3, to: 1 },
    ]);
    assert.deepEqual(
      placed.map(({ layer }) => layer),
      [0, 1, 2],
    );
    const back = lines[2];
    assert.ok(back[0].y > back[back.length - 1].y);
    const { x, y, width, height } = placed[1];
    for (const point of back) {
      assert.ok(point.x <= x || point.x >= x + width || point.y <= y || point.y >= y + height, 'through a box');
    }
  });

  it('takes a box that leads to itself, boxes without lines, and nothing at all', () => {
    assert.deepEqual(layOut([], []).boxes, []);
    const { boxes, lines } = layOut(
      [
        { id: 7, width: 10, height: 10 },
        { id: 8, width: 10, height: 10 },
      ],
      [
        { from: 7, to: 7 },
        { from: 7, to: 99 },
      ],
    );
    assert.equal(boxes.length, 2);
    assert.ok(lines[0].length > 2);
    assert.deepEqual(lines[1], [], 'a line to nowhere is not drawn');
    assert.deepEqual(overlaps({ boxes, lines, width: 0, height: 0 }), []);
  });

  for (const count of [12, 80, 300]) {
    it(`overlaps no two of ${count} boxes, and loses no line`, () => {
      for (let seed = 1; seed <= 5; seed++) {
        const { boxes, lines } = graph(count, seed);
        const layout = layOut(boxes, lines);
        assert.deepEqual(overlaps(layout), [], `seed ${seed}`);
        for (const { x, y, width, height } of layout.boxes) {
          assert.ok(x >= 0 && y >= 0 && x + width <= layout.width && y + height <= layout.height, `seed ${seed}`);
        }
        assert.ok(layout.lines.every((points) => points.length >= 2));
      }
    });
  }

  it('lays out 300 blocks in well under half a second', () => {
    const { boxes, lines } = graph(300, 42);
    layOut(boxes, lines);
    const start = process.cpuUsage();
    layOut(boxes, lines);
    const { user, system } = process.cpuUsage(start);
    assert.ok((user + system) / 1000 < 250, `${(user + system) / 1000} ms of processor time`);
  });
});
