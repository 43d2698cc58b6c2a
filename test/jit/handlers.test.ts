import assert from 'node:assert/strict';
import { randomWord, seededRandom } from '../../src/isa/random.js';
import { table } from '../../src/isa/table.js';
import { emitCold, variantNeeds, COLD_PARAMS } from '../../src/jit/emit-cold.js';
import { Counts, emitFastLoop, EXTENSION_LOOPS, Loop } from '../../src/jit/fast-loop.js';
import { hotHandlers } from '../../src/jit/hot.js';
import {
  type DriverExports,
  ENVIRONMENT,
  generateExtensionLoop,
  generateInterpreter,
} from '../../src/jit/interpreter.js';
import { MAX_HOT } from '../../src/jit/scratch.js';
import { Handler, HANDLER_LIMIT } from '../../src/jit/slots.js';
import { variantKey, type Variant } from '../../src/jit/variant.js';
import { ModuleWriter } from '../../src/jit/wasm/module.js';
import type { PlainOperation } from '../../src/ops/operation.js';
import { predecode, type Predecoded } from '../../src/ops/predecode.js';

/** Every plain (operation, statics) that random words of the table reach, by key. */
function reachableKeys(): Map<string, Predecoded> {
  const random = seededRandom(7);
  const keys = new Map<string, Predecoded>();
  for (const row of table) {
    // Size, sign and length make many keys of one row.
    const words = /^(vfp|half|advanced)/.test(row.extension ?? '') ? 250 : 40;
    for (let i = 0; i < words; i++) {
      // Shifts by nothing have a key of their own, and chance hardly finds them.
      const fields: Record<string, number> = i % 4 === 0 ? { imm5: 0, imm3: 0, imm2: 0, type: 0 } : {};
      const word = randomWord(row, random, { fields });
      if (word === undefined) continue;
      const predecoded = predecode(row.isa, word);
      if (predecoded.operation?.kind === 'plain') keys.set(predecoded.key, predecoded);
    }
  }
  return keys;
}

const valid = (bytes: Uint8Array): boolean => WebAssembly.validate(bytes as BufferSource);

describe('handlers of tier 0', function () {
  this.timeout(60_000);

  for (const [what, counts] of Object.entries(Counts))
    it(`make a valid module, with loops of a size that V8 optimises well, that counts ${what}`, () => {
      const hot = hotHandlers();
      assert.ok(valid(generateInterpreter(hot, counts)));
      for (const [thumb, handlers] of hot.entries()) {
        const { length } = emitFastLoop(thumb, handlers, Loop.general, counts).finish().finish();
        assert.ok(length < 45_000, `${length} bytes`);
        assert.ok(Handler.first + handlers.length <= MAX_HOT);
        for (const loop of Object.values(Loop))
          assert.ok(handlers.filter(({ loops }) => (loops & loop) !== 0).length < 400);
      }
      for (const loop of EXTENSION_LOOPS) {
        const extension = generateExtensionLoop(hot, loop, counts);
        assert.ok(valid(extension));
        assert.ok(extension.length < 120_000, `${extension.length} bytes`);
      }
    });

  it('are there out of line from the start, and asked for by nobody, where the general loops have them', () => {
    const hot = hotHandlers();
    const nothing = (): void => {};
    const calls = ['enterPage', 'decode', 'executeReference', 'arbitrate', 'want', 'slowLoad', 'slowStore'];
    const { exports } = new WebAssembly.Instance(
      new WebAssembly.Module(generateInterpreter(hot, Counts.nothing) as BufferSource),
      {
        [ENVIRONMENT]: {
          memory: new WebAssembly.Memory({ initial: 1, maximum: 1 }),
          ...Object.fromEntries(calls.map((name) => [name, nothing])),
        },
      },
    );
    const { handlers: functions } = exports as unknown as DriverExports;
    const missing = functions.get(0) as unknown;
    for (const [thumb, handlers] of hot.entries())
      for (const [i, { variant, cond, loops }] of handlers.entries()) {
        const isThere = functions.get(thumb * HANDLER_LIMIT + Handler.first + i) !== missing;
        assert.equal(isThere, cond === 14 && (loops & Loop.general) !== 0, variantKey(variant));
      }
  });

  it('are no two alike in the fast loops', () => {
    for (const handlers of hotHandlers()) {
      const keys = handlers.map(({ variant, cond }) => `${variantKey(variant)} if ${cond}`);
      assert.deepEqual(
        keys.filter((key, i) => keys.indexOf(key) !== i),
        [],
      );
    }
  });

  it('of the fast loops are all of use to some instruction', () => {
    const keys = new Set(reachableKeys().keys());
    const unused = hotHandlers()
      .flat()
      .map(({ variant }) =>
        variantKey({ ...variant, thumb: 0, wide: 0, readsR15: false, inIT: false, counted: false, nearImmediate: -1 }),
      )
      .filter((key) => !keys.has(key));
    assert.deepEqual([...new Set(unused)], []);
  });

  it('differ between ARM and Thumb state where operations are said to use the PC, and nowhere else', () => {
    const flags = { wide: 0, readsR15: false, inIT: false, counted: false, nearImmediate: -1 };
    for (const [key, { operation, statics }] of reachableKeys()) {
      const plain = operation as PlainOperation;
      const [arm, thumb] = [0, 1].map((state) =>
        Buffer.from(
          emitCold({ operation: plain, statics, thumb: state, ...flags }, { slowLoad: 0, slowStore: 1 })
            .finish()
            .finish(),
        ),
      );
      assert.equal(!arm.equals(thumb), variantNeeds(plain, statics).state, key);
    }
  });

  it('can be made out of line for every operation, in every variant', () => {
    const module = new ModuleWriter();
    module.importFunction('e', 'slowLoad', module.type(3, 1));
    module.importFunction('e', 'slowStore', module.type(4, 0));
    const type = module.type(COLD_PARAMS, 1);
    const keys = reachableKeys();
    let count = 0;
    for (const { operation, statics } of keys.values()) {
      const plain = operation as PlainOperation;
      const { branchImmediate } = variantNeeds(plain, statics);
      for (const thumb of [0, 1]) {
        for (const near of new Set([-1, branchImmediate])) {
          const flags = { readsR15: true, inIT: thumb === 1, counted: true, nearImmediate: near };
          const variant: Variant = { operation: plain, statics, thumb, wide: thumb, ...flags };
          module.addFunction(type, emitCold(variant, { slowLoad: 0, slowStore: 1 }));
          count++;
        }
      }
    }
    assert.ok(keys.size > 300, `${keys.size} keys`);
    assert.ok(count < 2 * HANDLER_LIMIT, `${count} variants in two states`);
    module.importMemory('e', 'memory');
    assert.ok(valid(module.finish()));
  });
});
