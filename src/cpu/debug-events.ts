/**
 * Debug events of monitor debug-mode (DDI 0406C C3): whether the breakpoint, watchpoint and vector catch registers ask for one at an instruction or
 * an access. Owns the matching, for a processor in Non-secure state without Hyp mode, and what it means for engines: the addresses at
 * which to look, the pages to watch. Takes no exception; BKPT is none of its business, and neither is a debugger of the host's.
 *
 * Breakpoints and watchpoints hold virtual addresses; those of ARMv6 modified ones (DDI 0301H 13.3.7 to 13.3.10; DDI 0344K 12.3.5), so that the FCSE has
 * a part in what they match.
 *
 * @impdef an external debugger never connects: DBGDSCR.HDBGen (Halting debug-mode) has no effect, and debug exceptions need no permission.
 * @impdef the OS Lock holds back these events on every model that has one, as v7.1 Debug says.
 * @impdef vector catches compare addresses (C3.2.3), so that a branch to a vector is caught, too. Those of Prefetch and Data Abort are not
 * caught: their handler would never be reached.
 * @unpredictable a breakpoint on the second half of a 32-bit Thumb instruction: no event (C3.2.1).
 * @unpredictable breakpoints on address mismatch or on a context alone, with PMC selecting PL1 or all modes: no event in modes of
 * exceptions, where it would come again before its own handler could save anything (C3.2.1).
 * @unpredictable a link to itself, to a breakpoint that does not match contexts, is not of the linked type or disabled: no event.
 * @unpredictable DBGWCR.MASK together with DBGWCR.BAS: every byte of the masked range is watched. Reserved values of MASK: no event.
 */
import {
  BreakpointType,
  breakpointBytes,
  breakpointType,
  DBGBCR_E,
  DBGBCR_HMC,
  DBGDSCR_MDBGen,
  DBGOSDLR_DLK,
  DBGOSLSR_OSLK,
  DBGPRCR_CORENPDRQ,
  DBGWCR_WT,
  linkedBreakpoint,
  loadStoreControl,
  MethodOfEntry,
  privilegeControl,
  securityControl,
  watchpointBytes,
  watchpointMask,
} from '../arm/debug-registers.js';
import { Cp15, FCSE_BLOCK, FCSETranslate, sysregWord } from '../arm/cp15.js';
import { Exception, type ExceptionKind } from '../arm/exceptions.js';
import { Mode } from '../arm/modes.js';
import { resetVector, vectorBase, vectorOffset } from '../arm/vectors.js';
import type { AccessWatch } from '../mem/ports.js';
import type { Core } from './core.js';
import { isV7, type CpuModel } from './models.js';

const DBGVCR = sysregWord('DBGVCR');
const DBGOSDLR = sysregWord('DBGOSDLR');
const DBGPRCR = sysregWord('DBGPRCR');

/** The state words of numbered registers. */
const words = (name: string, count: number): number[] =>
  Array.from({ length: count }, (_, n) => sysregWord(`${name}${n}`));

/** Bits of DBGVCR that can catch in monitor debug-mode, for a processor without Security Extensions. */
const CATCHES: readonly (readonly [number, ExceptionKind])[] = [
  [1 << 0, Exception.Reset],
  [1 << 1, Exception.Undefined],
  [1 << 2, Exception.SupervisorCall],
  [1 << 6, Exception.IRQ],
  [1 << 7, Exception.FIQ],
];

/** The bytes that a watchpoint register pair watches: those of `[low, high]` (u32) whose bit is set in `bytes`, counted from `low`, or all. */
interface Watched {
  readonly control: number;
  readonly low: number;
  readonly high: number;
  readonly bytes: number;
}
const ALL_BYTES = -1;

export class DebugEvents implements AccessWatch {
  /** Whether an instruction may have an event: to be asked before {@link codeEvent}. */
  code = false;
  /** Addresses (u32) of the instructions that may have one; all of them, if `everywhere`. */
  addresses: ReadonlySet<number> = new Set();
  everywhere = false;
  /** Whether an access may have one. */
  data = false;
  /** Called when one of these may have changed, or the watched pages. */
  readonly listeners: (() => void)[] = [];

  readonly #core: Core;
  readonly #state: Int32Array;
  readonly #values: readonly number[];
  readonly #controls: readonly number[];
  readonly #watchValues: readonly number[];
  readonly #watchControls: readonly number[];
  /** The first breakpoint that matches contexts. */
  readonly #firstContext: number;
  /** v7: eight bytes by BAS, and masks; else four, and none. */
  readonly #v7: boolean;
  #catches: ReadonlySet<number> = new Set();
  #watched: readonly Watched[] = [];

  constructor(core: Core, model: CpuModel) {
    this.#core = core;
    this.#state = core.state;
    // DBGDIDR (C11.11.15): numbers less one.
    const { DBGDIDR } = model.registers;
    const breakpoints = ((DBGDIDR >>> 24) & 15) + 1;
    const watchpoints = (DBGDIDR >>> 28) + 1;
    this.#firstContext = breakpoints - ((DBGDIDR >>> 20) & 15) - 1;
    this.#values = words('DBGBVR', breakpoints);
    this.#controls = words('DBGBCR', breakpoints);
    this.#watchValues = words('DBGWVR', watchpoints);
    this.#watchControls = words('DBGWCR', watchpoints);
    this.#v7 = isV7(model);
  }

  // ---- what may have events

  /** To be called after any of the registers that control them was written, SCTLR.V, VBAR and FCSEIDR included. */
  update(): void {
    const enabled = this.#enabled();
    const had = this.code || this.data;
    this.#findCode(enabled);
    this.#findData(enabled);
    if (had || this.code || this.data) for (const listener of this.listeners) listener();
  }

  #enabled(): boolean {
    const state = this.#state;
    if ((state[Cp15.DBGDSCR] & DBGDSCR_MDBGen) === 0 || (state[Cp15.DBGOSLSR] & DBGOSLSR_OSLK) !== 0) return false;
    return (state[DBGOSDLR] & DBGOSDLR_DLK) === 0 || (state[DBGPRCR] & DBGPRCR_CORENPDRQ) !== 0;
  }

  #findCode(enabled: boolean): void {
    const state = this.#state;
    const addresses = new Set<number>();
    const catches = new Set<number>();
    this.everywhere = false;
    if (enabled) {
      this.#controls.forEach((word, n) => {
        const control = state[word];
        if ((control & DBGBCR_E) === 0) return;
        const type = breakpointType(control);
        if (type === BreakpointType.address || type === BreakpointType.linkedAddress) {
          for (const at of this.#virtual((state[this.#values[n]] & ~3) >>> 0)) {
            if ((breakpointBytes(control) & 1) !== 0) addresses.add(at);
            if ((breakpointBytes(control) & 4) !== 0) addresses.add(at + 2);
          }
        } else if (type === BreakpointType.mismatch || type === BreakpointType.linkedMismatch) {
          this.everywhere = true;
        } else if (type === BreakpointType.context && n >= this.#firstContext) {
          this.everywhere = true;
        }
      });
      for (const [bit, kind] of CATCHES) {
        if ((state[DBGVCR] & bit) === 0) continue;
        const base = kind === Exception.Reset ? resetVector(state) : vectorBase(state);
        catches.add((base + vectorOffset(kind)) >>> 0);
      }
      for (const at of catches) addresses.add(at);
    }
    this.addresses = addresses;
    this.#catches = catches;
    this.code = this.everywhere || addresses.size > 0;
  }

  #findData(enabled: boolean): void {
    const state = this.#state;
    const watched: Watched[] = [];
    if (enabled) {
      this.#watchControls.forEach((word, n) => {
        const control = state[word];
        if ((control & DBGBCR_E) === 0 || loadStoreControl(control) === 0) return;
        const found = this.#bytesOf(control, state[this.#watchValues[n]]);
        if (found !== undefined) watched.push(found);
      });
    }
    this.#watched = watched;
    this.data = watched.length > 0;
  }

  // ---- addresses

  /** The address (u32) that the registers hold to match a virtual one (u32). */
  #compared(va: number): number {
    return this.#v7 ? va : FCSETranslate(this.#state, va);
  }

  /** The virtual addresses that an address in the registers matches: none, one or two. */
  #virtual(compared: number): number[] {
    return [compared, compared % FCSE_BLOCK].filter(
      (va, i, both) => both.indexOf(va) === i && this.#compared(va) === compared,
    );
  }

  #bytesOf(control: number, value: number): Watched | undefined {
    const mask = this.#v7 ? watchpointMask(control) : 0;
    if (mask === 1 || mask === 2) return undefined;
    if (mask !== 0) {
      const size = 2 ** mask;
      const low = Math.floor((value >>> 0) / size) * size;
      return { control, low, high: low + size - 1, bytes: ALL_BYTES };
    }
    const doubleword = this.#v7 && (value & 4) === 0;
    const bytes = watchpointBytes(control) & (doubleword ? 0xff : 0xf);
    if (bytes === 0) return undefined;
    const low = (value & ~3) >>> 0;
    return { control, low, high: low + (doubleword ? 7 : 3), bytes };
  }

  // ---- breakpoints and vector catches

  /** The {@link MethodOfEntry} of the event that the instruction at `pc` (u32) has, by mode and context as they are now, or 0. */
  codeEvent(pc: number): number {
    if (!this.everywhere && !this.addresses.has(pc)) return 0;
    for (let n = 0; n < this.#controls.length; n++) if (this.#breaks(n, pc)) return MethodOfEntry.breakpoint;
    return this.#catches.has(pc) ? MethodOfEntry.vectorCatch : 0;
  }

  #breaks(n: number, pc: number): boolean {
    const control = this.#state[this.#controls[n]];
    if ((control & DBGBCR_E) === 0) return false;
    const type = breakpointType(control);
    switch (type) {
      case BreakpointType.address:
      case BreakpointType.linkedAddress:
        if (!this.#addressMatches(n, pc)) return false;
        break;
      case BreakpointType.mismatch:
      case BreakpointType.linkedMismatch:
        if (this.#addressMatches(n, pc) || !this.#inProgram()) return false;
        break;
      case BreakpointType.context:
        if (!this.#contextMatches(n) || !this.#inProgram()) return false;
        break;
      default:
        return false;
    }
    if (securityControl(control) === SECURE_ONLY || !this.#modeMatches(control)) return false;
    const linked = type === BreakpointType.linkedAddress || type === BreakpointType.linkedMismatch;
    return !linked || this.#linkMatches(linkedBreakpoint(control), n);
  }

  #addressMatches(n: number, pc: number): boolean {
    const state = this.#state;
    return (
      ((state[this.#values[n]] ^ this.#compared(pc)) & ~3) === 0 &&
      ((breakpointBytes(state[this.#controls[n]]) >>> (pc & 2)) & 1) !== 0
    );
  }

  /** DBGBCR.PMC, with HMC. */
  #modeMatches(control: number): boolean {
    switch (privilegeControl(control)) {
      case 0:
        return (control & DBGBCR_HMC) === 0 && this.#inProgram();
      case 1:
        return this.#core.privileged();
      case 2:
        return !this.#core.privileged();
      default:
        return true;
    }
  }

  /** In User, System or Supervisor mode. */
  #inProgram(): boolean {
    const mode = this.#core.mode();
    return mode === Mode.usr || mode === Mode.sys || mode === Mode.svc;
  }

  /** Whether breakpoint `lbn`, to which another one (or, `from` being -1, a watchpoint) is linked, matches. */
  #linkMatches(lbn: number, from: number): boolean {
    if (lbn === from || lbn >= this.#controls.length) return false;
    const control = this.#state[this.#controls[lbn]];
    if ((control & DBGBCR_E) === 0 || breakpointType(control) !== BreakpointType.linkedContext) return false;
    return this.#contextMatches(lbn);
  }

  #contextMatches(n: number): boolean {
    return n >= this.#firstContext && this.#state[this.#values[n]] === this.#state[Cp15.CONTEXTIDR];
  }

  // ---- watchpoints

  watchesPage(page: number): boolean {
    const compared = this.#compared(page * 4096) / 4096;
    return this.#watched.some(
      ({ low, high }) => Math.floor(low / 4096) <= compared && compared <= Math.floor(high / 4096),
    );
  }

  hit(va: number, size: number, write: boolean, unprivileged: boolean): number {
    let hit = -1;
    const compared = this.#compared(va);
    for (const watched of this.#watched) {
      const at = firstWatched(watched, compared, size);
      if (at >= 0 && (hit < 0 || at < hit) && this.#watches(watched.control, write, unprivileged)) hit = at;
    }
    return hit < 0 ? hit : hit - (compared - va);
  }

  #watches(control: number, write: boolean, unprivileged: boolean): boolean {
    if ((loadStoreControl(control) & (write ? 2 : 1)) === 0) return false;
    const privileged = this.#core.privileged() && !unprivileged;
    if ((privilegeControl(control) & (privileged ? 1 : 2)) === 0 || securityControl(control) === SECURE_ONLY)
      return false;
    return (control & DBGWCR_WT) === 0 || this.#linkMatches(linkedBreakpoint(control), -1);
  }
}

/** SSC: Secure state only. */
const SECURE_ONLY = 2;

/** The first watched byte of `[va, va + size)`, or -1. */
function firstWatched({ low, high, bytes }: Watched, va: number, size: number): number {
  const end = Math.min(va + size - 1, high);
  let at = Math.max(va, low);
  if (bytes !== ALL_BYTES) while (at <= end && ((bytes >>> (at - low)) & 1) === 0) at++;
  return at <= end ? at : -1;
}
