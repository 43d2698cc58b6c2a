/**
 * A device tree that a user brings along, made to fit the launch as other loaders do: how much memory there is, the kernel's command line, and
 * where the initial RAM disk lies. Knows no board beyond its memory.
 */
import { imageErrors } from './errors.js';
import { DeviceTreeError, parseDeviceTree, type DeviceTree } from './fdt.js';

/** What a loader tells a kernel in /chosen. */
export interface Chosen {
  /** The kernel's command line. */
  readonly bootargs?: string;
  /** Physical addresses of the initial RAM disk: first byte, and first byte behind it. */
  readonly initrd?: { readonly start: number; readonly end: number };
}

/** Cells of an address and of a size where the root does not say (Devicetree Specification 2.3.5). */
const ADDRESS_CELLS = 2;
const SIZE_CELLS = 1;

/**
 * The user's tree as a blob, with room for a guest that edits it in place; the very bytes of the file if it says already what there is to say.
 * @throws UserError 111
 */
export function fitDeviceTree(
  file: { readonly name: string; readonly bytes: Uint8Array },
  ram: { readonly ramBase: number; readonly ramSize: number },
  { bootargs, initrd }: Chosen,
): Uint8Array {
  const tree = parse(file);
  const { root } = tree;
  const memories = root.children.filter(({ name }) => name === 'memory' || name.startsWith('memory@'));
  const cells = (name: string, standard: number): number => {
    const value = root.readCells(name)?.[0] ?? standard;
    if (value !== 1 && value !== 2) throw imageErrors.badDeviceTree(file.name, `its root has ${name} of ${value}`);
    return value;
  };
  const reg = [
    ...asCells(ram.ramBase, cells('#address-cells', ADDRESS_CELLS)),
    ...asCells(ram.ramSize, cells('#size-cells', SIZE_CELLS)),
  ];
  const known = memories.length === 1 ? memories[0].readCells('reg') : undefined;
  if (known?.join() === reg.join() && bootargs === undefined && initrd === undefined) return file.bytes;
  const others = root.children.filter((node) => !memories.includes(node));
  root.children.splice(0, root.children.length, ...others);
  root
    .add(`memory@${ram.ramBase.toString(16)}`)
    .cells('reg', ...reg)
    .strings('device_type', 'memory');

  const chosen = root.child('chosen') ?? root.add('chosen');
  if (bootargs !== undefined) chosen.strings('bootargs', bootargs);
  if (initrd) chosen.cells('linux,initrd-start', initrd.start).cells('linux,initrd-end', initrd.end);
  return tree.toBytes(2 * file.bytes.length);
}

function parse(file: { readonly name: string; readonly bytes: Uint8Array }): DeviceTree {
  try {
    return parseDeviceTree(file.bytes);
  } catch (reason) {
    if (reason instanceof DeviceTreeError) throw imageErrors.badDeviceTree(file.name, reason.message);
    throw reason;
  }
}

/** A number below 2^32 as one or two cells. */
function asCells(value: number, count: number): number[] {
  return count === 2 ? [0, value] : [value];
}
