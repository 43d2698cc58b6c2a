/** The session's backend: the debugger of this project. */
import { createDebugger, inspectImage, loadDisassembler, scanImage } from '../debug/index.js';
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
