/**
 * Which handlers the fast loops have, three loops for ARM and three for Thumb state. The rest is executed out of line, at several times the cost,
 * so what is here is what compiled code consists of: chosen by the dynamic frequencies of the kernels of engine.bench, and of U-Boot booting.
 * Knows operations by name; holds no state.
 *
 * PERF: a loop must stay below some 8,000 values in V8's optimising compiler (about 400 handlers): above that it allocates registers by a
 * simpler method, and everything lives on the stack (`node --no-liftoff --turbo-stats-wasm` then lists TFMidTierRegisterAllocator). So floating
 * point and Advanced SIMD (hot-extension.ts) have loops of their own, together with what surrounds them in compiled code ({@link loopsOf}); going
 * from one loop to the other costs about as much as an instruction out of line.
 */
import { operationByName } from '../ops/index.js';
import { assert } from '../util/assert.js';
import { Loop, type HotHandler } from './fast-loop.js';
import { FLOAT_FORMS, FLOAT_LITERALS, type Form, INTEGER_VECTOR_FORMS, SHARED_FORMS } from './hot-extension.js';
import { plainVariant, type Variant } from './variant.js';

type Flags = Partial<Omit<Variant, 'operation' | 'statics'>>;

function variant([name, ...statics]: Form, flags: Flags = {}): Variant {
  const operation = operationByName.get(name);
  assert(operation?.kind === 'plain', `${name} is no plain operation`);
  assert(operation.statics.length === statics.length, `${name} has the statics ${operation.statics.join()}`);
  return { ...plainVariant(operation, statics), ...flags };
}

const CONDITIONS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];

// Statics by their place, as the operations declare them: setflags (0 no, 1 yes, 2 outside an IT block), shift type (0 LSL, 1 LSR, 2 ASR, 3 ROR,
// 4 RRX, 5 none), carry of an immediate (0, 1, 2 unchanged); index, wback; shift type, add, index, wback; increment, before, wback, base in list.
const NO_SHIFT = 5;

/** Handlers of ARM instructions and of 32-bit Thumb instructions alike. */
function common(): Form[] {
  const list: Form[] = [];
  for (const name of ['ADD', 'SUB', 'RSB']) {
    list.push([`${name}_imm`, 0], [`${name}_imm`, 1]);
    for (const shift of [0, 1, 2, NO_SHIFT]) list.push([`${name}_reg`, 0, shift]);
    list.push([`${name}_reg`, 1, NO_SHIFT]);
  }
  for (const name of ['ADC', 'SBC']) list.push([`${name}_imm`, 0], [`${name}_reg`, 0, NO_SHIFT]);
  for (const name of ['AND', 'ORR', 'EOR', 'BIC']) {
    list.push([`${name}_imm`, 0, 2]);
    for (const shift of [0, 1, 3, NO_SHIFT]) list.push([`${name}_reg`, 0, shift]);
  }
  list.push(['ORR_reg', 1, NO_SHIFT], ['AND_reg', 1, NO_SHIFT], ['AND_imm', 1, 2]);
  list.push(['MOV_imm', 0, 2], ['MVN_imm', 0, 2], ['MVN_reg', 0, NO_SHIFT]);
  for (const shift of [0, 1, 2, 3, NO_SHIFT]) list.push(['MOV_reg', 0, shift]);
  list.push(['MOV_reg', 1, 0], ['MOV_reg', 1, 1]);
  for (const shift of [0, 1, 2]) list.push(['MOV_rsr', 0, shift]);
  list.push(
    ['CMP_imm'],
    ['CMN_imm'],
    ['TST_imm', 2],
    ['TST_imm', 0],
    ['TST_imm', 1],
    ['CMP_reg', NO_SHIFT],
    ['CMP_reg', 0],
  );
  list.push(['TST_reg', NO_SHIFT], ['MOVT'], ['NOP']);
  list.push(['MUL', 0], ['MLA', 0], ['MLS'], ['UMULL', 0], ['SMULL', 0], ['UMLAL', 0]);
  list.push(
    ['UXTB'],
    ['UXTH'],
    ['SXTB'],
    ['SXTH'],
    ['UXTAB'],
    ['UBFX'],
    ['SBFX'],
    ['BFI'],
    ['BFC'],
    ['CLZ'],
    ['UDIV'],
    ['SDIV'],
  );
  for (const name of ['LDR', 'LDRB', 'LDRH', 'STR', 'STRB', 'STRH']) {
    list.push([`${name}_imm`, 1, 0], [`${name}_imm`, 1, 1], [`${name}_imm`, 0, 1], [`${name}_reg`, NO_SHIFT, 1, 1, 0]);
  }
  list.push(['LDR_reg', 0, 1, 1, 0], ['STR_reg', 0, 1, 1, 0], ['LDRB_reg', 0, 1, 1, 0]);
  for (const name of ['LDRSB', 'LDRSH'])
    list.push([`${name}_imm`, 1, 0], [`${name}_imm`, 0, 1], [`${name}_reg`, NO_SHIFT, 1, 1, 0]);
  list.push(['LDRD_imm', 1, 0], ['LDRD_imm', 0, 1], ['STRD_imm', 1, 0], ['STRD_imm', 1, 1], ['STRD_imm', 0, 1]);
  list.push(
    ['LDM', 1, 0, 0, 0],
    ['LDM', 1, 0, 1, 0],
    ['LDM', 1, 0, 0, 1],
    ['STM', 1, 0, 0],
    ['STM', 1, 0, 1],
    ['STM', 0, 1, 1],
  );
  return list;
}

/** Common in ARM code only. */
const ARM_ONLY: readonly Form[] = [
  ['RSB_reg', 0, 3],
  ['ADD_reg', 0, 3],
  ['ADD_reg', 1, 0],
  ['ADC_reg', 1, NO_SHIFT],
  ['SBC_reg', 1, NO_SHIFT],
  ['AND_reg', 0, 2],
  ['EOR_reg', 1, NO_SHIFT],
  ['EOR_reg', 0, 2],
  ['ORR_reg', 0, 2],
  ['ORR_reg', 1, 0],
  ['ORR_reg', 1, 1],
  ['BIC_imm', 1, 2],
  ['AND_imm', 1, 0],
  ['ORR_rsr', 0, 0],
  ['ORR_rsr', 0, 1],
  ['AND_rsr', 0, 1],
  ['BIC_rsr', 0, 0],
  ['MOV_rsr', 0, 3],
  ['MOV_reg', 1, 2],
  ['MOV_reg', 1, NO_SHIFT],
  ['MOV_imm', 1, 2],
  ['MVN_reg', 0, 2],
  ['CMP_reg', 1],
  ['CMN_reg', NO_SHIFT],
  ['TEQ_imm', 2],
  ['TEQ_reg', NO_SHIFT],
  ['SMULxy', 0, 0],
  ['SMLAxy', 0, 0],
  ['UXTAH'],
  ['REV'],
  ['REV16'],
  ['LDRD_imm', 1, 1],
  ['LDM', 0, 1, 0, 0],
  ['LDM', 1, 1, 0, 0],
  ['STM', 1, 1, 0],
];

/** The 16-bit Thumb encodings that set no flags, or always. */
const THUMB_NARROW: readonly Form[] = [
  ['ADD_reg', 0, NO_SHIFT],
  ['ADD_imm', 0],
  ['SUB_imm', 0],
  ['MOV_reg', 0, NO_SHIFT],
  ['MOV_reg', 1, 0],
  ['CMP_imm'],
  ['CMP_reg', NO_SHIFT],
  ['CMN_reg', NO_SHIFT],
  ['TST_reg', NO_SHIFT],
  ['UXTB'],
  ['UXTH'],
  ['SXTB'],
  ['SXTH'],
  ['REV'],
  ['REV16'],
  ['NOP'],
  ['LDR_imm', 1, 0],
  ['LDRB_imm', 1, 0],
  ['LDRH_imm', 1, 0],
  ['STR_imm', 1, 0],
  ['STRB_imm', 1, 0],
  ['STRH_imm', 1, 0],
  ['LDR_reg', NO_SHIFT, 1, 1, 0],
  ['LDRB_reg', NO_SHIFT, 1, 1, 0],
  ['LDRH_reg', NO_SHIFT, 1, 1, 0],
  ['LDRSB_reg', NO_SHIFT, 1, 1, 0],
  ['LDRSH_reg', NO_SHIFT, 1, 1, 0],
  ['STR_reg', NO_SHIFT, 1, 1, 0],
  ['STRB_reg', NO_SHIFT, 1, 1, 0],
  ['STRH_reg', NO_SHIFT, 1, 1, 0],
  ['LDM', 1, 0, 1, 0],
  ['LDM', 1, 0, 0, 1],
  ['STM', 1, 0, 1],
  ['STM', 0, 1, 1],
];

/** The 16-bit Thumb encodings that set flags outside an IT block. */
const THUMB_FLAGS: readonly Form[] = [
  ['ADD_imm', 2],
  ['SUB_imm', 2],
  ['RSB_imm', 2],
  ['MOV_imm', 2, 2],
  ['ADD_reg', 2, NO_SHIFT],
  ['SUB_reg', 2, NO_SHIFT],
  ['ADC_reg', 2, NO_SHIFT],
  ['SBC_reg', 2, NO_SHIFT],
  ['AND_reg', 2, NO_SHIFT],
  ['ORR_reg', 2, NO_SHIFT],
  ['EOR_reg', 2, NO_SHIFT],
  ['BIC_reg', 2, NO_SHIFT],
  ['MVN_reg', 2, NO_SHIFT],
  ['MOV_reg', 2, 0],
  ['MOV_reg', 2, 1],
  ['MOV_reg', 2, 2],
  ['MOV_rsr', 2, 0],
  ['MOV_rsr', 2, 1],
  ['MUL', 2],
];

/** Indirect branches in both states: plain, and counted for a patch. */
function indirect(thumb: number, wide: number, forms: readonly Form[], flags: Flags = {}): Variant[] {
  return [false, true].flatMap((counted) => forms.map((form) => variant(form, { thumb, wide, counted, ...flags })));
}

function directBranches(thumb: number, wide: number): Unplaced[] {
  return [0, -1].flatMap((nearImmediate) => [
    ...CONDITIONS.map((cond) => ({ variant: variant(['B'], { thumb, wide, nearImmediate }), cond })),
    { variant: variant(['B'], { thumb, wide, nearImmediate }), cond: 14 },
  ]);
}

function always(variants: readonly Variant[]): Unplaced[] {
  return variants.map((one) => ({ variant: one, cond: 14 }));
}

type Unplaced = Omit<HotHandler, 'loops'>;

/** Operations that loops over vectors have between those: addresses, counts, loads and stores, calls. */
const SURROUNDINGS =
  /^(ADD_imm|SUB_imm|ADD_reg|SUB_reg|RSB_imm|AND_imm|ORR_reg|EOR_reg|MOV_imm|MOV_reg|CMP_imm|CMP_reg|MOVT|MUL|UBFX|B|BL|BX|CBZ|ADR|(LDR|LDRB|LDRH|STR|STRB|STRH)_(imm|reg)|LDR_lit|LDM|STM|LDM_pc)$/;

/** The loops that have a handler of the general loop. */
function loopsOf({ variant: { operation, statics, counted, inIT, nearImmediate }, cond }: Unplaced): number {
  // Of the ALU operations only the forms without shift or with LSL; a shift is MOV's.
  const rare = /_reg$/.test(operation.name) && operation.name !== 'MOV_reg' && statics.some((s) => s === 3 || s === 2);
  const leavesPage = cond !== 14 && nearImmediate < 0;
  if (counted || rare || inIT || leavesPage) return Loop.general;
  return Loop.general | Loop.floatingPoint | (SURROUNDINGS.test(operation.name) ? Loop.vectors : 0);
}

/** All loops of a state: the general one's handlers, then those that only extension loops have. */
function placed(thumb: number, general: readonly Unplaced[]): HotHandler[] {
  const extension = (forms: readonly Form[], loops: number, flags: Flags = {}): HotHandler[] =>
    always(forms.map((form) => variant(form, { wide: thumb, ...flags }))).map((one) => ({ ...one, loops }));
  return [
    ...general.map((one) => ({ ...one, loops: loopsOf(one) })),
    ...extension(SHARED_FORMS, Loop.floatingPoint | Loop.vectors),
    ...extension(FLOAT_FORMS, Loop.floatingPoint),
    ...extension(FLOAT_LITERALS, Loop.floatingPoint, { thumb }),
    ...extension(INTEGER_VECTOR_FORMS, Loop.vectors),
  ];
}

function armHandlers(): Unplaced[] {
  return [
    ...always([
      ...[...common(), ...ARM_ONLY].map((form) => variant(form)),
      variant(['ADD_reg', 0, NO_SHIFT], { readsR15: true }),
      variant(['LDR_reg', NO_SHIFT, 1, 1, 0], { readsR15: true }),
      variant(['LDR_lit']),
      variant(['ADR']),
      ...[0, -1].map((nearImmediate) => variant(['BL', 0], { nearImmediate })),
      variant(['BLX_imm', 0]),
      ...indirect(0, 0, [
        ['BX'],
        ['BLX_reg', 0],
        ['LDM_pc', 1, 0, 1, 0],
        ['LDM_pc', 0, 1, 0, 0],
        ['LDR_imm_pc', 0, 1],
        ['LDR_imm_pc', 1, 0],
        ['MOV_reg_pc', 0, NO_SHIFT],
      ]),
      ...indirect(
        0,
        0,
        [
          ['LDR_reg_pc', 0, 1, 1, 0],
          ['ADD_reg_pc', 0, 0],
        ],
        { readsR15: true },
      ),
    ]),
    ...directBranches(0, 0),
  ];
}

function thumbHandlers(): Unplaced[] {
  return [
    ...always([
      ...common().map((form) => variant(form, { wide: 1 })),
      ...THUMB_NARROW.map((form) => variant(form)),
      ...THUMB_FLAGS.flatMap((form) => [variant(form), variant(form, { inIT: true })]),
      ...[0, 1].map((wide) => variant(['LDR_lit'], { thumb: 1, wide })),
      ...[0, 1].map((wide) => variant(['ADR'], { thumb: 1, wide })),
      variant(['ADD_reg', 0, NO_SHIFT], { thumb: 1, readsR15: true }),
      ...[0, 1].map((nonzero) => variant(['CBZ', nonzero], { thumb: 1, nearImmediate: 0 })),
      ...[0, -1].map((nearImmediate) => variant(['BL', 1], { thumb: 1, wide: 1, nearImmediate })),
      variant(['BLX_imm', 1], { thumb: 1, wide: 1 }),
      ...indirect(1, 0, [['BX'], ['BLX_reg', 1], ['LDM_pc', 1, 0, 1, 0], ['MOV_reg_pc', 1, NO_SHIFT]]),
      ...indirect(1, 1, [
        ['LDM_pc', 1, 0, 1, 0],
        ['LDR_imm_pc', 0, 1],
        ['LDR_imm_pc', 1, 0],
        ['TBB', 0],
        ['TBB', 1],
      ]),
      ...indirect(
        1,
        1,
        [
          ['TBB', 0],
          ['TBB', 1],
        ],
        { readsR15: true },
      ),
    ]),
    ...directBranches(1, 0),
    ...directBranches(1, 1),
  ];
}

let made: readonly (readonly HotHandler[])[] | undefined;

/** The handlers of the fast loops, in the order of their numbers: for ARM and for Thumb state. */
export function hotHandlers(): readonly (readonly HotHandler[])[] {
  return (made ??= [placed(0, armHandlers()), placed(1, thumbHandlers())]);
}
