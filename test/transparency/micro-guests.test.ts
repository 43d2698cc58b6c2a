/**
 * The guests of the VMM's micro-benchmarks, short: the same in every way at each event, so that what is measured is the same work; and hypervised the
 * thing itself is what exits.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { GuestStop } from '../../src/machine/run.js';
import { fullLength, MICRO_GUESTS, microGuest, NS_PER_INSTRUCTION, type MicroGuest } from '../bench/vmm/guests.js';
import { ASSEMBLER } from '../support/assemble.js';
import { assertSameHistory, recordHistory, type GuestHistory, type Subject } from '../support/guest-history.js';
import { TestGuest, wayName, WAYS, type Way } from '../support/guest.js';
import { need } from '../support/tools.js';

const SHORT = { turns: 20, rounds: 2 };
/** The reference says nothing here that it does not say elsewhere. */
const FAST = WAYS.filter(({ engine }) => engine === 'interpreter');

const exitCode = (stop: GuestStop): number => (stop.kind === 'exit' ? stop.code : -1);

/** Exits between two marks on the console, summed over the rounds. */
function exitsOf(guest: MicroGuest, way: Way, turns: number, rounds: number): { empty: number; body: number } {
  const sums = { empty: 0, body: 0 };
  let from = 0;
  const run = new TestGuest(way, {
    images: microGuest(guest, { turns, rounds }),
    semihosting: true,
    nsPerInstruction: NS_PER_INSTRUCTION,
    onEvent: (event, byte, { hypervisor }) => {
      if (event !== 'byte') return;
      const now = hypervisor!.metrics.total();
      const mark = String.fromCharCode(byte);
      if (mark === ')') sums.empty += now - from;
      if (mark === ']') sums.body += now - from;
      from = now;
    },
  });
  assert.equal(run.end(10_000_000).kind, 'exit');
  return sums;
}

describe("the micro-benchmarks' guests", function () {
  this.timeout(60_000);
  before(function () {
    need(this, ...ASSEMBLER);
  });

  it('are all listed', () => {
    const files = fs.readdirSync(new URL('../bench/vmm/', import.meta.url)).filter((file) => file.endsWith('.s'));
    assert.deepEqual(files.sort(), [...MICRO_GUESTS.map(({ name }) => `${name}.s`), 'frame.s'].sort());
  });

  for (const guest of MICRO_GUESTS) {
    const length = { turns: SHORT.turns, rounds: guest.rounds ?? SHORT.rounds };

    it(`${guest.name}: the same in every way`, () => {
      const ends: GuestStop[] = [];
      const subject: Subject = {
        options: {
          images: microGuest(guest, length),
          semihosting: true,
          nsPerInstruction: NS_PER_INSTRUCTION,
          sampleEvery: 997,
        },
        script: (run) => {
          ends.push(run.end());
          assert.equal(run.console, '()[]'.repeat(length.rounds), wayName(run.way));
        },
      };
      let first: GuestHistory | undefined;
      for (const way of FAST) {
        const history = recordHistory(way, subject);
        if (first === undefined) first = history;
        else assertSameHistory(first, history, subject);
      }
      for (const end of ends) assert.deepEqual(end, ends[0]);
      // Latency, in instructions, is an exit code of its own; the others have nothing to say.
      const code = exitCode(ends[0]);
      if (guest.name === 'interrupt-latency') assert.ok(code > 0 && code < 10, `${code} instructions`);
      else assert.equal(code, 0);
    });

    it(`${guest.name}: ${guest.native ? 'exits for nothing' : 'exits for each thing'}`, () => {
      const { turns } = fullLength(guest);
      const few = Math.min(turns, 200);
      const { empty, body } = exitsOf(guest, { engine: 'interpreter', level: 0 }, few, 1);
      const things = few * (guest.perTurn ?? 1);
      const message = `${body} exits against ${empty} of the empty loop, in ${few} turns`;
      // The first turns exit for other reasons, too: pages are filled, code is analysed.
      if (guest.native) assert.ok(Math.abs(body - empty) < 10, message);
      else assert.ok(body - empty >= things * 0.9, message);
    });
  }
});
