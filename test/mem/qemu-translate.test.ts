/**
 * Our walkers against QEMU's: random tables, registers and addresses in both descriptor formats, translated by the address translation
 * operations of a bare guest on `qemu-system-arm -M virt -cpu cortex-a15`, which reads PAR back, and by `Mmu.translate` here.
 * ATS operations read and write, at PL1 and PL0; they do not execute, so XN, PXN, WXN and UWXN are for the tests beside this one.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SCTLR_AFE, SCTLR_EE, SCTLR_M, SCTLR_TRE, TTBCR_EAE } from '../../src/arm/cp15.js';
import { FaultType } from '../../src/arm/exceptions.js';
import { parHigh, parLow } from '../../src/mem/fault.js';
import { Access } from '../../src/mem/ports.js';
import { need } from '../support/tools.js';
import { Rig } from './rig.js';

const SEED = Number(process.env.SEED ?? 20160704);

/** Where the guest has its code and addresses (read only), its results, and where all tables lie. The first two are mapped flat by every table. */
const CODE = 0x4010_0000;
const RESULTS = 0x4020_0000;
const TABLES = 0x4040_0000;
const FLAT = 0x4000_0000;
const FLAT_END = 0x4040_0000;

const GUEST = `
    .syntax unified
    .arch armv7ve
    .arm
    .text
    .global _start
_start:
    ldr     r8, =inputs
    ldr     r9, =${RESULTS}
    ldr     r10, [r8], #4
setting:
    ldmia   r8!, {r0-r7}
    mcr     p15, 0, r1, c2, c0, 2       @ TTBCR
    mcrr    p15, 0, r2, r3, c2          @ TTBR0
    mcrr    p15, 1, r4, r5, c2          @ TTBR1
    mcr     p15, 0, r6, c3, c0, 0       @ DACR
    mcr     p15, 0, r7, c10, c2, 0      @ PRRR, MAIR0
    ldr     r1, [r8], #4
    mcr     p15, 0, r1, c10, c2, 1      @ NMRR, MAIR1
    mcr     p15, 0, r1, c8, c7, 0       @ TLBIALL
    isb
    mrc     p15, 0, r11, c1, c0, 0
    orr     r0, r0, r11
    mcr     p15, 0, r0, c1, c0, 0       @ SCTLR
    isb
    ldr     r7, [r8], #4
address:
    ldr     r0, [r8], #4
    .irp    op, 0, 1, 2, 3              @ ATS1CPR, ATS1CPW, ATS1CUR, ATS1CUW
    mcr     p15, 0, r0, c7, c8, \\op
    isb
    mrrc    p15, 0, r1, r2, c7          @ PAR
    stmia   r9!, {r1, r2}
    .endr
    subs    r7, r7, #1
    bne     address
    mcr     p15, 0, r11, c1, c0, 0
    isb
    mcr     p15, 0, r1, c8, c7, 0
    subs    r10, r10, #1
    bne     setting

    mov     r0, #1                      @ SYS_OPEN
    adr     r1, open
    svc     #0x123456
    ldr     r1, =${RESULTS + 0x20_0000 - 16}
    ldr     r3, =${RESULTS}
    sub     r2, r9, r3
    stmia   r1, {r0, r3}
    str     r2, [r1, #8]
    mov     r0, #5                      @ SYS_WRITE
    svc     #0x123456
    mov     r0, #0x18                   @ SYS_EXIT
    ldr     r1, =0x20026
    svc     #0x123456
    b       .
    .align  2
open:
    .word   name, 5, 7
name:
    .asciz  "par.bin"
    .ltorg
    .align  2
inputs:
    .incbin "inputs.bin"
    .section .tables, "a"
    .incbin "tables.bin"
`;

/** One way to set the registers, and the addresses to translate under it. */
interface Setting {
  readonly sctlr: number;
  readonly ttbcr: number;
  readonly ttbr0: number;
  readonly ttbr1: number;
  readonly dacr: number;
  readonly prrr: number;
  readonly nmrr: number;
  readonly addresses: number[];
}

class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed | 0;
  }
  /** 32 random bits, u32 (xorshift). */
  word(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return Math.imul(x, 0x9e37_79b1) >>> 0;
  }
  below(n: number): number {
    return Math.floor((this.word() / 2 ** 32) * n);
  }
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)];
  }
}

/** Tables as bytes from TABLES on. */
class Tables {
  readonly bytes = new DataView(new ArrayBuffer(4 << 20));
  #next = 0;
  alloc(size: number): number {
    this.#next = Math.ceil(this.#next / size) * size;
    const at = TABLES + this.#next;
    this.#next += size;
    assert.ok(this.#next <= this.bytes.byteLength);
    return at;
  }
  word(pa: number, value: number, bigEndian: boolean): void {
    this.bytes.setUint32(pa - TABLES, value >>> 0, !bigEndian);
  }
  double(pa: number, low: number, high: number, bigEndian: boolean): void {
    this.word(pa + (bigEndian ? 4 : 0), low, bigEndian);
    this.word(pa + (bigEndian ? 0 : 4), high, bigEndian);
  }
  get used(): Uint8Array {
    return new Uint8Array(this.bytes.buffer, 0, this.#next);
  }
}

/** Tables of the short format: both first-level tables random but for the flat window, in domain 15, and a pool of second-level ones. */
function shortSettings(random: Random, tables: Tables, bigEndian: boolean): Setting[] {
  const pool = Array.from({ length: 16 }, () => tables.alloc(0x400));
  for (const table of pool) for (let i = 0; i < 256; i++) tables.word(table + 4 * i, random.word(), bigEndian);
  const firsts = [0, 1].map(() => {
    const table = tables.alloc(0x4000);
    for (let i = 0; i < 4096; i++) {
      const kind = random.below(100);
      const bits = random.word();
      let descriptor = kind < 10 ? bits & ~3 : kind < 55 ? random.pick(pool) | (bits & 0x3fc) | 1 : bits | 2;
      if (kind >= 55) descriptor = kind < 65 ? descriptor | (1 << 18) : descriptor & ~(1 << 18);
      const va = i * 0x10_0000;
      if (va >= FLAT && va < FLAT_END) descriptor = va | (15 << 5) | (3 << 10) | 2;
      tables.word(table + 4 * i, descriptor, bigEndian);
    }
    return table;
  });
  return Array.from({ length: 8 }, (_, i) => {
    let dacr = 3;
    for (let domain = 14; domain >= 0; domain--) dacr = (dacr << 2) | random.pick([1, 1, 1, 1, 1, 0, 2, 3]);
    return {
      sctlr: (bigEndian ? SCTLR_EE : 0) | ((i & 1) !== 0 ? SCTLR_AFE : 0) | ((i & 2) !== 0 ? SCTLR_TRE : 0),
      ttbcr: i < 4 ? 0 : random.below(8),
      ttbr0: firsts[0] | (random.word() & 0x7b),
      ttbr1: firsts[1] | (random.word() & 0x7b),
      dacr,
      prrr: random.word(),
      nmrr: random.word(),
      addresses: Array.from({ length: 400 }, () => random.word()),
    };
  });
}

/** A random long descriptor for `level`; leads to one of `next`, if to a table. */
function longDescriptor(random: Random, level: number, next: readonly number[]): [number, number] {
  const kind = random.below(100);
  // Bits 47:40 of the address are reserved and ignored.
  const high = random.word();
  const low = random.word();
  if (kind < 8) return [low & ~1, high];
  if (level < 3 && kind < 60) return [random.pick(next) | (low & 0xffc) | 3, (high & 0xffff_ff00) >>> 0];
  return [(low & ~3) | (level === 3 ? random.pick([3, 3, 3, 3, 1]) : 1) | (random.chance(85) ? 1 << 10 : 0), high];
}

function longSettings(random: Random, tables: Tables, bigEndian: boolean): Setting[] {
  const fill = (table: number, entries: number, level: number, next: readonly number[]) => {
    for (let i = 0; i < entries; i++) {
      const [low, high] = longDescriptor(random, level, next);
      tables.double(table + 8 * i, low, high, bigEndian);
    }
  };
  const thirds = Array.from({ length: 6 }, () => tables.alloc(0x1000));
  const seconds = Array.from({ length: 6 }, () => tables.alloc(0x1000));
  for (const table of thirds) fill(table, 512, 3, []);
  for (const table of seconds) fill(table, 512, 2, thirds);
  const flat = tables.alloc(0x1000);
  fill(flat, 512, 2, thirds);
  for (let va = FLAT; va < FLAT_END; va += 0x20_0000)
    tables.double(flat + ((va - FLAT) >>> 21) * 8, va | 0x401, 0, bigEndian);
  return Array.from({ length: 8 }, (_, i) => {
    const firsts = [0, 1].map(() => {
      const table = tables.alloc(0x20);
      fill(table, 4, 1, seconds);
      tables.double(table + 8 * (FLAT >>> 30), flat | 3, 0, bigEndian);
      return table;
    });
    // The flat window is in the TTBR0 region if that has at least 2 GiB, else in a TTBR1 region that takes the rest.
    const [t0, t1] = i < 5 ? [i & 1, random.below(8)] : [2 + random.below(6), 0];
    const root = (n: number, size: number) => (size < 2 ? firsts[n] : random.pick(seconds));
    return {
      sctlr: (bigEndian ? SCTLR_EE : 0) | (random.chance(50) ? SCTLR_AFE : 0) | (random.chance(50) ? SCTLR_TRE : 0),
      ttbcr: TTBCR_EAE | t0 | (t1 << 16),
      ttbr0: root(0, t0),
      ttbr1: root(1, t1),
      dacr: random.word(),
      prrr: (random.word() & 0xff44_0400) | 0x00bb_0000,
      nmrr: random.word(),
      addresses: Array.from({ length: 400 }, () => random.word()),
    };
  });
}

/** Runs the guest and returns what it wrote: PAR's two words for each address and operation. */
function runGuest(settings: readonly Setting[], tables: Tables): Uint32Array {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-translate-'));
  try {
    const inputs = [settings.length];
    for (const s of settings) {
      inputs.push(
        s.sctlr | SCTLR_M,
        s.ttbcr,
        s.ttbr0,
        0,
        s.ttbr1,
        0,
        s.dacr,
        s.prrr,
        s.nmrr,
        s.addresses.length,
        ...s.addresses,
      );
    }
    fs.writeFileSync(
      path.join(directory, 'inputs.bin'),
      new Uint8Array(Int32Array.from(inputs, (word) => word | 0).buffer),
    );
    fs.writeFileSync(path.join(directory, 'tables.bin'), tables.used);
    fs.writeFileSync(path.join(directory, 'guest.S'), GUEST);
    const run = (tool: string, ...args: string[]) =>
      execFileSync(tool, args, { cwd: directory, timeout: 60_000, stdio: ['ignore', 'pipe', 'pipe'] });
    run(
      'arm-none-eabi-gcc',
      '-nostdlib',
      '-Wl,-n',
      `-Wl,-Ttext=0x${CODE.toString(16)}`,
      `-Wl,--section-start=.tables=0x${TABLES.toString(16)}`,
      '-o',
      'guest.elf',
      'guest.S',
    );
    const machine =
      '-M virt,gic-version=2 -cpu cortex-a15 -m 64 -nic none -display none -monitor none -serial none -semihosting-config enable=on,target=native';
    run('qemu-system-arm', ...machine.split(' '), '-kernel', 'guest.elf');
    return new Uint32Array(new Uint8Array(fs.readFileSync(path.join(directory, 'par.bin'))).buffer);
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

const OPERATIONS = [
  { name: 'ATS1CPR', access: Access.read, privileged: true },
  { name: 'ATS1CPW', access: Access.write, privileged: true },
  { name: 'ATS1CUR', access: Access.read, privileged: false },
  { name: 'ATS1CUW', access: Access.write, privileged: false },
] as const;

const PAR_SS = 2;
/** Fault status at PAR[6:1], short format: level 1 and 2. */
const DOMAIN_FAULTS = [0b01001, 0b01011];

/** Device and Non-cacheable memory, by MAIR byte, is Outer Shareable whatever SH says. */
const outerShareable = (attr: number) => (attr & 0xf0) === 0 || attr === 0x44;

describe('mem/qemu-translate', function () {
  this.timeout(120_000);

  it('translates random tables as QEMU does', function () {
    need(this, 'qemu-system-arm', 'arm-none-eabi-gcc');
    const random = new Random(SEED);
    const tables = new Tables();
    const settings: Setting[] = [];
    for (let world = 0; world < 8; world++) {
      settings.push(
        ...shortSettings(random, tables, world % 4 === 3),
        ...longSettings(random, tables, world % 4 === 3),
      );
    }
    const theirs = runGuest(settings, tables);
    assert.equal(
      theirs.length,
      settings.reduce((n, s) => n + s.addresses.length * OPERATIONS.length * 2, 0),
    );

    const rig = new Rig();
    rig.bus.writeBlock(TABLES, tables.used);
    /** How often each kind of outcome was compared, so that a generator that lost its variety fails. */
    const seen = new Map<string, number>();
    let explained = 0;
    let at = 0;
    for (const s of settings) {
      rig
        .set('SCTLR', s.sctlr | SCTLR_M)
        .set('TTBCR', s.ttbcr)
        .set('TTBR0', s.ttbr0)
        .set('TTBR1', s.ttbr1);
      rig.set('DACR', s.dacr).set('PRRR', s.prrr).set('NMRR', s.nmrr);
      const long = (s.ttbcr & TTBCR_EAE) !== 0;
      for (const va of s.addresses) {
        for (const { name, access, privileged } of OPERATIONS) {
          const t = rig.mmu.translate(va, access, privileged);
          const ours = [parLow(t, long) >>> 0, parHigh(t, long) >>> 0];
          const qemu = [theirs[at++], theirs[at++]];
          const outcome = `${long ? 'long' : 'short'} fault ${t.fault} level ${t.level} size ${t.fault === 0 ? t.size : 0}`;
          seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
          if (!long) {
            // QEMU leaves out the attributes, and the high address bits of a supersection.
            const mask = (ours[0] & 1) !== 0 ? 0xffff_ffff : (ours[0] & PAR_SS) !== 0 ? 0xff00_0203 : 0xffff_f203;
            for (const par of [ours, qemu]) par[0] = (par[0] & mask) >>> 0;
            if (ours[0] !== qemu[0]) {
              // QEMU looks at the domain before the second level and before the access flag (B3.12.1 has it last), and at no access flag in
              // a manager domain.
              const field = (s.dacr >>> (2 * t.domain)) & 3;
              const closed = field === 0 || field === 2;
              const theirDomainFault = (qemu[0] & 1) !== 0 && DOMAIN_FAULTS.includes((qemu[0] >>> 1) & 0x1f);
              const domainFirst =
                closed && theirDomainFault && (t.fault === FaultType.Translation || t.fault === FaultType.AccessFlag);
              const managerFlag = field === 3 && t.fault === FaultType.AccessFlag && (qemu[0] & 1) === 0;
              if (domainFirst || managerFlag) {
                explained++;
                continue;
              }
            }
          }
          if (long && t.fault === 0 && outerShareable(t.attributes & 0xff)) {
            // QEMU 7.2 repeats SH of the descriptor; newer versions say Outer Shareable, as we do.
            for (const par of [ours, qemu]) par[0] = (par[0] & ~0x180) >>> 0;
          }
          const text = (par: number[]) =>
            par
              .map((word) => word.toString(16).padStart(8, '0'))
              .reverse()
              .join('_');
          const where = `seed ${SEED}, ${name} ${va.toString(16)}, SCTLR ${s.sctlr.toString(16)}, TTBCR ${s.ttbcr.toString(16)}, DACR ${s.dacr.toString(16)}`;
          assert.equal(text(ours), text(qemu), `PAR (ours, QEMU's): ${where}`);
        }
      }
    }
    const total = at / 2;
    assert.ok(explained < total / 10, `${explained} of ${total} differ for a known reason`);
    for (const format of ['short', 'long']) {
      const levels = format === 'short' ? [1, 2] : [1, 2, 3];
      const faults = [
        FaultType.Translation,
        FaultType.AccessFlag,
        FaultType.Permission,
        ...(format === 'short' ? [FaultType.Domain] : []),
      ];
      for (const fault of faults) {
        for (const level of levels) {
          assert.ok(
            (seen.get(`${format} fault ${fault} level ${level} size 0`) ?? 0) > 20,
            `${format} fault ${fault} level ${level} was compared`,
          );
        }
      }
    }
    const sizes = [...seen.keys()].filter((key) => key.includes('fault 0')).length;
    assert.equal(sizes, 4 + 3, 'four kinds of short and three of long leaves were compared');
  });
});
