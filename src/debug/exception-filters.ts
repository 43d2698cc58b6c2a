/** The guest exceptions that a session may stop at, whichever way the guest runs: ids and words beside those of the VMM's exit classes. */
import { Exception } from '../arm/exceptions.js';

export interface ExceptionFilter {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** As in arm/exceptions.ts. */
  readonly kind: number;
}

export const exceptionFilters: readonly ExceptionFilter[] = [
  {
    id: 'exception-undefined',
    label: 'Undefined Instruction',
    description: 'The guest takes an Undefined Instruction exception',
    kind: Exception.Undefined,
  },
  {
    id: 'exception-svc',
    label: 'Supervisor Call',
    description: 'The guest takes a Supervisor Call exception',
    kind: Exception.SupervisorCall,
  },
  {
    id: 'exception-prefetch-abort',
    label: 'Prefetch Abort',
    description: 'The guest takes a Prefetch Abort exception',
    kind: Exception.PrefetchAbort,
  },
  {
    id: 'exception-data-abort',
    label: 'Data Abort',
    description: 'The guest takes a Data Abort exception',
    kind: Exception.DataAbort,
  },
  { id: 'exception-irq', label: 'IRQ', description: 'The guest takes an IRQ exception', kind: Exception.IRQ },
  { id: 'exception-fiq', label: 'FIQ', description: 'The guest takes an FIQ exception', kind: Exception.FIQ },
];
