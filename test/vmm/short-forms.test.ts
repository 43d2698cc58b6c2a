/** Sites that are arbitrated without a change of worlds: what is counted and recorded of them is what a change of worlds would leave. */
import assert from 'node:assert/strict';
import { virtMap } from '../../src/machine/virt-map.js';
import { classIndex, type ExitClassId } from '../../src/vmm/classes.js';
import { verdicts } from '../../src/vmm/records.js';
import { ASSEMBLER } from '../support/assemble.js';
import { assembled, MIB, POWER_OFF, TestGuest, type Way } from '../support/guest.js';
import { need } from '../support/tools.js';

/** More than it takes until a handler is made (jit/handlers.ts), and a few. */
const TURNS = 500;

/** A loop of one of each kind, in SVC mode, with its data in a page of its own, which the loop accesses by itself, too. */
const SOURCE = `
  ldr r9, =data
  ldr r8, =${TURNS}
  mov r4, #0
again:
  ldr r1, [r9]
  str r1, [r9]
  stmia r9, {r0-r7, sp, lr}^
  ldmia r9, {r0-r7, sp, lr}^
  srsdb sp!, #0x13
  add sp, sp, #8
  mrs r1, cpsr
  mrrc p15, 1, r2, r3, c14
  mcr p15, 0, r4, c3, c0, 0
  mrc p15, 0, r5, c3, c0, 0
  mov r6, r9
  strt r8, [r6], #4
  ldrsbt r7, [r6], #-4
  ldrht r0, [r6], #2
  bic r1, r1, #0x1f
  orr r1, r1, #0x12
  msr spsr_cxsf, r1
  movs r0, r8, lsl #31
  adr lr, 1f
  movs pc, lr
1:add r10, r10, sp
  add r10, r10, r7
  add r10, r10, r0, ror r8
  orrcs r10, r10, #1
  bic r1, r1, #0x1f
  orr r1, r1, #0x13
  msr spsr_cxsf, r1
  adr lr, 2f + 4
  subs pc, lr, #4
2:subs r8, r8, #1
  bne again
  ${POWER_OFF}
  .balign 4096
  .space 64
data: .space 4032
`;
const EXPECTED: readonly (readonly [ExitClassId, exits: number, verdict: (typeof verdicts)[number]])[] = [
  ['user-access', 5, 'allow'],
  ['exception-return', 2, 'emulate'],
  ['state-store', 1, 'emulate'],
  ['status-register', 3, 'emulate'],
  ['coprocessor', 3, 'emulate'],
];

function run(way: Way): TestGuest {
  // the stack of SVC mode is in the page of the data, too
  const guest = new TestGuest(way, { images: assembled(`ldr sp, =data + 4000\n${SOURCE}`), memory: 4 * MIB });
  assert.equal(guest.end(100_000).kind, 'exit');
  return guest;
}

describe('sites without a change of worlds', function () {
  before(function () {
    need(this, ...ASSEMBLER);
  });

  for (const engine of ['reference', 'interpreter', 'jit'] as const)
    for (const level of [0, 1, 2] as const)
      it(`are counted with their own verdicts: level ${level}, ${engine}`, () => {
        const { hypervisor } = run({ engine, level });
        const byClass = hypervisor?.metrics.byClass() ?? [];
        for (const [id, exits, verdict] of EXPECTED) {
          const { count, verdicts: reached } = byClass[classIndex(id)];
          assert.equal(count, exits * TURNS, id);
          assert.equal(reached[verdicts.indexOf(verdict)], exits * TURNS, `${id} by verdict`);
          if (level === 2) continue;
          const { records } = hypervisor!;
          assert.equal(records.written(classIndex(id)), exits * TURNS, `records of ${id}`);
          for (const record of records.select(0, Infinity, Infinity, classIndex(id)))
            assert.equal(record.verdict, verdict);
        }
      });

  it('come to what they come to bare', () => {
    const seen = (way: Way): number[] => {
      const test = run(way);
      return Array.from({ length: 15 }, (_, n) => test.r(n));
    };
    const bare = seen({ engine: 'reference' });
    assert.ok(bare[10] !== 0);
    for (const engine of ['reference', 'interpreter', 'jit'] as const)
      for (const level of [0, 1, 2] as const) assert.deepEqual(seen({ engine, level }), bare, `${engine}, ${level}`);
  });

  it('let an interrupt in as soon as a return unmasks it', () => {
    const source = `
        ldr r0, =vectors
        mcr p15, 0, r0, c12, c0, 0
        ldr r6, =${virtMap.gicDistributor.base}
        ldr r7, =${virtMap.gicCpuInterface.base}
        mov r0, #2
        str r0, [r6, #0x100]
        mov r0, #1
        str r0, [r6]
        str r0, [r7]
        mov r0, #0xf0
        str r0, [r7, #4]
        ldr r0, =0x02000001
        str r0, [r6, #0xf00]
        mrs r1, cpsr
        bic r1, r1, #0x80
        msr spsr_cxsf, r1
        adr lr, 1f
        adr r8, 1f
        movs pc, lr
      1:mov r5, #1
        ${POWER_OFF}
        .balign 32
      vectors: .rept 6
        b .
        .endr
        sub r9, lr, r8
        mov r4, r5
        ${POWER_OFF}`;
    for (const engine of ['reference', 'interpreter', 'jit'] as const)
      for (const level of [undefined, 0, 1, 2] as const) {
        const guest = new TestGuest({ engine, level }, { images: assembled(`mov r5, #0\n${source}`), memory: 4 * MIB });
        assert.equal(guest.end(10_000).kind, 'exit');
        assert.deepEqual([guest.r(9), guest.r(4)], [4, 0], `${engine}, level ${level}`);
      }
  });

  it('leave records with the registers before and after, of whatever executed them', () => {
    const [first, second] = (['reference', 'interpreter'] as const).map((engine) => {
      const { records } = run({ engine, level: 1 }).hypervisor!;
      return records.select(0, Infinity, Infinity).map(({ sequence, ...record }) => ({
        ...record,
        registers: records.registers(sequence),
      }));
    });
    assert.ok(first.length > 1000);
    assert.deepEqual(second, first);
  });
});
