/** The entries of a translation table, one after the other, as ranges: neighbours that say the same are put together. */
import { FaultType } from '../../arm/exceptions.js';
import type { Translation } from '../../mem/ports.js';
import { domainsApply } from '../../mem/translate.js';
import type { MmuRange } from '../../protocol/views/mmu.js';
import { attributesText, effectiveRights, faultText, rightsText } from './rights.js';
import type { AddressSpace } from './spaces.js';
import type { TargetMap } from './targets.js';

export class RangeMerger {
  private readonly done: MmuRange[] = [];
  private open = false;
  private start = 0;
  private length = 0;
  private pa = 0;
  private nextPa = 0;
  private pieces = 0;
  private fault = 0;
  private level = 0;
  private leaf = 0;
  private domain = 0;
  private notGlobal = false;
  private rights = 0;
  private attributes = 0;
  private target = '';

  constructor(
    private readonly space: AddressSpace,
    private readonly targets: TargetMap,
    private readonly contiguous: boolean,
  ) {}

  get count(): number {
    return this.done.length;
  }

  add(at: number, length: number, out: Translation): void {
    if (out.fault === FaultType.Translation) {
      this.close();
      return;
    }
    const mapped = out.fault === FaultType.None;
    const rights = mapped ? effectiveRights(this.space.registers, out) : 0;
    const target = mapped ? this.nameOf(out.pa, length) : '';
    if (!this.joins(at, out, rights, target)) {
      this.close();
      this.open = true;
      this.start = at;
      this.length = 0;
      this.pa = mapped ? out.pa : 0;
      this.pieces = 1;
      this.fault = out.fault;
      this.level = out.level;
      this.leaf = mapped ? out.size : length;
      this.domain = out.domain;
      this.notGlobal = mapped && out.notGlobal;
      this.rights = rights;
      this.attributes = mapped ? out.attributes : 0;
      this.target = target;
    } else if (mapped && out.pa !== this.nextPa) {
      this.pieces++;
    }
    this.length += length;
    this.nextPa = out.pa + length;
  }

  /** What is there; other things may follow. */
  private nameOf(pa: number, length: number): string {
    const { name, end } = this.targets.at(pa);
    return end < pa + length ? `${name} and more` : name;
  }

  private joins(at: number, out: Translation, rights: number, target: string): boolean {
    if (!this.open || at !== this.start + this.length) return false;
    if (out.fault !== this.fault || out.level !== this.level || out.domain !== this.domain) return false;
    if (out.fault !== FaultType.None) return true;
    if (out.size !== this.leaf || rights !== this.rights || out.notGlobal !== this.notGlobal) return false;
    if (out.attributes !== this.attributes || target !== this.target) return false;
    return !this.contiguous || out.pa === this.nextPa;
  }

  private close(): void {
    if (!this.open) return;
    this.open = false;
    const { space, fault, level, domain, notGlobal, rights, leaf, pa, pieces, target } = this;
    const why = faultText(fault, level);
    this.done.push({
      address: this.start,
      length: this.length,
      ...(why !== undefined && { fault: why }),
      pa,
      pieces,
      leaf: space.format === 'off' ? this.length : leaf,
      level,
      ...(domainsApply(space.registers) && { domain }),
      notGlobal,
      PL1: space.shadow ? '' : rightsText(rights, true),
      PL0: rightsText(rights, false),
      attributes: why === undefined ? attributesText(this.attributes, space.format === 'long') : '',
      target,
    });
  }

  finish(): readonly MmuRange[] {
    this.close();
    return this.done;
  }
}
