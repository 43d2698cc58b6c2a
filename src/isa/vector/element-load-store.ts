/**
 * Advanced SIMD: element and structure loads and stores (DDI 0406C A7.7). A structure is of as many elements as the mnemonic's number says;
 * each goes into, or comes from, a register of its own.
 */
import { unpredictableIf } from '../define.js';
import { Fact } from '../row.js';
import type { ArgumentSet, FieldCondition, Fields, Row } from '../row.js';
import { doubleRegister, elementLoadStore, undefinedIf } from './define.js';

/** The static operand `wback`. */
export const Writeback = {
  no: 0,
  /** R[n] moves on by the bytes that were transferred. */
  transferred: 1,
  /** By R[m]. */
  register: 2,
} as const;

/** D:Vd, R[n] and what happens to it. Where R[m] takes no part `m` is `n`. */
function addressing(f: Fields): Record<'d' | 'n' | 'm' | 'wback', number> {
  const wback = f.Rm === 15 ? Writeback.no : f.Rm === 13 ? Writeback.transferred : Writeback.register;
  return { d: doubleRegister(f.D, f.Vd), n: f.Rn, m: wback === Writeback.register ? f.Rm : f.Rn, wback };
}

/** Registers that do not exist: `last(f)` counts those that a word takes behind `d`. */
function registersUnpredictable(condition: string, last: (f: Fields) => number): FieldCondition {
  return unpredictableIf(
    `n == 15${condition && ` || ${condition}`}`,
    (f) => f.Rn === 15 || doubleRegister(f.D, f.Vd) + last(f) > 31,
  );
}

/** Loads and stores of the same form: mnemonic, bit L, section, fact. */
interface Direction {
  readonly mnemonic: 'VLD' | 'VST';
  readonly L: '0' | '1';
  readonly facts: number;
}
const LOAD: Direction = { mnemonic: 'VLD', L: '1', facts: Fact.load };
const STORE: Direction = { mnemonic: 'VST', L: '0', facts: Fact.store };

// ---- multiple

/** One encoding of `type`: how many structures' worth of registers there are, and how far apart a structure's are. */
interface Multiple {
  readonly elements: 1 | 2 | 3 | 4;
  /** Appended to the encoding. */
  readonly word: string;
  /** Bits 11 to 8; the field `inc:1`, if there, is 1 for registers that are two apart. */
  readonly type: string;
  /** Registers for each element of the structure. */
  readonly regs: number;
  readonly guard?: FieldCondition;
}

const sizeIs64 = (f: Fields): boolean => f.size === 3;
const highAlign = undefinedIf("align<1> == '1'", (f) => f.align >= 2);
const align3 = undefinedIf("align == '11'", (f) => f.align === 3);
const structured = undefinedIf("size == '11'", sizeIs64);
const structuredAlign3 = undefinedIf("size == '11' || align == '11'", (f) => sizeIs64(f) || f.align === 3);
const structuredHighAlign = undefinedIf("size == '11' || align<1> == '1'", (f) => sizeIs64(f) || f.align >= 2);

const MULTIPLE: readonly Multiple[] = [
  { elements: 1, word: ' one', type: '0111', regs: 1, guard: highAlign },
  { elements: 1, word: ' two', type: '1010', regs: 2, guard: align3 },
  { elements: 1, word: ' three', type: '0110', regs: 3, guard: highAlign },
  { elements: 1, word: ' four', type: '0010', regs: 4 },
  { elements: 2, word: '', type: '100 inc:1', regs: 1, guard: structuredAlign3 },
  { elements: 2, word: ' four', type: '0011', regs: 2, guard: structured },
  { elements: 3, word: '', type: '010 inc:1', regs: 1, guard: structuredHighAlign },
  { elements: 4, word: '', type: '000 inc:1', regs: 1, guard: structured },
];

/** Registers from one element's to the next one's: where there are two for each, the second follows the first. */
function increment(f: Fields, regs: number): number {
  return regs + (f.inc ?? 0);
}

/** `ebytes` is 1 << size; `alignment` in bytes, 1 for none. */
function multipleArguments({ regs }: Multiple): ArgumentSet {
  return (f) => ({
    ...addressing(f),
    regs,
    inc: increment(f, regs),
    size: f.size,
    ebytes: 1 << f.size,
    alignment: f.align === 0 ? 1 : 4 << f.align,
  });
}

const MULTIPLE_SECTIONS = {
  VLD: ['A8.8.320', 'A8.8.323', 'A8.8.326', 'A8.8.329'],
  VST: ['A8.8.404', 'A8.8.406', 'A8.8.408', 'A8.8.410'],
} as const;

function multipleName({ mnemonic }: Direction, elements: number): string {
  return `${mnemonic}${elements} (multiple ${elements === 1 ? 'single elements' : `${elements}-element structures`})`;
}

function multiple(direction: Direction): Row[] {
  const { mnemonic, L, facts } = direction;
  return MULTIPLE.flatMap((form) => {
    const { elements, regs } = form;
    const condition = elements === 1 ? 'd+regs > 32' : elements === 2 ? 'd2+regs > 32' : `d${elements} > 31`;
    return elementLoadStore(
      multipleName(direction, elements),
      `1${form.word}`,
      `0 D:1 ${L} 0 Rn:4 Vd:4 ${form.type} size:2 align:2 Rm:4`,
      MULTIPLE_SECTIONS[mnemonic][elements - 1],
      `${mnemonic}${elements}<c>.<size> <list>, [<Rn>{:<align>}]{!}`,
      `${mnemonic}${elements}_multiple`,
      multipleArguments(form),
      {
        facts,
        guard: form.guard,
        unpredictable: [registersUnpredictable(condition, (f) => (elements - 1) * increment(f, regs) + regs - 1)],
      },
    );
  });
}

// ---- one lane

/** index_align (A8.8.321 and its like), taken apart for one size. */
interface Lane {
  readonly index: number;
  readonly inc: number;
  readonly alignment: number;
}

/**
 * The lane that a word names, or undefined where it is UNDEFINED. The index has the high bits; below them, but for bytes, a bit says
 * whether the registers are two apart; the lowest ask for alignment.
 */
function laneOf(elements: number, f: Fields): Lane | undefined {
  const bits = f.index_align;
  const index = bits >>> (f.size + 1);
  const ebytes = 1 << f.size;
  const spacing = f.size === 0 ? 0 : (bits >>> f.size) & 1;
  const align = f.size === 2 ? bits & 3 : bits & 1;
  const inc = 1 + spacing;
  switch (elements) {
    case 1:
      if (spacing !== 0 || (f.size === 0 ? align !== 0 : f.size === 2 && align !== 0 && align !== 3)) return undefined;
      return { index, inc, alignment: align === 0 ? 1 : ebytes };
    case 2:
      if (align > 1) return undefined;
      return { index, inc, alignment: align === 0 ? 1 : 2 * ebytes };
    case 3:
      return align !== 0 ? undefined : { index, inc, alignment: 1 };
    default:
      if (align === 3) return undefined;
      return { index, inc, alignment: align === 0 ? 1 : f.size === 2 ? 4 << align : 4 * ebytes };
  }
}

/** `if size == '11' then SEE …` comes with the conditions on index_align. */
function laneUndefined(elements: number): FieldCondition {
  const reserved = [
    "index_align<1> != '0'",
    "index_align<1> != '0'",
    "index_align<1:0> != '00'",
    "index_align<1:0> == '11'",
  ];
  return undefinedIf(
    `size == '11' || ${reserved[elements - 1]}`,
    (f) => f.size === 3 || laneOf(elements, f) === undefined,
  );
}

const NO_LANE: Lane = { index: 0, inc: 1, alignment: 1 };

function laneArguments(elements: number): ArgumentSet {
  return (f) => ({ ...addressing(f), ...(laneOf(elements, f) ?? NO_LANE), size: f.size });
}

const LANE_SECTIONS = {
  VLD: ['A8.8.321', 'A8.8.324', 'A8.8.327', 'A8.8.330'],
  VST: ['A8.8.405', 'A8.8.407', 'A8.8.409', 'A8.8.411'],
} as const;

function oneLane({ mnemonic, L, facts }: Direction): Row[] {
  const way = mnemonic === 'VLD' ? 'to' : 'from';
  return [1, 2, 3, 4].flatMap((elements) =>
    elementLoadStore(
      `${mnemonic}${elements} (single ${elements === 1 ? 'element' : `${elements}-element structure`} ${way} one lane)`,
      '1',
      `1 D:1 ${L} 0 Rn:4 Vd:4 size:2 ${['00', '01', '10', '11'][elements - 1]} index_align:4 Rm:4`,
      LANE_SECTIONS[mnemonic][elements - 1],
      `${mnemonic}${elements}<c>.<size> <list>, [<Rn>{:<align>}]{!}`,
      `${mnemonic}${elements}_lane`,
      laneArguments(elements),
      {
        facts,
        guard: laneUndefined(elements),
        unpredictable: [
          registersUnpredictable(
            elements === 1 ? '' : `d${elements} > 31`,
            (f) => (elements - 1) * (laneOf(elements, f) ?? NO_LANE).inc,
          ),
        ],
      },
    ),
  );
}

// ---- all lanes

/** Size 11 is a word with the strictest alignment, for four elements only. */
function allLanesSize(f: Fields): number {
  return Math.min(f.size, 2);
}

function allLanesAlignment(elements: number, f: Fields): number {
  if (f.a === 0) return 1;
  if (elements === 4 && f.size >= 2) return f.size === 3 ? 16 : 8;
  return elements << allLanesSize(f);
}

function allLanesArguments(elements: number): ArgumentSet {
  return (f) => ({
    ...addressing(f),
    // T means two registers of each for one element, and registers that are two apart for several.
    regs: elements === 1 ? 1 + f.T : 1,
    inc: elements === 1 ? 1 : 1 + f.T,
    size: allLanesSize(f),
    alignment: allLanesAlignment(elements, f),
  });
}

const ALL_LANES_SECTIONS = ['A8.8.322', 'A8.8.325', 'A8.8.328', 'A8.8.331'];
const ALL_LANES_UNDEFINED: readonly FieldCondition[] = [
  undefinedIf("size == '11' || (size == '00' && a == '1')", (f) => f.size === 3 || (f.size === 0 && f.a === 1)),
  undefinedIf("size == '11'", sizeIs64),
  undefinedIf("size == '11' || a == '1'", (f) => f.size === 3 || f.a === 1),
  undefinedIf("size == '11' && a == '0'", (f) => f.size === 3 && f.a === 0),
];

const allLanes: readonly Row[] = [1, 2, 3, 4].flatMap((elements) => {
  const name = `VLD${elements} (single ${elements === 1 ? 'element' : `${elements}-element structure`} to`;
  return elementLoadStore(
    `${name} all lanes)`,
    '1',
    `1 D:1 10 Rn:4 Vd:4 11 ${['00', '01', '10', '11'][elements - 1]} size:2 T:1 a:1 Rm:4`,
    ALL_LANES_SECTIONS[elements - 1],
    `VLD${elements}<c>.<size> <list>, [<Rn>{:<align>}]{!}`,
    `VLD${elements}_all`,
    allLanesArguments(elements),
    {
      facts: Fact.load,
      guard: ALL_LANES_UNDEFINED[elements - 1],
      over: [`${name} one lane) 1`],
      unpredictable: [
        registersUnpredictable(elements === 1 ? 'd+regs > 32' : `d${elements} > 31`, (f) =>
          elements === 1 ? f.T : (elements - 1) * (1 + f.T),
        ),
      ],
    },
  );
});

export const rows: readonly Row[] = [
  ...multiple(LOAD),
  ...multiple(STORE),
  ...oneLane(LOAD),
  ...oneLane(STORE),
  ...allLanes,
];
