/** The session's backend: the debugger of this project. */
import { createDebugger, decodeWord, inspectImage, loadDisassembler, scanImage } from '../debug/index.js';
import type { Backend } from './backend.js';

export const debugBackend: Backend = {
  loadDisassembler,
  createDebugger,
  inspect: (file) => {
    const image = inspectImage(file);
    return {
      info: image.info,
      disassemble: (address, offset, count) => image.disassemble(address, offset, count),
      decodeAt: (place) => image.decodeAt(place),
    };
  },
  scan: (file, address) => scanImage(file, address),
  decode: (request) => decodeWord(request),
};
