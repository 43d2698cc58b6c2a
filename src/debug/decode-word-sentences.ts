/**
 * The sentences of "Decode this word": what facts mean, why a word is or is not sensitive in Popek and Goldberg's sense, and what scanner and arbiter do
 * with each exit class. The one place where they are worded; nothing here decides anything.
 */
import { extractFields } from '../isa/decode.js';
import { factNames } from '../isa/facts.js';
import { Fact, type CompiledRow, type FactName } from '../isa/row.js';
import { findSystemRegister, findSystemRegister64, type SystemRegister, type SysregAccess } from '../isa/sysreg.js';
import { inlinedClasses, type ExitClassId } from '../vmm/classes.js';
import type { Sensitivity } from '../protocol/decoded.js';

/** Sensitivity has sentences of its own. */
const facts: Readonly<Record<Exclude<FactName, 'sensitive' | 'privileged'>, string>> = {
  branch: 'may change the flow of control',
  link: 'writes a return address to LR',
  indirect: 'takes its target from a register or from memory',
  interworking: 'may change the instruction set state',
  exceptionReturn: 'returns from an exception: CPSR comes from an SPSR or from memory',
  exceptionCall: 'takes an exception by design',
  readsPc: 'reads the PC as an operand',
  systemRegister: 'reads or writes a system register',
  load: 'reads data memory',
  store: 'writes data memory',
  exclusive: 'is part of the exclusive-access protocol',
  hint: 'is a hint',
  undefined: 'is UNDEFINED here, and recognised so that it has a name',
  plain: 'computes on registers and flags alone',
};

export function factSentences(row: CompiledRow): string[] {
  return factNames(row.facts).flatMap((name) => (name === 'sensitive' || name === 'privileged' ? [] : [facts[name]]));
}

// ---- sensitivity

/** Why sensitive instructions are, by the operations that share a reason. */
const reasons: readonly (readonly [operations: RegExp, why: string])[] = [
  [
    /^MRS_CPSR$/,
    'At PL0 it does not trap: it shows mode and interrupt masks of the processor that executes it, which are not those that the guest believes in.',
  ],
  [
    /^MSR_CPSR/,
    'At PL0 it does not trap: it writes the flags and silently leaves mode and interrupt masks as they are.',
  ],
  [/^M(RS|SR)_SPSR/, 'User mode has no SPSR: at PL0 it is UNPREDICTABLE, and a trap cannot be relied on.'],
  [/^CPS$/, 'At PL0 it does not trap: it silently changes nothing.'],
  [
    /^(SUBS_PC_LR|LDM_exception_return)/,
    'It leaves an exception mode. User mode has no SPSR to return with: at PL0 it is UNPREDICTABLE, and a processor may take it for a plain branch.',
  ],
  [/^RFE$/, 'It loads PC and CPSR, the mode among it: at PL0 it is UNPREDICTABLE, and a trap cannot be relied on.'],
  [
    /^SRS$/,
    'It stores LR and SPSR, which User mode does not have: at PL0 it is UNPREDICTABLE, and a trap cannot be relied on.',
  ],
  [
    /^(LDR|STR)S?[BH]?T_/,
    "At PL1 its access has the rights of PL0. A kernel that itself runs at PL0 does not trap here, and would reach memory with its own rights instead of its user program's.",
  ],
  [
    /^(LDM|STM)_user$/,
    'It reaches the registers of the User bank from another mode: in User mode it is UNPREDICTABLE, and a trap cannot be relied on.',
  ],
  [/^WFI$/, 'At PL0 it does not trap: it would put the real processor to sleep, not the guest.'],
];

const GENERAL =
  'Executed at PL0 it does not trap, or not reliably, and depends on privileged state or would change it.';

/** Operations of moves between registers and CP14 or CP15. */
const MOVES: readonly (string | null)[] = ['MRC', 'MCR', 'MRRC', 'MCRR'];

/** The system register that a word reaches; `null` for a move that reaches none, undefined for other instructions. */
export function systemRegisterOf(row: CompiledRow, word: number): SystemRegister | null | undefined {
  if (!MOVES.includes(row.operation)) return undefined;
  const { coproc, opc1, CRn, CRm, opc2 } = row.args(extractFields(row, word));
  const found =
    CRn === undefined ? findSystemRegister64(coproc, opc1, CRm) : findSystemRegister(coproc, opc1, CRn, CRm, opc2);
  return found ?? null;
}

const access: Readonly<Record<SysregAccess, string>> = {
  none: 'not accessible',
  RO: 'read-only',
  WO: 'write-only',
  RW: 'readable and writable',
};

/** Which register it is, and who may access it. */
function registerSentences(register: SystemRegister | null): string {
  if (register === null) return 'No system register is there: the access is UNDEFINED at every privilege level.';
  const { name, title, section, kind, PL0, PL1 } = register;
  const what = `The register is ${name} (${title}, ${section})`;
  if (kind === 'absent') return `${what}, which no processor here has: the access is UNDEFINED.`;
  const control = register.PL0control === undefined ? '' : ` where ${register.PL0control} permits it`;
  const rights = `${what}: at PL1 ${access[PL1]}, at PL0 ${access[PL0]}${PL0 === 'none' ? '' : control}.`;
  if (PL0 === 'none') return rights;
  return `${rights} What PL0 may do does not trap by itself, so that here it is sensitive without being privileged.`;
}

export function sensitivityOf(row: CompiledRow | undefined): Sensitivity {
  if (row === undefined) return 'unknown';
  if (row.facts & Fact.sensitive) return 'sensitive';
  if (row.facts & Fact.privileged) return 'privileged';
  return row.operation === null || row.facts & (Fact.exceptionCall | Fact.undefined) ? 'traps' : 'innocuous';
}

/** Why a word is what {@link sensitivityOf} says. */
export function whySensitivity(row: CompiledRow | undefined, word: number, missing: string | undefined): string {
  const nothing = missing === undefined ? 'Nothing is allocated here' : 'This processor has nothing here';
  if (row === undefined)
    return `${nothing}: the processor takes an Undefined Instruction exception at every privilege level. Unknown means trap; nothing is taken for innocuous by default.`;
  switch (sensitivityOf(row)) {
    case 'sensitive': {
      const why = reasons.find(([operations]) => row.operation !== null && operations.test(row.operation))?.[1];
      return `It is sensitive, and not privileged. ${why ?? GENERAL}`;
    }
    case 'privileged': {
      const register = systemRegisterOf(row, word);
      const traps = 'It is privileged: PL1 executes it, at PL0 it takes an Undefined Instruction exception.';
      return register === undefined ? traps : `${traps} ${registerSentences(register)}`;
    }
    case 'traps':
      return row.facts & Fact.exceptionCall && row.operation !== null
        ? 'It takes an exception by design, at every privilege level: neither privileged nor silent. The monitor only has to tell it from its own traps.'
        : 'It is UNDEFINED: it takes an Undefined Instruction exception at every privilege level, and so needs no help to trap.';
    default:
      return row.facts & Fact.branch && row.facts & Fact.indirect
        ? 'It is innocuous: it behaves the same at PL0 and PL1, and touches no privileged state. But where it goes is known only when it executes, and what is there must be analysed first.'
        : 'It is innocuous: it behaves the same at PL0 and PL1, and neither depends on privileged state nor changes it.';
  }
}

// ---- the monitor

/** What the arbiter does about a trap of each class that a site can have, and its verdict. */
const arbitrations: Partial<Record<ExitClassId, string>> = {
  'status-register':
    'The virtual CPU executes the original word on the status registers that the guest believes in (verdict: emulate).',
  'exception-return':
    'The virtual CPU returns from the exception: mode, masks and state of the guest change with the branch (verdict: emulate). A return to User mode ends scanned execution.',
  'exception-call':
    "The virtual CPU takes the exception, and the guest goes on in its own handler (verdict: inject; what the board's firmware answers: emulate).",
  coprocessor:
    "The virtual CPU accesses the guest's own system register, side effects included (verdict: emulate; inject where the guest may not).",
  'user-access':
    "The virtual CPU executes the original word with the rights and the registers of the guest's user (verdict: allow).",
  'state-store': 'The virtual CPU stores the LR and SPSR that the guest believes in (verdict: emulate).',
  wait: 'The guest sleeps until one of its interrupts is due (verdict: emulate).',
  undefined: 'The guest gets the Undefined Instruction exception that it would get on its own board (verdict: deny).',
};

const BY_ITSELF =
  'The virtual CPU takes the exception, and the guest goes on in its own handler (recorded as a guest fault; verdict: inject).';

const INLINED = 'The engine has this done without an exception: it is counted, and recorded only if it is denied.';

const CONDITION = 'Where its condition fails it does not trap.';

/** What the arbiter does at a level with a word of a class (undefined: with one that stays as it is). */
export function arbitration(
  cls: ExitClassId | undefined,
  level: number,
  row: CompiledRow | undefined,
  word: number,
): string {
  const conditional = row?.conditional === true && word >>> 28 < 14 ? ` ${CONDITION}` : '';
  if (cls === undefined) {
    if (row !== undefined && row.facts & Fact.exceptionCall) return BY_ITSELF;
    if (row !== undefined && row.facts & (Fact.load | Fact.store))
      return level < 2
        ? "It runs as it is. Only an access that faults comes to the arbiter: a first use of a mapping gets its shadow entry, the guest's own fault is injected; and an access to a device, which is arbitrated there."
        : "It runs as it is. Only an access that faults comes to the arbiter: a first use of a mapping gets its shadow entry (of a device: one that leads to the device window, where accesses are counted), the guest's own fault is injected.";
    return 'It runs as it is, and never comes to the arbiter.';
  }
  if (cls === 'indirect-branch') {
    return level === 0
      ? `The virtual CPU computes the target and branches (verdict: allow); what is there is analysed before it executes.${conditional}`
      : 'It runs as it is, and is counted where it stands; what it goes to is analysed before it executes.';
  }
  const inlined = level >= 2 && inlinedClasses.has(cls) ? ` ${INLINED}` : '';
  return `${arbitrations[cls] ?? ''}${conditional}${inlined}`;
}

/** What the scanner makes of a word in privileged guest code: it plants a word (and of which class the site is), or nothing. */
export function scannerSentence(
  label: string | undefined,
  planted: string | undefined,
  byItself: boolean,
  endsBlock: boolean,
): string {
  const end = endsBlock ? 'the block ends behind it' : 'scanning goes on behind it';
  if (label === undefined || planted === undefined) {
    return `Left as it is${byItself ? ', since it traps by itself' : ''}; ${end}.`;
  }
  return `A callback site of the class ${label}: ${planted} is planted in its place; ${end}.`;
}

// ---- UNPREDICTABLE

/** What Trapline does about a word that is UNPREDICTABLE. */
export function unpredictablePolicy(row: CompiledRow): string {
  return row.facts & Fact.sensitive
    ? 'Trapline takes it for Undefined, bare and hypervised alike (launch attribute unpredictable).'
    : "Trapline executes it as the manual's pseudocode reads, or, where that would write R15 as a general register, takes it for Undefined.";
}
