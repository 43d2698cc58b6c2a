import assert from 'node:assert/strict';
import { MARGIN, RAM, Rig } from './rig.js';

const ADD = 0xe280_0001; // add r0, r0, #1
const MUCH = 0xe280_00ff; // add r0, r0, #255
const TO_ITSELF = 0xeaff_fffe;
const KERNEL = 0;

describe('block admission of tier 0', () => {
  /** What the admission was asked for, as offsets, each once, while a run of eight ADDs is executed for the first time. `known` is what it knows before it is asked. */
  function askedFor(
    known: (offset: number, rig: Rig) => boolean,
    admit: (offset: number, rig: Rig) => void = () => {},
  ) {
    const rig = new Rig();
    const asked: number[] = [];
    rig.words(RAM, ADD, ADD, ADD, ADD, ADD, ADD, ADD, ADD, TO_ITSELF);
    rig.processor.admission = {
      admit(_va, pa) {
        asked.push(pa - RAM);
        admit(pa - RAM, rig);
      },
      admittedTo: (pa) => {
        let end = pa;
        while (end < RAM + 36 && known(end - RAM, rig)) end += 4;
        return end;
      },
    };
    rig.jump(RAM);
    rig.interpreter.run(MARGIN + 8, false);
    return { rig, asked: [...new Set(asked)] };
  }

  it('decodes ahead what is admitted, and asks for all the rest before it is executed', () => {
    const all = [0, 4, 8, 12, 16, 20, 24, 28, 32];
    assert.deepEqual(askedFor(() => false).asked, all);
    assert.deepEqual(askedFor((offset) => offset <= 28).asked, [0, 32]);
    assert.deepEqual(askedFor((offset) => offset < 16).asked, [0, 16, 20, 24, 28, 32]);
  });

  it('executes what was planted where the admission was asked, however far it had decoded', () => {
    let blocks = 0;
    const known = new Set<number>();
    const { rig } = askedFor(
      (offset) => known.has(offset),
      (offset, { bus }) => {
        // A block of three: its last instruction becomes another one.
        for (const one of [0, 4, 8]) known.add(offset + one);
        if (blocks++ < 2) bus.write(RAM + offset + 8, 4, MUCH);
      },
    );
    assert.equal(rig.state[0], 6 + 2 * 255);
    assert.equal(rig.processor.fetch.patch(RAM, 0, KERNEL), undefined);
  });
});
