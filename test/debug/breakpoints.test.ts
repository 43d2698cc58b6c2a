import assert from 'node:assert/strict';
import { parseHitCondition } from '../../src/debug/breakpoints/hit-condition.js';
import { Locations } from '../../src/debug/breakpoints/locations.js';
import { formatLogMessage, parseLogMessage } from '../../src/debug/breakpoints/log-message.js';
import type { Surroundings } from '../../src/debug/expressions/evaluator.js';
import { UserError } from '../../src/util/errors.js';
import { launchSample, line, MODES, settle, stopOf, where } from './guests.js';

function isUserError(number: number) {
  return (error: unknown) => error instanceof UserError && error.number === number;
}

describe('hit conditions', () => {
  const counting = (text: string) => {
    const condition = parseHitCondition(text);
    return [1, 2, 3, 4, 5, 6].filter((hits) => condition(hits));
  };

  it('say which hits count', () => {
    assert.deepEqual(counting('3'), [3, 4, 5, 6]);
    assert.deepEqual(counting('== 3'), [3]);
    assert.deepEqual(counting('=3'), [3]);
    assert.deepEqual(counting('>3'), [4, 5, 6]);
    assert.deepEqual(counting('>= 0x3'), [3, 4, 5, 6]);
    assert.deepEqual(counting('< 3'), [1, 2]);
    assert.deepEqual(counting('<=1+1'), [1, 2]);
    assert.deepEqual(counting(' % 2 '), [2, 4, 6]);
  });

  it('refuse what is none', () => {
    for (const text of ['', 'often', '> ', '% 0', '!= 3', 'r0', '-1', '3 4']) {
      assert.throws(() => parseHitCondition(text), isUserError(240), text);
    }
  });
});

describe('log messages', () => {
  const guest: Surroundings = {
    register: (name) => (name === 'r0' ? { value: 42n, bits: 32 } : undefined),
    symbol: () => undefined,
    readMemory: () => new Uint8Array(0),
  };
  const shown = (text: string) => formatLogMessage(parseLogMessage(text), guest, () => undefined);

  it('have expressions in braces', () => {
    assert.equal(shown('plain'), 'plain');
    assert.equal(shown('r0={r0,d} and {r0 + 1, x}!'), 'r0=42 and 0x0000002b!');
    assert.equal(shown('{{r0}} is {r0}'), '{r0} is 0x0000002a = 42');
    assert.match(shown('{r1}'), /^<There is no register or symbol "r1"/);
  });

  it('are refused where they cannot be read', () => {
    assert.throws(() => parseLogMessage('a {r0'), isUserError(241));
    assert.throws(() => parseLogMessage('a {}'), isUserError(200));
    assert.throws(() => parseLogMessage('a {1 +}'), isUserError(200));
  });
});

describe('locations', () => {
  it('are shared, and go with the last who wants them', () => {
    const set: string[] = [];
    const locations = new Locations({
      addBreakpoint: (address) => set.push(`+${address}`),
      deleteBreakpoint: (address) => set.push(`-${address}`),
    });
    locations.add(4);
    locations.add(4);
    locations.add(8);
    locations.delete(4);
    locations.delete(12);
    assert.deepEqual(set, ['+4', '+8']);
    locations.delete(4);
    locations.delete(4);
    locations.delete(8);
    assert.deepEqual(set, ['+4', '+8', '-4', '-8']);
  });
});

for (const mode of MODES) {
  describe(`breakpoints, ${mode}`, () => {
    const hello = () => launchSample('hello', { mode });
    const STORE = /^strbne/;

    /** Address of the instruction with that text in hello. */
    const addressOf = ({ guest }: ReturnType<typeof hello>, text: RegExp) => {
      const [range] = guest.codeRanges();
      const found = guest.disassemble(range.address, 0, 16).find((i) => text.test(i.text));
      assert.ok(found, `no instruction matches ${text}`);
      return found;
    };

    it('stop before their instruction, each time it is reached', () => {
      const launched = hello();
      const { guest } = launched;
      const { address } = addressOf(launched, STORE);
      const [set] = guest.setInstructionBreakpoints([{ address }]);
      assert.deepEqual(set, { id: set.id, verified: true, address });
      for (const printed of ['', 'H', 'He', 'Hel']) {
        guest.continue();
        assert.deepEqual(stopOf(guest), {
          reason: 'instruction breakpoint',
          text: `Breakpoint at ${where(guest)}`,
          breakpoints: [set.id],
        });
        assert.equal(guest.pc(), address);
        assert.equal(launched.printed(), printed);
      }
      guest.setInstructionBreakpoints([]);
      guest.continue();
      assert.equal(settle(guest).kind, 'exited');
    });

    it('go to the next line with code, by the end of a path', () => {
      const { guest } = hello();
      const lines = guest.breakpointLines('hello.s', 1, 100);
      const results = guest.setSourceBreakpoints('/somewhere/else/hello.s', [
        { line: 1 },
        { line: lines[2] },
        { line: 999 },
      ]);
      assert.deepEqual(
        results.map(({ verified, line: at }) => ({ verified, at })),
        [
          { verified: true, at: lines[0] },
          { verified: true, at: lines[2] },
          { verified: false, at: undefined },
        ],
      );
      assert.match(results[2].message ?? '', /No code/);
      assert.match(guest.setSourceBreakpoints('other.c', [{ line: 1 }])[0].message ?? '', /does not name this file/);
      guest.continue();
      assert.equal(stopOf(guest).reason, 'breakpoint', 'the first instruction counts, too');
      assert.equal(line(guest), lines[0]);
      guest.continue();
      stopOf(guest);
      assert.equal(line(guest), lines[2]);
    });

    it('have conditions, hit conditions and messages', () => {
      const launched = hello();
      const { guest, output } = launched;
      const { address } = addressOf(launched, STORE);
      const results = guest.setInstructionBreakpoints([
        { address, condition: "r0 == 'l'", hitCondition: '== 2' },
        { address, condition: "r0 >= 'a'", logMessage: 'next is {r0,c}' },
        { address, condition: 'r0 ==' },
        { address, hitCondition: 'soon' },
      ]);
      assert.deepEqual(
        results.map(({ verified }) => verified),
        [true, true, false, false],
      );
      assert.match(results[2].message ?? '', /the end where/);
      assert.match(results[3].message ?? '', /no hit condition/);
      guest.continue();
      assert.deepEqual(stopOf(guest).breakpoints, [results[0].id]);
      assert.equal(launched.printed(), 'Hel');
      assert.deepEqual(output, ["next is 'e'", "next is 'l'", "next is 'l'"]);
    });

    it('stop where their condition cannot be evaluated, and say why', () => {
      const launched = hello();
      const { guest } = launched;
      const { address } = addressOf(launched, STORE);
      guest.setInstructionBreakpoints([{ address, condition: '[0xf0000000] == 1' }]);
      guest.continue();
      assert.match(stopOf(guest).text, /could not be evaluated: The guest has no readable memory at 0xf0000000/);
    });

    it('find functions by name, and addresses by expression', () => {
      const { guest } = launchSample('privilege', { mode });
      const results = guest.setFunctionBreakpoints([
        { name: 'print' },
        { name: 'TICK' },
        { name: 'nowhere' },
        { name: 'on_svc + 4' },
      ]);
      assert.deepEqual(
        results.map(({ verified }) => verified),
        [true, false, false, true],
      );
      assert.match(results[1].message ?? '', /TICK is not code/);
      assert.match(results[2].message ?? '', /no register or symbol "nowhere"/);
      guest.continue();
      assert.deepEqual(stopOf(guest).breakpoints, [results[0].id]);
      assert.equal(where(guest), 'print');
      guest.continue();
      assert.deepEqual(stopOf(guest).breakpoints, [results[3].id]);
      assert.equal(where(guest), 'on_svc+4');
    });

    it('keep ids and counts of those that stay', () => {
      const launched = hello();
      const { guest } = launched;
      const { address } = addressOf(launched, STORE);
      const request = { address, hitCondition: '3' };
      const [first] = guest.setInstructionBreakpoints([request]);
      const [other, second] = guest.setInstructionBreakpoints([{ address: address - 4, condition: '0' }, request]);
      assert.equal(second.id, first.id);
      assert.notEqual(other.id, first.id);
      guest.continue();
      stopOf(guest);
      assert.equal(launched.printed(), 'He');
    });

    it('interrupt steps that reach them', () => {
      const { guest } = launchSample('privilege', { mode });
      const [set] = guest.setFunctionBreakpoints([{ name: 'mmu_on' }]);
      const call = guest.disassemble(guest.pc(), 0, 20).find((i) => i.text.includes('<mmu_on>'));
      assert.ok(call);
      guest.runTo(call.address);
      assert.equal(stopOf(guest).reason, 'goto');
      guest.stepInstruction('over');
      assert.deepEqual(stopOf(guest).breakpoints, [set.id]);
      assert.equal(where(guest), 'mmu_on');
    });

    it('are not hit again by a step away, nor when set where the guest stands', () => {
      const { guest } = hello();
      guest.stepInstruction('in');
      stopOf(guest);
      guest.setInstructionBreakpoints([{ address: guest.pc() }]);
      guest.continue();
      assert.equal(settle(guest).kind, 'exited');
    });
  });
}
