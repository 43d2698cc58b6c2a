import assert from 'node:assert/strict';
import { PatchKind } from '../../src/arm/engine.js';
import { AnalysisMap, type Block, Site } from '../../src/vmm/sites.js';

const PAGE = 0x1000_0000;

function block(map: AnalysisMap, pa: number, thumb: number, ...lengths: number[]): Block {
  const made = map.newBlock(pa + 0x3000_0000, pa, thumb);
  for (const length of lengths) map.addInstruction(made, length);
  return made;
}

function site(map: AnalysisMap, owner: Block, pa: number): Site {
  const patch = {
    pa,
    thumb: owner.thumb,
    context: 0,
    length: 4,
    original: 1,
    planted: 2,
    kind: PatchKind.trap,
    count: 0,
  };
  const made = new Site(patch, owner, pa, 'A32', undefined, 0);
  map.addSite(made);
  return made;
}

describe('the analysis map', () => {
  it('knows instructions by where they start, and by state', () => {
    const map = new AnalysisMap();
    const thumb = block(map, PAGE + 0x10, 1, 2, 4, 2);
    for (const offset of [0x10, 0x12, 0x16]) assert.equal(map.blockAt(PAGE + offset, 1), thumb, `${offset}`);
    for (const offset of [0x0e, 0x14, 0x18]) assert.equal(map.blockAt(PAGE + offset, 1), undefined, `${offset}`);
    assert.equal(map.blockAt(PAGE + 0x10, 0), undefined);
    assert.equal(map.blockAt(PAGE + 0x1010, 1), undefined);
    assert.deepEqual([thumb.length, thumb.instructions], [8, 3]);
    assert.deepEqual([map.liveBlocks, map.liveInstructions, map.liveSites, map.blocksAnalysed], [1, 3, 0, 1]);
  });

  it('knows sites by address and state', () => {
    const map = new AnalysisMap();
    const arm = block(map, PAGE, 0, 4, 4);
    const thumb = block(map, PAGE, 1, 4);
    const [a, b] = [site(map, arm, PAGE), site(map, thumb, PAGE)];
    assert.equal(map.siteAt(PAGE, 0), a);
    assert.equal(map.siteAt(PAGE, 1), b);
    assert.equal(map.siteAt(PAGE + 4, 0), undefined);
    assert.deepEqual([...map.allSites()], [a, b]);
  });

  it('finds the blocks that a range of bytes touches, of both states', () => {
    const map = new AnalysisMap();
    const a = block(map, PAGE + 0x100, 0, 4, 4);
    const b = block(map, PAGE + 0x106, 1, 2, 2);
    const c = block(map, PAGE + 0x1100, 0, 4);
    const at = (offset: number, length: number): Block[] => map.overlapping(PAGE + offset, length);
    assert.deepEqual(at(0xfc, 4), []);
    assert.deepEqual(at(0xff, 2), [a]);
    assert.deepEqual(at(0x106, 1), [a, b]);
    assert.deepEqual(at(0x109, 1), [b]);
    assert.deepEqual(at(0x10a, 100), []);
    assert.deepEqual(at(0, 0x2000), [a, b, c]);
    assert.deepEqual(at(0x1000, 0x1000), [c]);
  });

  it('finds a block that reaches into the next page by the two bytes there', () => {
    const map = new AnalysisMap();
    const crossing = block(map, PAGE + 0xffc, 1, 2, 4);
    assert.equal(map.blockAt(PAGE + 0xffe, 1), crossing);
    assert.deepEqual(map.overlapping(PAGE + 0x1000, 2), [crossing]);
    assert.deepEqual(map.overlapping(PAGE + 0x1002, 2), []);
    map.drop(crossing);
    assert.equal(map.blockAt(PAGE + 0xffe, 1), undefined);
  });

  it('forgets a block with all that it had, and nothing of another', () => {
    const map = new AnalysisMap();
    // The second begins in the middle of a word of the first, and runs into where the first goes on.
    const first = block(map, PAGE, 1, 4, 4, 2);
    const second = block(map, PAGE + 2, 1, 2);
    const kept = site(map, second, PAGE + 2);
    site(map, first, PAGE + 4);
    map.drop(first);
    assert.deepEqual([map.liveBlocks, map.liveInstructions, map.liveSites, map.blocksAnalysed], [1, 1, 1, 2]);
    assert.equal(map.blockAt(PAGE, 1), undefined);
    assert.equal(map.blockAt(PAGE + 4, 1), undefined);
    assert.equal(map.blockAt(PAGE + 2, 1), second);
    assert.equal(map.siteAt(PAGE + 4, 1), undefined);
    assert.equal(map.siteAt(PAGE + 2, 1), kept);
    assert.deepEqual([...map.allBlocks()], [second]);
    map.drop(second);
    assert.deepEqual([map.liveBlocks, map.liveInstructions, map.liveSites], [0, 0, 0]);
    assert.deepEqual(map.overlapping(PAGE, 0x1000), []);
  });

  it('tells addresses beyond 4 GiB apart', () => {
    const map = new AnalysisMap();
    const low = block(map, PAGE, 0, 4);
    const high = block(map, PAGE + 2 ** 32, 0, 4);
    assert.equal(map.blockAt(PAGE, 0), low);
    assert.equal(map.blockAt(PAGE + 2 ** 32, 0), high);
    assert.deepEqual(map.overlapping(PAGE + 2 ** 32, 4), [high]);
  });
});
