/**
 * Where objdump and capstone disagree with the table or with each other, and why: each is theirs, by the manual's section. A difference
 * holds for some rows, and says how to read one text as the other; what differs beyond that is not explained by it.
 */
import type { Isa } from '../../src/isa/row.js';

export interface TextDifference {
  /** A title: a test has it. */
  readonly what: string;
  readonly why: string;
  /** The manual's section; that of the first of the rows if it is not stated. */
  readonly section?: string;
  /** Rows as `isa name encoding`. */
  readonly rows: RegExp;
  /** What objdump may say as the mnemonic, where it is not the row's syntax. */
  readonly mnemonic?: RegExp;
  /** objdump marks words UNPREDICTABLE that are not. */
  readonly marked?: true;
  /** objdump does not know the words. */
  readonly unknown?: true;
  /** objdump's normalised text in capstone's words. */
  readonly objdump?: (text: string) => string;
  /** Capstone's normalised text in objdump's words. */
  readonly capstone?: (text: string) => string;
  /** Capstone does not know the words, or the texts have nothing to do with each other. */
  readonly apart?: true;
  /** A word, with what both say of it. */
  readonly example: { readonly isa: Isa; readonly word: number; readonly objdump: string; readonly capstone: string };
}

/** `r0,[` as `r0,r1,[`: the register behind it. */
function withSecond(text: string): string {
  return text.replace(/(r\d+),\[/, (_, first: string) => {
    const n = Number(first.slice(1)) + 1;
    return `${first},${n === 13 ? 'sp' : `r${n}`},[`;
  });
}

const SHIFTED = /^mov(s?) (\w+),(\w+),(lsl|lsr|asr|ror)(\d+)$/;

export const TEXT_DIFFERENCES: readonly TextDifference[] = [
  {
    what: 'a shift that writes the PC is not UNPREDICTABLE',
    why: 'the use is deprecated; objdump marks it, and calls the move a shift',
    rows: /^A32 MOV \(shifted register\) A1 pc$/,
    mnemonic: /^(lsl|lsr|asr|ror|rrx)/,
    marked: true,
    example: {
      isa: 'A32',
      word: 0xe1a0f58e,
      objdump: 'lsl pc, lr, #11 @ <UNPREDICTABLE>',
      capstone: 'lsl pc, lr, #0xb',
    },
  },
  {
    what: 'SUBS PC, LR and its kin go by the name of the operation',
    why: 'one heading of the manual for twelve operations; MOVS with a shift is a shift',
    rows: /^A32 SUBS PC, LR and related instructions A[12]$/,
    mnemonic: /^(and|eor|sub|rsb|add|adc|sbc|rsc|orr|mov|bic|mvn|lsl|lsr|asr|ror|rrx)s/,
    marked: true,
    example: { isa: 'A32', word: 0xe278f027, objdump: 'rsbs pc, r8, #39 @ 0x27', capstone: 'rsbs pc, r8, #0x27' },
  },
  {
    what: 'ADR is an addition to the PC',
    why: 'both texts assemble to the same word; the manual has a heading for ADR',
    rows: /^(A32 ADR A[12]|T32 ADR T[23]|T16 ADR T1)$/,
    mnemonic: /^(add|sub)w?/,
    objdump: (text) => text.replace(/^add (r\d),pc,(\d+)$/, 'adr $1,$2'),
    example: { isa: 'T16', word: 0xa0e5, objdump: 'add r0, pc, #916 @ (adr r0, 0x398)', capstone: 'adr r0, #0x394' },
  },
  {
    what: 'Rm may be Rn since ARMv6',
    why: 'with writeback m == n is UNPREDICTABLE before ARMv6 only, and objdump marks it, and m == t besides',
    rows: /^A32 (LDRH|LDRSB|LDRSH|STRH|LDRD|STRD) \(register\) A1$/,
    marked: true,
    objdump: withSecond,
    example: {
      isa: 'A32',
      word: 0xe1a460b6,
      objdump: 'strh r6, [r4, r6]! @ <UNPREDICTABLE>',
      capstone: 'strh r6, [r4, r6]!',
    },
  },
  {
    what: 'the second register of a pair is not shown',
    why: 'Rt2 is Rt + 1 in A32; UAL writes it, objdump leaves it out',
    section: 'A8.8.72',
    rows: /^A32 (LDRD|STRD|LDREXD|STREXD)\b/,
    objdump: withSecond,
    example: { isa: 'A32', word: 0xe1b10f9f, objdump: 'ldrexd r0, [r1]', capstone: 'ldrexd r0, r1, [r1]' },
  },
  {
    what: 'barriers have names of later architectures, or of earlier ones',
    why: 'ARMv8 named some options (SSBB, PSSBB, DFB); objdump says UN and UNST for NSH and NSHST',
    rows: /^(A32|T32) (DSB|DMB) .1$/,
    mnemonic: /^(dsb|dmb|ssbb|pssbb|dfb)$/,
    objdump: (text) =>
      text
        .replace(/ un(st)?$/, ' nsh$1')
        .replace(/^ssbb$/, 'dsb 0')
        .replace(/^pssbb$/, 'dsb 4')
        .replace(/^dfb$/, 'dsb 12'),
    capstone: (text) =>
      text
        .replace(/^ssbb$/, 'dsb 0')
        .replace(/^pssbb$/, 'dsb 4')
        .replace(/^dfb$/, 'dsb 12'),
    example: { isa: 'A32', word: 0xf57ff044, objdump: 'pssbb', capstone: 'dsb #4' },
  },
  {
    what: 'unallocated memory hints do nothing',
    why: 'the manual treats them as NOPs; the disassemblers do not know them, or see a load to the PC',
    section: 'A5.7.1',
    rows: /^A32 Reserved memory hint/,
    mnemonic: /^(pld|pldw|pli)?$/,
    unknown: true,
    apart: true,
    example: {
      isa: 'A32',
      word: 0xf41c71cb,
      objdump: '  @ <UNDEFINED> instruction: 0xf41c71cb',
      capstone: '.inst 0xf41c71cb  ; Reserved memory hint',
    },
  },
  {
    what: 'unallocated memory hints of Thumb do nothing',
    why: 'a load of a halfword to the PC is a hint here; objdump takes it as it stands',
    section: 'A6.3.8',
    rows: /^T32 Reserved memory hint/,
    mnemonic: /^(ldrsht?|pld|pldw|pli)(\.w)?$/,
    apart: true,
    example: {
      isa: 'T32',
      word: 0xf9b1f002,
      objdump: 'ldrsh.w pc, [r1, #2]',
      capstone: '.inst.w 0xf9b1f002  ; Reserved memory hint',
    },
  },
  {
    what: 'hints have names of later architectures',
    why: 'ARMv8 and ARMv8.1-M gave some a name; here they are NOPs',
    rows: /Reserved hint/,
    mnemonic: /^(nop|sevl|esb|psb|tsb|csdb|hint|pac|paci|bti|pacbti|aut)/,
    apart: true,
    example: { isa: 'T32', word: 0xf3af801d, objdump: 'pac r12, lr, sp', capstone: 'hint.w #0x1d' },
  },
  {
    what: 'a move between vector registers may be shown as an OR',
    why: 'VMOV (register) is VORR of a register with itself',
    rows: /VMOV \(register\) .1$/,
    mnemonic: /^(vorr|vmov)/,
    example: { isa: 'A32', word: 0xf2273117, objdump: 'vorr d3, d7, d7', capstone: 'vorr d3, d7, d7' },
  },
  {
    what: 'a left shift has no sign',
    why: 'the type of VSHL (immediate) is I; objdump writes S',
    rows: /VSHL \(immediate\)/,
    mnemonic: /^vshl\.s(8|16|32|64)$/,
    objdump: (text) => text.replace(/^vshl\.s/, 'vshl.i'),
    example: { isa: 'A32', word: 0xf2bdb51a, objdump: 'vshl.s32 d11, d10, #29', capstone: 'vshl.i32 d11, d10, #0x1d' },
  },
  {
    what: 'a saturation that shifts right by 32',
    why: 'ASR with imm5 = 00000 shifts by 32; objdump prints 0',
    section: 'A8.4.3',
    rows: /^A32 (SSAT|USAT) A1$/,
    objdump: (text) => text.replace(/,asr0$/, ',asr32'),
    example: {
      isa: 'A32',
      word: 0xe6a27058,
      objdump: 'ssat r7, #3, r8, asr #0',
      capstone: 'ssat r7, #3, r8, asr #0x20',
    },
  },
  {
    what: 'PUSH of one register is a store',
    why: 'both texts assemble to the same word; the manual has a heading for PUSH',
    rows: /^A32 PUSH A2$/,
    objdump: (text) => text.replace(/^push(\w*) \{(\w+)\}$/, 'str$1 $2,[sp,4294967292]!'),
    example: {
      isa: 'A32',
      word: 0xe52df004,
      objdump: 'push {pc}  @ (str pc, [sp, #-4]!)',
      capstone: 'str pc, [sp, #-4]!',
    },
  },
  {
    what: 'SWP exists until ARMv8',
    why: 'deprecated, and capstone does not know it as it is run for ARMv8',
    rows: /^A32 SWPB? A1$|^A32 SWP, SWPB A1$/,
    apart: true,
    example: { isa: 'A32', word: 0xe1041097, objdump: 'swp r1, r7, [r4]', capstone: '.inst 0xe1041097  ; SWP' },
  },
  {
    what: 'the flags by either name',
    why: 'CPSR_f and APSR_nzcvq, CPSR_s and APSR_g are the same to MSR; UAL prefers the latter',
    rows: /MSR \((register|immediate)\) .1 flags$/,
    objdump: (text) =>
      text.replace('cpsr_fs', 'apsr_nzcvqg').replace('cpsr_f', 'apsr_nzcvq').replace('cpsr_s', 'apsr_g'),
    example: { isa: 'A32', word: 0xe12cf00e, objdump: 'msr CPSR_fs, lr', capstone: 'msr apsr_nzcvqg, lr' },
  },
  {
    what: 'FLDMX and FSTMX up to D31',
    why: 'deprecated; capstone does not know those whose list ends beyond D16',
    rows: /FLDMX, FSTMX/,
    mnemonic: /^f(ld|st)m(ia|db)x/,
    apart: true,
    example: {
      isa: 'A32',
      word: 0xecd5eb05,
      objdump: 'fldmiax r5, {d30-d31} @ Deprecated',
      capstone: '.inst 0xecd5eb05  ; FLDMX, FSTMX',
    },
  },
  {
    what: 'registers of VMRS and VMSR that other architectures have',
    why: 'capstone does not know the reserved numbers, nor writes to read-only ones; objdump has names of ARMv8-M for some',
    rows: /(VMRS|VMSR) .1( system)?$/,
    apart: true,
    example: { isa: 'T32', word: 0xeeefea10 | 0, objdump: 'vmsr fpcxt_s, lr', capstone: '.inst.w 0xeeefea10  ; VMSR' },
  },
  {
    what: 'VEXT counts elements of any size',
    why: 'the encoding counts bytes; capstone picks the largest element',
    rows: /VEXT/,
    capstone: (text) =>
      text.replace(
        /^vext\.(16|32|64) (.*),(\d+)$/,
        (_, size: string, registers: string, n: string) => `vext.8 ${registers},${(Number(size) / 8) * Number(n)}`,
      ),
    example: {
      isa: 'A32',
      word: 0xf2b2cac4,
      objdump: 'vext.8 q6, q9, q2, #10',
      capstone: 'vext.16 q6, q9, q2, #5',
    },
  },
  {
    what: 'shifts by a constant are moves in Thumb',
    why: 'MOV with a shift and LSL, LSR, ASR, ROR, RRX are the same; UAL prefers the latter',
    rows: /^T32 ((LSL|LSR|ASR|ROR) \(immediate\)|RRX) T[12]$/,
    mnemonic: /^movs?\.w$/,
    objdump: (text) => text.replace(SHIFTED, '$4$1 $2,$3,$5').replace(/^mov(s?) (\w+),(\w+),rrx$/, 'rrx$1 $2,$3'),
    example: {
      isa: 'T32',
      word: 0xea4f65c4,
      objdump: 'mov.w r5, r4, lsl #27',
      capstone: 'lsl.w r5, r4, #0x1b',
    },
  },
  {
    what: 'ERET is SUBS PC, LR, #0',
    why: 'the same word, outside Hyp mode the same instruction',
    rows: /^T32 ERET T1$/,
    mnemonic: /^subs$/,
    objdump: (text) => text.replace(/^subs pc,lr,0$/, 'eret'),
    example: { isa: 'T32', word: 0xf3de8f00, objdump: 'subs pc, lr, #0', capstone: 'eret' },
  },
  {
    what: 'a load relative to the PC has the usual rights',
    why: 'with Rn = 1111 LDRT and its like are the literal load; objdump does not see it',
    rows: /^T32 LDR(B|H|SB|SH)? \(literal\) T[12]( pc)?$/,
    mnemonic: /^ldr(b|h|sb|sh)?t?(\.w)?$/,
    objdump: (text) => text.replace(/^(ldr(?:b|h|sb|sh)?)t /, '$1 '),
    example: {
      isa: 'T32',
      word: 0xf85f4eff,
      objdump: 'ldrt r4, [pc, #-3839] @ 0xfffff105',
      capstone: 'ldr.w r4, [pc, #-0xeff]',
    },
  },
  {
    what: 'wide pushes and pops are transfers with SP',
    why: 'both texts assemble to the same word; objdump keeps PUSH and POP for the narrow forms',
    rows: /^T32 (POP \(Thumb\)|PUSH) T[23]( pc)?$/,
    mnemonic: /^(ldmia|stmdb|ldr|str)(\.w)?$/,
    objdump: (text) => text.replace(/^ldm sp!,/, 'pop ').replace(/^stmdb sp!,/, 'push '),
    example: { isa: 'T32', word: 0xe8bd4008, objdump: 'ldmia.w sp!, {r3, lr}', capstone: 'pop.w {r3, lr}' },
  },
  {
    what: 'RSB with zero has an older name',
    why: 'NEG is the name before UAL',
    rows: /^T16 RSB \(immediate\) T1$/,
    mnemonic: /^negs$/,
    objdump: (text) => text.replace(/^negs (\w+),(\w+)$/, 'rsbs $1,$2,0'),
    example: { isa: 'T16', word: 0x425f, objdump: 'negs r7, r3', capstone: 'rsbs r7, r3, #0' },
  },
  {
    what: 'two operands or three',
    why: 'a destination that is also an operand may be written once',
    section: 'A8.8.10',
    rows: /^T16 (ADD \((SP plus )?register, Thumb\) T\d( pc)?|MUL T1)$/,
    objdump: (text) => text.replace(/^(add|muls) (\w+),(\w+)$/, '$1 $2,$3,$2'),
    example: { isa: 'T16', word: 0x435f, objdump: 'muls r7, r3', capstone: 'muls r7, r3, r7' },
  },
  {
    what: 'the NOP before there was one',
    why: 'MOV R8, R8 is shown as NOP',
    rows: /^T16 MOV \(register, Thumb\) T1$/,
    mnemonic: /^(mov|nop)$/,
    objdump: (text) => (text === 'nop' ? 'mov r8,r8' : text),
    example: { isa: 'T16', word: 0x46c0, objdump: 'nop   @ (mov r8, r8)', capstone: 'mov r8, r8' },
  },
  {
    what: 'an IT block is part of the mnemonic',
    why: 'the syntax of the row writes it as {<x>{<y>{<z>}}}',
    rows: /^T16 IT T1$/,
    mnemonic: /^it[te]*$/,
    example: { isa: 'T16', word: 0xbf3d, objdump: 'ittte cc', capstone: 'ittte lo' },
  },
  {
    what: 'a list of one register and SP is no push or pop of this encoding',
    why: 'PUSH and POP of one register have an encoding of their own; objdump says FD to tell the two apart',
    rows: /^A32 (LDM\/LDMIA\/LDMFD \(ARM\)|STMDB \(STMFD\)) A1( pc)?$/,
    mnemonic: /^(ld|st)mfd/,
    objdump: (text) => text.replace(/^ldmfd/, 'ldm').replace(/^stmfd/, 'stmdb'),
    example: { isa: 'A32', word: 0xe8bd0020, objdump: 'ldmfd sp!, {r5}', capstone: 'ldm sp!, {r5}' },
  },
  {
    what: 'writeback of a base to which nothing is added',
    why: 'an offset of zero with W = 1 still is the pre-indexed form; objdump leaves the ! out',
    rows: /^T32 (LDRD|STRD) \(immediate\) T1$/,
    objdump: (text) => text.replace(/(\[\w+\])$/, '$1!'),
    example: {
      isa: 'T32',
      word: 0xe9e87000,
      objdump: 'strd r7, r0, [r8]',
      capstone: 'strd r7, r0, [r8, #0]!',
    },
  },
];
