/** Assertions: each states something that no guest, image or configuration can make false. A failure is a bug of ours. */

/** Raised when an invariant of the program itself is broken. Never used for guest-visible or user errors. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Throws {@link AssertionError} with `message` unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** For the `default` of a switch over a closed union: reaching it is a bug. */
export function unreachable(value: never, what: string): never {
  throw new AssertionError(`${what}: unexpected ${String(value)}`);
}
