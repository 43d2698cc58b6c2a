/** What the session takes from the debugger. */
export { createDebugger } from './launch.js';
export { loadDisassembler } from './disassembler.js';
export { inspectImage } from './inspect.js';
export { scanImage } from './census.js';
export { decodeWord } from './decode-word.js';
