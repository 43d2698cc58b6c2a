/**
 * Accesses to devices that are arbitrated one by one. Most go by the device window, with their records made from the instruction alone; with patches in the guest's
 * memory each is an abort, after which the virtual CPU executes the instruction: the records must be the same.
 */
import assert from 'node:assert/strict';
import { virtMap } from '../../src/machine/virt-map.js';
import { classIndex } from '../../src/vmm/classes.js';
import type { TrapRecord } from '../../src/vmm/records.js';
import { ASSEMBLER } from '../support/assemble.js';
import { assembled, MIB, POWER_OFF, TestGuest, type Way } from '../support/guest.js';
import { need } from '../support/tools.js';

const UART = virtMap.uart.base;
const DEVICE = classIndex('device');
const FILL = classIndex('shadow-fill');
/** Registers of the UART that keep what is written: UARTIBRD, UARTFBRD, UARTIFLS. */
const [IBRD, FBRD, IFLS] = [0x24, 0x28, 0x34];

const ALONE = `
  str r1, [r0, #${IBRD}]
  ldr r2, [r0, #${IBRD}]
  strh r3, [r0, #${FBRD}]
  ldrh r4, [r0, #${FBRD}]
  ldrb r5, [r0, #${IBRD}]
  strb r5, [r0, #${IFLS}]
  ldr r6, [r0, r7]
  ldr lr, [r0, #0x18]
`;
const WHOLE = `
  add r8, r0, #${IBRD}
  ldr r2, [r8], #4
  str r2, [r8, #-4]!
  ldmia r8, {r2, r3}
  ldrsb r4, [r8]
  ldrd r4, r5, [r8]
  ldr r6, [r8, #1]
  stmia r8!, {r2, r3}
`;
const SOURCE = `
  ldr r0, =${UART}
  ldr r1, =0x123
  mov r3, #5
  mov r7, #${IBRD}
  mov r10, #3
1:
  ${ALONE}
  ${WHOLE}
  adr r9, 2f + 1
  bx r9
  .thumb
  .balign 4
2:
  ${ALONE}
  ${WHOLE}
  cmp r7, #${IBRD}
  itete eq
  ldreq r2, [r0, #${FBRD}]
  ldrne r2, [r0, #${IBRD}]
  streq r3, [r0, #${FBRD}]
  strne r3, [r0, #${IBRD}]
  adr r9, 3f
  bx r9
  .arm
  .balign 4
3:
  subs r10, r10, #1
  bne 1b
  cps #0x10
  ${ALONE}
  svc #0
`;
/** Vectors, of which SVC ends the guest. */
const VECTORS = `
  ldr r0, =vectors
  mcr p15, 0, r0, c12, c0, 0
  b 9f
  .balign 32
vectors:
  b .
  b .
  b 8f
  b .
  b .
  b .
  b .
  b .
8: ${POWER_OFF}
9:
`;
/** Accesses, each of which is one trap: of ALONE and WHOLE three times in each state, two in the IT block, and in User mode. */
const ACCESSES = 3 * (2 * (8 + 7) + 2) + 8;

function recordsOf(way: Way, patches: 'overlay' | 'in-place'): TrapRecord[] {
  const guest = new TestGuest({ ...way, patches }, { images: assembled(VECTORS + SOURCE), memory: 4 * MIB });
  assert.equal(guest.end(100_000).kind, 'exit', guest.place());
  assert.ok(guest.hypervisor);
  return guest.hypervisor.records.select(0, Infinity, 10_000);
}

describe('accesses to devices below level 2', function () {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  for (const engine of ['reference', 'interpreter', 'jit'] as const)
    for (const level of [0, 1] as const)
      it(`leave the records of an abort each: level ${level}, ${engine}`, () => {
        const records = recordsOf({ engine, level }, 'overlay');
        const aborts = recordsOf({ engine, level }, 'in-place');
        const devices = records.filter(({ cls }) => cls === DEVICE);
        assert.deepEqual(
          devices,
          aborts.filter(({ cls }) => cls === DEVICE),
        );
        assert.equal(devices.length, ACCESSES);
        assert.equal(records.length, aborts.length);
      });

  it('say which instruction reached what, and what it loaded', () => {
    const loads = recordsOf({ engine: 'interpreter', level: 1 }, 'overlay').filter(
      ({ cls, address, word }) => cls === DEVICE && address === UART + IBRD && word >>> 0 === 0xe590_2024,
    );
    assert.equal(loads.length, 4);
    for (const { isa, cause, verdict, modeBefore, modeAfter, changed, values } of loads) {
      assert.deepEqual([isa, cause, verdict], ['A32', 'DABT', 'emulate']);
      assert.equal(modeBefore, modeAfter);
      assert.ok(changed === 0 || (changed === 1 << 2 && values[2] === 0x123), `changed ${changed.toString(16)}`);
    }
    assert.equal(loads[0].changed, 1 << 2);
  });

  it('need no entry of a shadow table that is recorded', () => {
    const records = recordsOf({ engine: 'interpreter', level: 1 }, 'overlay');
    assert.ok(records.every(({ cls, address }) => cls !== FILL || address < UART || address >= UART + 0x1000));
  });
});
