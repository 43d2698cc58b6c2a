/** Sites that are arbitrated without a change of worlds: what is counted and recorded of them is what a change of worlds would leave. */
import assert from 'node:assert/strict';
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
  subs r8, r8, #1
  bne again
  ${POWER_OFF}
  .balign 4096
  .space 64
data: .space 4032
`;
const EXPECTED: readonly (readonly [ExitClassId, exits: number, verdict: (typeof verdicts)[number]])[] = [
  ['user-access', 2, 'allow'],
  ['state-store', 1, 'emulate'],
  ['status-register', 1, 'emulate'],
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
