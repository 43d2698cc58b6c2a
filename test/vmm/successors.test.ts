/** Edges of the control flow graph, of blocks as the patcher scans them. */
import assert from 'node:assert/strict';
import { ASSEMBLER } from '../support/assemble.js';
import { need } from '../support/tools.js';
import { successors, type Edge } from '../../src/vmm/successors.js';
import { CODE, gva, PatchRig } from './patch-rig.js';

const at = (offset: number): number => gva(CODE + offset);

/** Edges of the block that begins at `CODE`. */
function edges(source: string, thumb = false): readonly Edge[] {
  const rig = new PatchRig().place(source, thumb);
  const state = thumb ? 1 : 0;
  rig.admit(CODE, state);
  const block = rig.patcher.map.blockAt(CODE, state);
  assert.ok(block);
  return successors(block);
}

describe('the successors of a block', () => {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  const cases: readonly (readonly [string, string, boolean, readonly Edge[]])[] = [
    ['a branch', 'nop\n b 1f\n nop\n1: nop', false, [{ kind: 'taken', gva: at(12), thumb: 0 }]],
    [
      'a conditional branch',
      'beq 1f\n nop\n1: nop',
      false,
      [
        { kind: 'taken', gva: at(8), thumb: 0 },
        { kind: 'not taken', gva: at(4), thumb: 0 },
      ],
    ],
    [
      'a call',
      'bl 1f\n nop\n1: nop',
      false,
      [
        { kind: 'called', gva: at(8), thumb: 0 },
        { kind: 'returned to', gva: at(4), thumb: 0 },
      ],
    ],
    [
      'a call that changes the state',
      'blx 1f\n nop\n .thumb\n1: nop',
      false,
      [
        { kind: 'called', gva: at(8), thumb: 1 },
        { kind: 'returned to', gva: at(4), thumb: 0 },
      ],
    ],
    ['an indirect branch', 'bx lr', false, [{ kind: 'taken', gva: undefined, thumb: undefined }]],
    [
      'a conditional indirect branch',
      'bxeq lr',
      false,
      [
        { kind: 'taken', gva: undefined, thumb: undefined },
        { kind: 'not taken', gva: at(4), thumb: 0 },
      ],
    ],
    [
      'an indirect call in Thumb state',
      'blx r3',
      true,
      [
        { kind: 'called', gva: undefined, thumb: undefined },
        { kind: 'returned to', gva: at(2), thumb: 1 },
      ],
    ],
    [
      'CBZ',
      'cbz r0, 1f\n nop\n1: nop',
      true,
      [
        { kind: 'taken', gva: at(4), thumb: 1 },
        { kind: 'not taken', gva: at(2), thumb: 1 },
      ],
    ],
    ['an exception call', 'nop\n svc #0', false, [{ kind: 'runs on', gva: at(8), thumb: 0 }]],
    ['an exception return', 'movs pc, lr', false, [{ kind: 'taken', gva: undefined, thumb: undefined }]],
    ['a word that is not allocated', '.word 0xffffffff', false, [{ kind: 'runs on', gva: at(4), thumb: 0 }]],
  ];
  for (const [name, source, thumb, expected] of cases) {
    it(`of ${name}`, () => {
      assert.deepEqual(edges(source, thumb), expected);
    });
  }

  it('of the end of a page, and of a block that runs into another', () => {
    const rig = new PatchRig().place('nop\n nop\n b .', false, CODE + 0x1000 - 8);
    rig.admit(CODE + 0x1000 - 8);
    const last = rig.patcher.map.blockAt(CODE + 0x1000 - 8, 0);
    assert.deepEqual(last && successors(last), [{ kind: 'runs on', gva: at(0x1000), thumb: 0 }]);

    const other = new PatchRig().place('nop\n nop\n b .');
    other.admit(CODE + 4);
    other.admit(CODE);
    const first = other.patcher.map.blockAt(CODE, 0);
    assert.deepEqual(first && [first.length, ...successors(first)], [4, { kind: 'runs on', gva: at(4), thumb: 0 }]);
  });

  it('of a branch in an IT block, which may be skipped', () => {
    const rig = new PatchRig().place('it eq\n bxeq lr', true);
    rig.admit(CODE, 1);
    const block = rig.patcher.map.blockAt(CODE, 1);
    assert.ok(block);
    assert.deepEqual(
      successors(block, true).map(({ kind }) => kind),
      ['taken', 'not taken'],
    );
  });
});
