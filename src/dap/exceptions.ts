/** Trap classes as exception filters, and what the client shows where the guest stopped. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { GUEST_EXCEPTIONS, TRAP_CLASSES } from '../protocol/trap-classes.js';
import type { AdapterContext, Handlers } from './context.js';

/** The breakpoints view's checkboxes; none is set at first. */
export const EXCEPTION_FILTERS: DebugProtocol.ExceptionBreakpointsFilter[] = [
  ...GUEST_EXCEPTIONS.map(({ id, label, description }) => ({ filter: id, label: `Guest: ${label}`, description })),
  ...TRAP_CLASSES.map(({ id, label, description }) => ({ filter: id, label: `Trap: ${label}`, description })),
];

export class Exceptions {
  constructor(private readonly context: AdapterContext) {}

  readonly handlers: Handlers = {
    exceptionInfo: () => {
      const { stop } = this.context;
      return {
        exceptionId: stop?.dead ? 'The guest cannot go on' : 'Trap',
        description: stop?.text ?? '',
        breakMode: 'always',
      } satisfies DebugProtocol.ExceptionInfoResponse['body'];
    },
  };
}
