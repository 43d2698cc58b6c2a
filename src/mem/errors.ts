/** The one error that the memory map raises: a board or a user asked for a layout that cannot be. Never raised by anything a guest does. */

/** What is wrong with a request to the memory map. */
export type MemoryMapProblem =
  /** Two ranges would share an address. */
  | 'overlap'
  /** A length or alignment that no range can have. */
  | 'length'
  /** Nothing is mapped where something was expected. */
  | 'unmapped'
  /** More memory than the machine, or the host, has to give. */
  | 'memory';

/** The message is one clear sentence; {@link problem} tells the four cases apart. */
export class MemoryMapError extends Error {
  override readonly name = 'MemoryMapError';

  constructor(
    readonly problem: MemoryMapProblem,
    message: string,
  ) {
    super(message);
  }
}

/** A physical address or a length as it stands in messages. */
export function hexAddress(value: number): string {
  return '0x' + value.toString(16);
}

/** A size in bytes for people: whole MiB or KiB where it is one. */
export function sizeText(bytes: number): string {
  if (bytes >= 1 << 20 && bytes % (1 << 20) === 0) return `${bytes / (1 << 20)} MiB`;
  if (bytes >= 1024 && bytes % 1024 === 0) return `${bytes / 1024} KiB`;
  return `${bytes} bytes`;
}
