/**
 * Exit classes: the kinds of trap that the VMM distinguishes, counts and shows, and how an instruction's class follows from the facts of its
 * row. This is policy above facts: the table says what an encoding is, this file says what the VMM makes of it.
 */
import { Fact, type CompiledRow } from '../isa/row.js';

export interface ExitClass {
  readonly id: string;
  readonly label: string;
  readonly description: string;
}

/** The classes, in the order in which panels list them. Records hold the index. */
export const exitClasses = [
  {
    id: 'status-register',
    label: 'Status register',
    description: 'MRS, MSR and CPS: reads and writes of CPSR and SPSR',
  },
  { id: 'exception-return', label: 'Exception return', description: 'SUBS PC and its kin, LDM^ with PC, RFE, ERET' },
  { id: 'exception-call', label: 'Exception call', description: 'SVC, HVC, SMC, BKPT and UDF of the guest' },
  {
    id: 'indirect-branch',
    label: 'Indirect branch',
    description: 'Branches whose target comes from a register or from memory',
  },
  { id: 'coprocessor', label: 'System register', description: 'CP14 and CP15 accesses' },
  { id: 'user-access', label: 'User access', description: 'LDRT, STRT and user-bank LDM and STM' },
  { id: 'state-store', label: 'State store', description: 'SRS: return state stored to a stack' },
  { id: 'wait', label: 'Wait', description: 'WFI: the guest sleeps until an interrupt' },
  { id: 'undefined', label: 'Undefined', description: 'Words that are UNDEFINED, unallocated or UNPREDICTABLE here' },
  { id: 'device', label: 'Device access', description: 'Loads and stores that reach a virtual device' },
  { id: 'shadow-fill', label: 'Shadow fill', description: 'First use of a guest mapping: a shadow entry is made' },
  {
    id: 'guest-fault',
    label: 'Guest fault',
    description: "Prefetch and data aborts that the guest's own tables or map demand",
  },
  { id: 'user-exception', label: 'User exception', description: 'SVC, Undefined and BKPT of guest user code' },
  { id: 'interrupt', label: 'Interrupt', description: 'Interrupts injected into the guest' },
] as const satisfies readonly ExitClass[];

export type ExitClassId = (typeof exitClasses)[number]['id'];

const indexById = new Map<string, number>(exitClasses.map((c, i) => [c.id, i]));

/** Index of a class in {@link exitClasses}. */
export function classIndex(id: ExitClassId): number {
  return indexById.get(id) as number;
}

/**
 * Classes whose sites engines arbitrate inline at level 2: what kernels do most. (Indirect branches run natively from level 1 on.) Calls and
 * Undefined words are rare, and a wait ends the run in any case.
 */
export const inlinedClasses: ReadonlySet<ExitClassId> = new Set<ExitClassId>([
  'status-register',
  'exception-return',
  'coprocessor',
  'user-access',
  'state-store',
]);

/**
 * The class under which an instruction of privileged guest code becomes a callback site, or undefined if it is innocuous (or a direct
 * branch) and runs untouched. `row` is undefined for a word that the table does not know: unknown means trap.
 */
export function siteClass(row: CompiledRow | undefined): ExitClassId | undefined {
  if (row === undefined) return 'undefined';
  const facts = row.facts;
  // Before the next: UDF is meant to be Undefined.
  if (facts & Fact.exceptionCall) return 'exception-call';
  if (row.operation === null || facts & Fact.undefined) return 'undefined';
  if (facts & Fact.exceptionReturn) return 'exception-return';
  if (facts & (Fact.sensitive | Fact.privileged)) return sensitiveClass(facts);
  if (facts & Fact.branch && facts & Fact.indirect) return 'indirect-branch';
  return undefined;
}

function sensitiveClass(facts: number): ExitClassId {
  if (facts & Fact.hint) return 'wait';
  if (facts & Fact.store && facts & Fact.systemRegister) return 'state-store';
  if (facts & (Fact.load | Fact.store) && !(facts & Fact.systemRegister)) return 'user-access';
  return facts & Fact.privileged ? 'coprocessor' : 'status-register';
}
