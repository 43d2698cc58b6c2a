import assert from 'node:assert/strict';
import { ByteWriter } from '../../src/jit/wasm/bytes.js';
import { CodeWriter, Label } from '../../src/jit/wasm/code.js';
import { ModuleWriter } from '../../src/jit/wasm/module.js';
import { Op, ValueType } from '../../src/jit/wasm/opcodes.js';

/** The exports of a module with one exported function `f` of `params` parameters and one result. */
function compile(params: number, write: (code: CodeWriter) => void): (...args: number[]) => number {
  const module = new ModuleWriter();
  const code = new CodeWriter(params);
  write(code);
  module.exportFunction('f', module.addFunction(module.type(params, 1), code));
  const bytes = module.finish();
  assert.ok(WebAssembly.validate(bytes as BufferSource), 'the module is valid');
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource));
  return exports.f as (...args: number[]) => number;
}

describe('jit/wasm', () => {
  it('writes LEB128 as the specification has it', () => {
    const encode = (write: (w: ByteWriter) => void): number[] => {
      const writer = new ByteWriter(1);
      write(writer);
      return [...writer.finish()];
    };
    assert.deepEqual(
      encode((w) => w.u32(0)),
      [0],
    );
    assert.deepEqual(
      encode((w) => w.u32(127)),
      [0x7f],
    );
    assert.deepEqual(
      encode((w) => w.u32(128)),
      [0x80, 1],
    );
    assert.deepEqual(
      encode((w) => w.u32(624485)),
      [0xe5, 0x8e, 0x26],
    );
    assert.deepEqual(
      encode((w) => w.u32(0xffff_ffff)),
      [0xff, 0xff, 0xff, 0xff, 0x0f],
    );
    assert.deepEqual(
      encode((w) => w.s32(0)),
      [0],
    );
    assert.deepEqual(
      encode((w) => w.s32(-1)),
      [0x7f],
    );
    assert.deepEqual(
      encode((w) => w.s32(63)),
      [0x3f],
    );
    assert.deepEqual(
      encode((w) => w.s32(64)),
      [0xc0, 0],
    );
    assert.deepEqual(
      encode((w) => w.s32(-123456)),
      [0xc0, 0xbb, 0x78],
    );
    assert.deepEqual(
      encode((w) => w.s32(-0x8000_0000)),
      [0x80, 0x80, 0x80, 0x80, 0x78],
    );
  });

  it('makes constants of every size arrive unharmed', () => {
    for (const value of [0, 1, -1, 63, 64, -64, -65, 0x7fff_ffff, -0x8000_0000, 0x1234_5678]) {
      const f = compile(0, (code) => code.const(value));
      assert.equal(f(), value);
    }
  });

  it('turns a set and a get of the same local into a tee, and nothing else', () => {
    const f = compile(1, (code) => {
      const a = code.local();
      const b = code.local();
      code.get(0);
      code.const(1);
      code.op(Op.i32_add);
      code.set(a);
      const before = code.length;
      code.get(a);
      assert.equal(code.length, before);
      code.get(a);
      code.op(Op.i32_mul);
      code.set(b);
      code.get(a);
      code.get(b);
      code.op(Op.i32_sub);
    });
    assert.equal(f(4), 5 - 25);
  });

  it('declares locals of mixed types', () => {
    const f = compile(1, (code) => {
      const wide = code.local(ValueType.i64);
      const narrow = code.local();
      code.get(0);
      code.op(Op.i64_extend_i32_u);
      code.get(0);
      code.op(Op.i64_extend_i32_u);
      code.op(Op.i64_mul);
      code.set(wide);
      code.get(wide);
      code.const64(32);
      code.op(Op.i64_shr_u);
      code.op(Op.i32_wrap_i64);
      code.set(narrow);
      code.get(narrow);
    });
    assert.equal(f(-1) >>> 0, 0xffff_fffe);
  });

  it('branches to labels, whatever lies between', () => {
    const f = compile(1, (code) => {
      const sum = code.local();
      const again = new Label('again');
      const out = new Label('out');
      code.block(out, () => {
        code.loop(again, () => {
          code.get(0);
          code.op(Op.i32_eqz);
          code.if(() => code.br(out));
          code.get(sum);
          code.get(0);
          code.op(Op.i32_add);
          code.set(sum);
          code.get(0);
          code.const(1);
          code.op(Op.i32_sub);
          code.set(0);
          code.br(again);
        });
      });
      code.get(sum);
    });
    assert.equal(f(10), 55);
  });

  it('knows what can be reached', () => {
    compile(1, (code) => {
      const out = new Label('out');
      code.block(out, () => {
        assert.ok(code.reachable);
        code.get(0);
        code.if(
          () => {
            code.br(out);
            assert.ok(!code.reachable);
          },
          () => assert.ok(code.reachable),
        );
        assert.ok(code.reachable);
        code.get(0);
        code.if(
          () => code.br(out),
          () => code.br(out),
        );
        assert.ok(!code.reachable);
      });
      assert.ok(code.reachable);
      code.const(1);
    });
  });

  it('refuses a branch to a label that is not open', () => {
    const code = new CodeWriter(0);
    assert.throws(() => code.br(new Label('elsewhere')), /elsewhere is not open/);
  });

  it('fills a table and calls through it', () => {
    const module = new ModuleWriter();
    const type = module.type(1, 1);
    const imported = module.importFunction('e', 'twice', type);
    const fill = new CodeWriter(1);
    fill.get(0);
    fill.call(imported);
    const fillIndex = module.addFunction(type, fill);
    const call = new CodeWriter(1);
    call.get(0);
    call.const(3);
    call.callIndirect(type);
    module.exportFunction('call', module.addFunction(type, call));
    module.exportTable('t', 5, new Array<number>(5).fill(fillIndex));
    const bytes = module.finish() as BufferSource;
    assert.ok(WebAssembly.validate(bytes));
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { e: { twice: (x: number) => 2 * x } });
    assert.equal((instance.exports.t as WebAssembly.Table).length, 5);
    assert.equal((instance.exports.call as (x: number) => number)(21), 42);
  });
});
