/**
 * Watches over the first invariant while a hypervised guest runs: whatever the real CPU is given to execute in the guest kernel's context was
 * scanned as it is now, and is innocuous, a planted trap, or an indirect branch that is counted. The reference engine fetches at every
 * instruction, the others when they decode.
 */
import assert from 'node:assert/strict';
import { PatchKind } from '../../src/arm/engine.js';
import { Word } from '../../src/arm/state.js';
import { decode, thumbLengthOf } from '../../src/isa/decode.js';
import type { Isa } from '../../src/isa/row.js';
import { inlinedClasses, siteClass } from '../../src/vmm/classes.js';
import { GUEST_KERNEL } from '../../src/vmm/shadow.js';
import { trapWord } from '../../src/vmm/trap-word.js';
import type { TestGuest } from '../support/guest.js';

export interface Watch {
  /** Fetches in the kernel's context that were looked at. */
  fetches: number;
  /** Those of planted words, and of counted branches. */
  trapped: number;
  counted: number;
  /** Those whose arbitration the engine has inlined. */
  inlined: number;
}

/** Starts watching. What is wrong is thrown out of the run. */
export function watchKernel(test: TestGuest): Watch {
  const watch: Watch = { fetches: 0, trapped: 0, counted: 0, inlined: 0 };
  const { hypervisor } = test;
  if (hypervisor === undefined) return watch;
  const { machine, patcher } = hypervisor;
  const { features } = hypervisor.cpu;
  const unit = machine.fetch;
  const { state, i32, u16 } = machine.memory;
  const fetch = unit.fetch.bind(unit);

  /** What memory holds at the place of the fetch: by the host addresses that the MMU gives, not by the bus or the scanner. */
  const original = (va: number, thumb: number): { isa: Isa; word: number } => {
    const host = (at: number): number => machine.bus.directPage(machine.mmu.fetch(at >>> 0).pa, false) + (at & 0xfff);
    if (thumb === 0) return { isa: 'A32', word: i32[host(va) >>> 2] };
    const first = u16[host(va) >>> 1];
    const atEnd = ((va + 2) & 0xfff) === 0;
    if (thumbLengthOf(features, first, atEnd ? -1 : u16[host(va + 2) >>> 1]) === 2) return { isa: 'T16', word: first };
    return { isa: 'T32', word: (first << 16) | u16[host(va + 2) >>> 1] };
  };

  unit.fetch = (va) => {
    const fetched = fetch(va);
    if (fetched.fault !== 0 || state[Word.CONTEXT] !== GUEST_KERNEL) return fetched;
    const { pa, word, patch, length } = fetched;
    const thumb = state[Word.T];
    const memory = original(va, thumb);
    // `original` translated again, which reuses nothing of the fetch unit's own result
    const where = `${memory.isa} ${(memory.word >>> 0).toString(16)} at ${(va >>> 0).toString(16)} (${pa.toString(16)})`;
    const block = patcher.map.blockAt(pa, thumb);
    assert.ok(block !== undefined, `${where} was not scanned`);
    watch.fetches++;
    const cls = siteClass(decode(memory.isa, memory.word, features));
    if (patch === undefined) {
      assert.equal(word, memory.word, `${where}: another word without a patch`);
      const mayRun = cls === undefined || decode(memory.isa, memory.word, features)?.operation === 'BKPT';
      assert.ok(mayRun, `${where}: ${cls ?? ''} runs unseen`);
      return fetched;
    }
    assert.equal(patch.original, memory.word, `${where}: the site holds ${(patch.original >>> 0).toString(16)}`);
    assert.equal(length, memory.isa === 'T16' ? 2 : 4, where);
    if (patch.kind === PatchKind.trap) {
      assert.equal(word, trapWord(memory.isa, memory.word), where);
      watch.trapped++;
      return fetched;
    }
    assert.equal(word, memory.word, where);
    if (patch.kind === PatchKind.counted) {
      assert.equal(cls, 'indirect-branch', where);
      watch.counted++;
    } else {
      assert.ok(cls !== undefined && inlinedClasses.has(cls), `${where}: ${cls} is not to be inlined`);
      watch.inlined++;
    }
    return fetched;
  };
  return watch;
}
