/** The session's backend: the debugger of this project. */
import { scanImage } from '../debug/census.js';
import { loadDisassembler } from '../debug/disassembler.js';
import { inspectImage } from '../debug/inspect.js';
import { createDebugger } from '../debug/launch.js';
import type { Backend } from './backend.js';

export const debugBackend: Backend = {
  loadDisassembler,
  createDebugger,
  inspect: (file) => {
    const image = inspectImage(file);
    return {
      info: image.info,
      disassemble: (address, offset, count) => image.disassemble(address, offset, count),
    };
  },
  scan: (file, address) => scanImage(file, address),
};
