/**
 * The WebAssembly of a few regions, word by word (test/jit/golden): so that a change of what is generated is seen, and meant. ACCEPT=1 rewrites the
 * expectations.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Mode, Psr } from '../../src/arm/modes.js';
import { Word } from '../../src/arm/state.js';
import { ASSEMBLER, assemble } from '../support/assemble.js';
import { need } from '../support/tools.js';
import { wasmText } from '../support/wasm-text.js';
import { MARGIN, RAM, Rig } from './rig.js';

const CODE = RAM + 0x1_0000;

const PROGRAMS: Readonly<Record<string, { readonly source: string; readonly thumb?: boolean }>> = {
  'count-down': { source: '1: subs r0, r0, #1\n bne 1b\n b 1b' },
  'sum-of-words': { source: '1: ldr r1, [r7], #4\n add r0, r0, r1\n cmp r7, r8\n blo 1b\n mov r7, r9\n b 1b' },
  'conditional-move': { source: '1: cmp r0, r1\n movgt r2, r0\n movle r2, r1\n add r0, r0, #1\n b 1b' },
  'push-and-return': { source: '1: bl 2f\n b 1b\n2: push {r4, lr}\n add r4, r4, #1\n pop {r4, pc}' },
  'it-block': { source: '1: adds r0, #1\n ite mi\n addmi r1, #1\n addpl r2, #1\n b 1b', thumb: true },
};

describe('the text of regions', function () {
  this.timeout(30_000);
  before(function () {
    need(this, ...ASSEMBLER);
  });

  for (const [name, { source, thumb = false }] of Object.entries(PROGRAMS)) {
    it(name, () => {
      const modules: string[] = [];
      const rig = new Rig(undefined, undefined, {
        threshold: 1,
        onModule: (binary) => modules.push(...wasmText(binary)),
      });
      rig.bus.writeBlock(CODE, assemble(source, { thumb, origin: CODE }));
      rig.processor.setCpsr(Mode.svc | Psr.I | Psr.F | (thumb ? Psr.T : 0));
      rig.state[Word.PC] = CODE;
      for (const [register, value] of [7, 8, 9, 13].entries()) rig.state[value] = RAM + 0x2_0000 + 0x100 * register;
      rig.interpreter.run(MARGIN + 200, false);
      const text = `${modules.join('\n\n')}\n`;
      const file = new URL(`golden/${name}.wat`, import.meta.url);
      if (process.env.ACCEPT !== undefined) fs.writeFileSync(file, text);
      assert.ok(modules.length > 0);
      assert.equal(text, fs.readFileSync(file, 'utf8'));
    });
  }
});
