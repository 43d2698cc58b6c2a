/** The handlers of the fast loop. */
import type { HotHandler } from './fast-loop.js';

export function hotHandlers(): readonly HotHandler[] {
  return [];
}
