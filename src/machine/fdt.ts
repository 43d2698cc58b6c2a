/**
 * Flattened device trees (Devicetree Specification 0.4, chapter 5; version 17): a tree of nodes and properties, made or parsed, and its bytes.
 * Knows the format, no board.
 */

const MAGIC = 0xd00dfeed;
const VERSION = 17;
const LAST_COMPATIBLE_VERSION = 16;
const HEADER_BYTES = 40;
/** Where the blocks lie in what is made here: the reservation block needs 8-byte alignment, as other writers it gets 16. */
const RESERVATIONS_AT = 0x30;

const FDT_BEGIN_NODE = 1;
const FDT_END_NODE = 2;
const FDT_PROP = 3;
const FDT_NOP = 4;
const FDT_END = 9;

/** Nodes within nodes that parsing follows; real trees have fewer than ten. */
const DEEPEST = 128;
/** Characters of a name; the specification allows 31. */
const LONGEST_NAME = 255;

/** Raised by {@link parseDeviceTree}; the message says what is wrong, as a clause. */
export class DeviceTreeError extends Error {
  override readonly name = 'DeviceTreeError';
}

function text(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

function zeroTerminated(value: string): number[] {
  return [...Array.from(value, (c) => c.charCodeAt(0) & 0xff), 0];
}

/** A node: properties and children keep the order in which they are set. */
export class DeviceTreeNode {
  readonly properties = new Map<string, Uint8Array>();
  readonly children: DeviceTreeNode[] = [];

  /** @param name with its unit address, `uart@9000000`; empty for the root */
  constructor(readonly name: string) {}

  /** Adds a child. */
  add(name: string): DeviceTreeNode {
    const node = new DeviceTreeNode(name);
    this.children.push(node);
    return node;
  }

  /** The child of that full name, if there is one. */
  child(name: string): DeviceTreeNode | undefined {
    return this.children.find((node) => node.name === name);
  }

  /** Sets a property to bytes. */
  bytes(name: string, value: Uint8Array): this {
    this.properties.set(name, value);
    return this;
  }

  /** Sets a property without a value, whose presence says it all. */
  flag(name: string): this {
    return this.bytes(name, new Uint8Array(0));
  }

  /** Sets a property to 32-bit cells. */
  cells(name: string, ...values: readonly number[]): this {
    const view = new DataView(new ArrayBuffer(4 * values.length));
    values.forEach((value, i) => view.setUint32(4 * i, value));
    return this.bytes(name, new Uint8Array(view.buffer));
  }

  /** Sets a property to numbers of two cells each (below 2^53). */
  wideCells(name: string, ...values: readonly number[]): this {
    return this.cells(name, ...values.flatMap((value) => [Math.floor(value / 2 ** 32), value % 2 ** 32]));
  }

  /** Sets a property to one string or a list of them. */
  strings(name: string, ...values: readonly string[]): this {
    return this.bytes(name, Uint8Array.from(values.flatMap(zeroTerminated)));
  }

  /** A property's value as 32-bit cells; undefined if it is missing or no whole number of cells long. */
  readCells(name: string): number[] | undefined {
    const value = this.properties.get(name);
    if (value === undefined || value.length % 4 !== 0) return undefined;
    const view = new DataView(value.buffer, value.byteOffset, value.length);
    return Array.from({ length: value.length / 4 }, (_, i) => view.getUint32(4 * i));
  }

  /** A property's value as strings; undefined if it is missing or does not end with a zero byte. */
  readStrings(name: string): string[] | undefined {
    const value = this.properties.get(name);
    if (value === undefined || value.length === 0 || value[value.length - 1] !== 0) return undefined;
    return text(value.subarray(0, -1)).split('\0');
  }
}

/** Memory that the guest must leave alone, in bytes. */
export interface MemoryReservation {
  readonly address: number;
  readonly size: number;
}

export class DeviceTree {
  readonly reservations: MemoryReservation[] = [];
  /** Physical id of the processor that boots. */
  bootCpu = 0;

  /** @param nextPhandle handle of the next node that is referred to */
  constructor(
    private nextPhandle = 1,
    readonly root = new DeviceTreeNode(''),
  ) {}

  /** The node at `path` (`/cpus/cpu@0`, full names), if there is one. */
  find(path: string): DeviceTreeNode | undefined {
    let node: DeviceTreeNode | undefined = this.root;
    for (const name of path.split('/').filter((part) => part !== '')) node = node?.child(name);
    return node;
  }

  /** A fresh handle, for a node's `phandle` property and for those who refer to it. */
  allocatePhandle(): number {
    return this.nextPhandle++;
  }

  /**
   * The tree as a blob.
   * @param totalSize bytes of the blob: room behind the blocks lets a guest edit it in place; the least possible if it is smaller
   */
  toBytes(totalSize = 0): Uint8Array {
    const strings = new StringsBlock();
    const structure: number[] = [];
    writeNode(this.root, structure, strings);
    structure.push(FDT_END);
    const structureAt = RESERVATIONS_AT + 16 * (this.reservations.length + 1);
    const stringsAt = structureAt + 4 * structure.length;
    const least = Math.ceil((stringsAt + strings.bytes.length) / 8) * 8;
    const total = Math.max(totalSize, least);
    const view = new DataView(new ArrayBuffer(total));
    const header = [MAGIC, total, structureAt, stringsAt, RESERVATIONS_AT, VERSION, LAST_COMPATIBLE_VERSION];
    header.push(this.bootCpu, strings.bytes.length, 4 * structure.length);
    header.forEach((word, i) => view.setUint32(4 * i, word));
    this.reservations.forEach(({ address, size }, i) => {
      [address, size].forEach((value, k) => {
        view.setUint32(RESERVATIONS_AT + 16 * i + 8 * k, Math.floor(value / 2 ** 32));
        view.setUint32(RESERVATIONS_AT + 16 * i + 8 * k + 4, value % 2 ** 32);
      });
    });
    structure.forEach((word, i) => view.setUint32(structureAt + 4 * i, word));
    const blob = new Uint8Array(view.buffer);
    blob.set(strings.bytes, stringsAt);
    return blob;
  }
}

/** The strings block: each property name once. */
class StringsBlock {
  readonly bytes: number[] = [];
  private readonly offsets = new Map<string, number>();

  offset(name: string): number {
    const known = this.offsets.get(name);
    if (known !== undefined) return known;
    const offset = this.bytes.length;
    this.offsets.set(name, offset);
    this.bytes.push(...zeroTerminated(name));
    return offset;
  }
}

function writeNode(node: DeviceTreeNode, words: number[], strings: StringsBlock): void {
  words.push(FDT_BEGIN_NODE);
  pushBytes(words, zeroTerminated(node.name));
  for (const [name, value] of node.properties) {
    words.push(FDT_PROP, value.length, strings.offset(name));
    pushBytes(words, value);
  }
  for (const child of node.children) writeNode(child, words, strings);
  words.push(FDT_END_NODE);
}

/** Appends bytes as big-endian words, padded with zeros. */
function pushBytes(words: number[], bytes: ArrayLike<number>): void {
  for (let i = 0; i < bytes.length; i += 4) {
    words.push(((bytes[i] << 24) | (bytes[i + 1] << 16) | (bytes[i + 2] << 8) | bytes[i + 3]) >>> 0);
  }
}

/** Reads a blob. @throws DeviceTreeError for anything that is not a well-formed tree of version 16 or 17 */
export function parseDeviceTree(blob: Uint8Array): DeviceTree {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.length);
  const refuse = (why: string): never => {
    throw new DeviceTreeError(why);
  };
  if (blob.length < HEADER_BYTES || view.getUint32(0) !== MAGIC) refuse('it has no device tree header');
  const total = view.getUint32(4);
  const structureAt = view.getUint32(8);
  const stringsAt = view.getUint32(12);
  const reservationsAt = view.getUint32(16);
  if (view.getUint32(24) > VERSION || view.getUint32(20) < LAST_COMPATIBLE_VERSION) {
    refuse(`its format version ${view.getUint32(20)} is not 16 or 17`);
  }
  if (total > blob.length) refuse('it is cut short');
  /** The word at `at`, which must lie in the blob. */
  const word = (at: number): number =>
    at % 4 === 0 && at + 4 <= total ? view.getUint32(at) : refuse('it is cut short');
  const string = (at: number): string => {
    const bytes = blob.subarray(at, Math.min(at + LONGEST_NAME + 1, total));
    const end = bytes.indexOf(0);
    return end < 0 ? refuse('a name does not end') : text(bytes.subarray(0, end));
  };

  const reservations: MemoryReservation[] = [];
  for (let at = reservationsAt; ; at += 16) {
    const address = word(at) * 2 ** 32 + word(at + 4);
    const size = word(at + 8) * 2 ** 32 + word(at + 12);
    if (address === 0 && size === 0) break;
    reservations.push({ address, size });
  }

  const root = new DeviceTreeNode('');
  const open: DeviceTreeNode[] = [];
  let closed = false;
  let nextPhandle = 1;
  for (let at = structureAt; ;) {
    const token = word(at);
    at += 4;
    if (token === FDT_NOP) continue;
    if (token === FDT_END) break;
    if (closed) refuse('something follows its root node');
    const parent = open.at(-1);
    if (token === FDT_BEGIN_NODE) {
      const name = string(at);
      at += Math.ceil((name.length + 1) / 4) * 4;
      if (open.length >= DEEPEST) refuse('its nodes are nested too deeply');
      open.push(parent === undefined ? root : parent.add(name));
    } else if (token === FDT_END_NODE) {
      if (open.pop() === undefined) refuse('a node ends that never began');
      closed = open.length === 0;
    } else if (token === FDT_PROP) {
      const length = word(at);
      const name = string(stringsAt + word(at + 4));
      if (at + 8 + length > total) refuse('a property is cut short');
      if (parent === undefined) throw new DeviceTreeError('a property lies outside every node');
      parent.bytes(name, blob.slice(at + 8, at + 8 + length));
      if (name === 'phandle') nextPhandle = Math.max(nextPhandle, (parent.readCells(name)?.[0] ?? 0) + 1);
      at += 8 + Math.ceil(length / 4) * 4;
    } else refuse(`its structure has the unknown token 0x${token.toString(16)}`);
  }
  if (!closed) refuse('its root node does not end');
  const tree = new DeviceTree(nextPhandle, root);
  tree.bootCpu = view.getUint32(28);
  tree.reservations.push(...reservations);
  return tree;
}
