/**
 * What a session can pause at, as the editor must know it before any guest runs: the classes of traps, and the exceptions that a guest takes. A test
 * keeps the lists equal to the debugger's own, which a client may not import.
 */
import type { TrapClassInfo } from './model.js';

/** Classes of traps: a hypervised guest has them. */
export const TRAP_CLASSES: readonly TrapClassInfo[] = [
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
];

const LABELS: ReadonlyMap<string, string> = new Map(TRAP_CLASSES.map(({ id, label }) => [id, label]));

/** What a class of traps is called. */
export function trapClassLabel(cls: string): string {
  return LABELS.get(cls) ?? cls;
}

/** Exceptions as the guest sees them, bare or hypervised. */
export const GUEST_EXCEPTIONS: readonly TrapClassInfo[] = [
  {
    id: 'exception-undefined',
    label: 'Undefined Instruction',
    description: 'The guest takes an Undefined Instruction exception',
  },
  { id: 'exception-svc', label: 'Supervisor Call', description: 'The guest takes a Supervisor Call exception' },
  {
    id: 'exception-prefetch-abort',
    label: 'Prefetch Abort',
    description: 'The guest takes a Prefetch Abort exception',
  },
  { id: 'exception-data-abort', label: 'Data Abort', description: 'The guest takes a Data Abort exception' },
  { id: 'exception-irq', label: 'IRQ', description: 'The guest takes an IRQ exception' },
  { id: 'exception-fiq', label: 'FIQ', description: 'The guest takes an FIQ exception' },
];
