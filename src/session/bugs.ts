/** Errors that are nobody's but ours: shown whole, so that they can be reported. */
export function describeBug(error: unknown): string {
  return `Trapline has a bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
