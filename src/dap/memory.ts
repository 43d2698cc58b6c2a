/** Memory as bytes and as instructions: the hex editor and the disassembly view. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { sessionErrors } from '../util/errors.js';
import { bytesToBase64, base64ToBytes } from './base64.js';
import { literalAddress, parseAddress, type AdapterContext, type Handlers } from './context.js';
import type { Sources } from './sources.js';
import { hex32 } from '../util/bits.js';

const ADDRESS_SPACE = 2 ** 32;
/** For the rows of the disassembly view that no instruction can fill. */
const ROW_BYTES = 4;

export class Memory {
  constructor(
    private readonly context: AdapterContext,
    private readonly sources: Sources,
  ) {}

  readonly handlers: Handlers = {
    readMemory: (args: DebugProtocol.ReadMemoryArguments) => this.read(args),
    writeMemory: (args: DebugProtocol.WriteMemoryArguments) => this.write(args),
    disassemble: (args: DebugProtocol.DisassembleArguments) => this.disassemble(args),
  };

  private async read({ memoryReference, offset = 0, count }: DebugProtocol.ReadMemoryArguments) {
    const address = (await this.addressOf(memoryReference)) + offset;
    const length = Math.max(0, Math.min(count, ADDRESS_SPACE - address));
    if (address < 0 || length === 0) return { address: hex32(Math.max(0, address)), unreadableBytes: count };
    const bytes = await this.context.client.request('readMemory', { address, length });
    this.context.watched.read({ memoryReference, offset, count: length });
    return {
      address: hex32(address),
      data: bytesToBase64(bytes),
      ...(bytes.length < count && { unreadableBytes: count - bytes.length }),
    };
  }

  private async write({ memoryReference, offset = 0, data, allowPartial }: DebugProtocol.WriteMemoryArguments) {
    const { context } = this;
    const address = (await this.addressOf(memoryReference)) + offset;
    const bytes = base64ToBytes(data);
    context.watched.read({ memoryReference, offset, count: bytes.length });
    const written = await context.edit(() => context.client.request('writeMemory', { address, bytes }));
    if (written < bytes.length && !allowPartial) throw sessionErrors.noMemoryAt(hex32(address + written));
    return { offset, bytesWritten: written };
  }

  /** The address of a reference of ours, or of an expression that somebody has typed into a memory view. @throws UserError 640 */
  private async addressOf(memoryReference: string): Promise<number> {
    const literal = literalAddress(memoryReference);
    if (literal !== undefined) return literal;
    try {
      return await this.context.client.request('memoryAddress', { expression: memoryReference });
    } catch {
      throw sessionErrors.notAnAddress(memoryReference);
    }
  }

  /** Exactly as many rows as were asked for: what lies outside of memory becomes rows marked invalid. */
  private async disassemble(args: DebugProtocol.DisassembleArguments) {
    const { memoryReference, offset = 0, instructionOffset = 0, instructionCount } = args;
    const address = Math.min(Math.max(0, parseAddress(memoryReference) + offset), ADDRESS_SPACE - 1);
    const infos = await this.context.client.request('disassemble', {
      address,
      offset: instructionOffset,
      count: instructionCount,
    });
    let shownPath: string | undefined;
    const rows: DebugProtocol.DisassembledInstruction[] = [];
    for (const info of infos.slice(0, instructionCount)) {
      const row: DebugProtocol.DisassembledInstruction = {
        address: hex32(info.address),
        instructionBytes: info.bytes.replace(/..(?=.)/g, '$& '),
        instruction: info.planted === undefined ? info.text : `${info.text}  ; planted ${info.planted}`,
        ...(info.symbol !== undefined && { symbol: info.symbol }),
      };
      if (info.path !== undefined && info.line !== undefined) {
        const place = await this.sources.place(info.path, info.line, undefined);
        if (place) {
          row.line = place.line;
          // the source is repeated only where it changes
          if (place.source.path !== shownPath) row.location = place.source;
          shownPath = place.source.path;
        }
      }
      rows.push(row);
    }
    return { instructions: this.pad(rows, address, instructionOffset, instructionCount) };
  }

  private pad(
    rows: DebugProtocol.DisassembledInstruction[],
    address: number,
    instructionOffset: number,
    count: number,
  ): DebugProtocol.DisassembledInstruction[] {
    const last = rows.at(-1);
    let next = last
      ? parseAddress(last.address) + ((last.instructionBytes ?? '').length + 1) / 3
      : address + instructionOffset * ROW_BYTES;
    while (rows.length < count) {
      const at = ((next % ADDRESS_SPACE) + ADDRESS_SPACE) % ADDRESS_SPACE;
      rows.push({ address: hex32(at), instruction: '(no memory here)', presentationHint: 'invalid' });
      next += ROW_BYTES;
    }
    return rows;
  }
}
