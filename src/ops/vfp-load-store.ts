/** Loads and stores of extension registers (DDI 0406C A7.6). */
import type { Builder, Imm, Reg, Value, VReg } from './builder.js';
import type { FloatSize } from './float-builder.js';
import type { Operation } from './operation.js';
import { plain } from './operation.js';

const SIZES: readonly FloatSize[] = [32, 64];

const single = { regs: ['n'], vregs: ['d'], imms: ['imm32'], statics: [] } as const;
const literal = { regs: [], vregs: ['d'], imms: ['imm32'], statics: [] } as const;
/** `words` to transfer, `last` of the registers, of which there may be just `one`; writeback adds `imm32` or takes it away. */
const multiple = {
  regs: ['n'],
  vregs: ['d', 'last'],
  imms: ['words', 'imm32'],
  statics: ['add', 'wback', 'one'],
} as const;

/** The lowest address and the base afterwards: downwards the words lie below the base, and FLDMX leaves one more below it. */
function range(b: Builder, o: { n: Reg; imm32: Imm; add: number }): { address: Value; end: Value } {
  const base = b.R(o.n);
  const extent = b.imm(o.imm32);
  const end = o.add ? b.add(base, extent) : b.sub(base, extent);
  return { address: o.add ? base : end, end };
}

function loadOne(b: Builder, N: FloatSize, d: VReg, address: Value): void {
  if (N === 64) b.fp.loadD(d, address);
  else b.fp.setS(d, b.load(address, 4, { aligned: true }));
}

function storeOne(b: Builder, N: FloatSize, d: VReg, address: Value): void {
  if (N === 64) b.fp.storeD(d, address);
  else b.store(address, 4, b.fp.S(d), { aligned: true });
}

export const operations: readonly Operation[] = SIZES.flatMap((N) => {
  const check = (b: Builder, d: VReg): void => (N === 64 ? b.fp.CheckVFPEnabled(d) : b.fp.CheckVFPEnabled());
  return [
    // The immediate is signed.
    plain(`VLDR_${N}`, single, (b, o) => {
      check(b, o.d);
      loadOne(b, N, o.d, b.add(b.R(o.n), b.imm(o.imm32)));
    }),
    plain(`VLDR_lit_${N}`, literal, (b, o) => {
      check(b, o.d);
      loadOne(b, N, o.d, b.add(b.and(b.PC(), b.const(~3)), b.imm(o.imm32)));
    }),
    plain(`VSTR_${N}`, single, (b, o) => {
      check(b, o.d);
      storeOne(b, N, o.d, b.add(b.R(o.n), b.imm(o.imm32)));
    }),

    plain(`VLDM_${N}`, multiple, (b, o) => {
      check(b, o.last);
      const { address, end } = range(b, o);
      if (o.one) loadOne(b, N, o.d, address);
      else b.fp.loadRegisters(N, o.d, o.words, address);
      if (o.wback) b.setR(o.n, end);
    }),
    plain(`VSTM_${N}`, multiple, (b, o) => {
      check(b, o.last);
      const { address, end } = range(b, o);
      if (o.one) storeOne(b, N, o.d, address);
      else b.fp.storeRegisters(N, o.d, o.words, address);
      if (o.wback) b.setR(o.n, end);
    }),
  ];
});
