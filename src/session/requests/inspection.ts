/** Requests about the guest as a debugger sees it: its stack, variables, expressions, memory, symbols. */
import type { StackFrameInfo } from '../../protocol/model.js';
import type { Handlers, SessionState } from '../state.js';

/** Frames beyond these are the work of a confused unwinder. */
const MOST_FRAMES = 200;
/** The most that one request for memory may return: enough for any view. */
const LARGEST_READ = 2 ** 24;

export const inspectionRequests = (at: SessionState) =>
  ({
    stack({ first, count }) {
      const { guest, listings } = at.halted;
      const all = guest.stack(MOST_FRAMES);
      const frames = all.slice(first, first + count).map((frame): StackFrameInfo => {
        const listing = listings.at(frame.pc);
        return listing ? { ...frame, listing } : frame;
      });
      return { frames, total: all.length };
    },

    scopes: () => at.halted.guest.scopes(),

    variables: ({ scope }) => at.halted.guest.variables(scope),

    setVariable({ evaluateName, expression }) {
      const value = at.halted.guest.setVariable(evaluateName, expression);
      at.send('edited', {});
      return { value };
    },

    evaluate: ({ expression }) => at.session.guest.evaluate(expression),

    readMemory: ({ address, length }) => at.session.guest.readMemory(address >>> 0, Math.min(length, LARGEST_READ)),

    writeMemory({ address, bytes }) {
      const written = at.session.guest.writeMemory(address >>> 0, bytes);
      at.session.refreshListings();
      at.send('edited', {});
      return written;
    },

    disassemble: ({ address, offset, count }) => at.session.guest.disassemble(address, offset, count),

    symbols: ({ filter, maximum }) => at.session.guest.symbols(filter, maximum),
  }) satisfies Partial<Handlers>;
