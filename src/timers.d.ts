/**
 * Timers and the monotonic clock, which Node, pages, workers and both extension hosts have under the same names. Only layers outside the machine
 * include this file: nothing below `session` may know what time it is for the host.
 */
declare function setTimeout(callback: () => void, ms?: number): TimerHandle;
declare function clearTimeout(handle: TimerHandle | undefined): void;
declare function setInterval(callback: () => void, ms?: number): TimerHandle;
declare function clearInterval(handle: TimerHandle | undefined): void;
declare function queueMicrotask(callback: () => void): void;
declare const performance: { /** Milliseconds since an arbitrary start; never goes back. */ now(): number };
/** A number in a browser, an object in Node. */
type TimerHandle = number | { readonly [Symbol.toPrimitive]?: () => number };
