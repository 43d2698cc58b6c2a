/** What the session takes from the debugger as a whole: how one is made, and what can be seen of an image without one. */
import type { Debugger, DebuggerEvents } from '../debug/api.js';
import type { DecodedWord, WordPlace, WordRequest } from '../protocol/decoded.js';
import type { CensusInfo, ImageInfo, ImageFile, InstructionInfo, LaunchOptions } from '../protocol/model.js';

/** An image that was opened to be looked at. */
export interface OpenImage {
  readonly info: ImageInfo;
  disassemble(address: number, instructionOffset: number, count: number): readonly InstructionInfo[];
  decodeAt(place: WordPlace): readonly DecodedWord[];
}

export interface Backend {
  /** Hands over the disassembler's WebAssembly module, once, before anything else. */
  loadDisassembler(module: Uint8Array): Promise<void>;
  createDebugger(options: LaunchOptions, events: DebuggerEvents): Debugger;
  inspect(file: ImageFile): OpenImage;
  scan(file: ImageFile, address: number | undefined): CensusInfo;
  decode(request: WordRequest): DecodedWord;
}
