/**
 * The listing of an image as rows: instructions in address order, labels before them. Grows at both ends as the user scrolls. Pure state.
 */
import type { InstructionInfo } from '../../protocol/model.js';

export type Line =
  { readonly kind: 'label'; readonly name: string } | { readonly kind: 'instruction'; readonly info: InstructionInfo };

export class Lines {
  rows: Line[] = [];
  private first: number | undefined;
  private next: number | undefined;
  /** Nothing comes before, or behind. */
  private startReached = false;
  private endReached = false;

  /** @param labels symbol names by address */
  constructor(private readonly labels: ReadonlyMap<number, readonly string[]>) {}

  /** Starts anew with the instructions from some address on. */
  show(infos: readonly InstructionInfo[]): void {
    this.rows = this.rowsOf(infos);
    this.first = infos[0]?.address;
    this.startReached = infos.length === 0;
    this.endReached = infos.length === 0;
    this.next = undefined;
    this.setNext(infos);
  }

  private setNext(infos: readonly InstructionInfo[]): void {
    const last = infos.at(-1);
    if (last) this.next = last.address + last.bytes.length / 2;
  }

  /** Where to ask on at the end; undefined: it is reached. */
  get after(): number | undefined {
    return this.endReached ? undefined : this.next;
  }

  /** The address whose predecessors are wanted; undefined: there are none. */
  get before(): number | undefined {
    return this.startReached ? undefined : this.first;
  }

  append(infos: readonly InstructionInfo[]): void {
    const fresh = infos.filter(({ address }) => this.next === undefined || address >= this.next);
    this.endReached = fresh.length === 0;
    this.rows.push(...this.rowsOf(fresh));
    this.setNext(fresh);
  }

  /** @returns how many rows were put in front */
  prepend(infos: readonly InstructionInfo[]): number {
    const fresh = infos.filter(({ address }) => this.first !== undefined && address < this.first);
    this.startReached = fresh.length === 0;
    const rows = this.rowsOf(fresh);
    this.rows.unshift(...rows);
    if (fresh.length > 0) this.first = fresh[0].address;
    return rows.length;
  }

  /** The row of the instruction at an address, or -1. */
  rowOf(address: number): number {
    return this.rows.findIndex((row) => row.kind === 'instruction' && row.info.address === address);
  }

  /** The address of the instruction that is `count` instructions away, or of the last one on the way there; undefined without any. */
  step(address: number | undefined, count: number): number | undefined {
    const addresses = this.rows.flatMap((row) => (row.kind === 'instruction' ? [row.info.address] : []));
    const at = address === undefined ? -1 : addresses.indexOf(address);
    return at < 0 ? addresses[0] : addresses[Math.min(Math.max(0, at + count), addresses.length - 1)];
  }

  private rowsOf(infos: readonly InstructionInfo[]): Line[] {
    return infos.flatMap((info): Line[] => [
      ...(this.labels.get(info.address) ?? []).map((name) => ({ kind: 'label' as const, name })),
      { kind: 'instruction', info },
    ]);
  }
}
