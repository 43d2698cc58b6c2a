/** The one object that is thrown when an instruction ends early, because it took an exception or was completed by someone else. */

class Abandoned extends Error {
  override readonly name = 'Abandoned';
}

/**
 * Thrown by operations' accesses, caught by whoever started the instruction. By then everything has been done: the exception is delivered,
 * PC is where execution goes on. PERF: a new Error for each guest fault would cost microseconds for a stack trace that nobody reads.
 */
export const ABANDONED: Error = new Abandoned('the instruction was abandoned');
