/** The whole road below the editor, on the samples: DAP on stdio, the adapter, a worker, the guest. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AdapterClient, buildAdapter, lineOf, sample } from './adapter-process.js';

const HELLO = { program: sample('hello/hello.elf') };
const PRIVILEGE = { program: sample('privilege/privilege.elf') };
const helloSource = sample('hello/hello.s');
const privilegeSource = sample('privilege/privilege.s');
const GREETING = 'Hello from a guest on ARM.';

describe('debug adapter on the samples', function () {
  this.timeout(30_000);
  let script: string;
  let remove: () => void;
  let dc: AdapterClient;

  before(async () => {
    ({ script, remove } = await buildAdapter());
  });
  after(() => {
    remove();
  });
  beforeEach(async () => {
    dc = await AdapterClient.begin(script);
  });
  afterEach(() => dc.stop());

  const breakAt = (file: string, ...lines: DebugProtocol.SourceBreakpoint[]) =>
    dc.setBreakpointsRequest({ source: { path: file }, breakpoints: lines });

  for (const mode of ['bare', 'hypervised']) {
    describe(mode, () => {
      it('runs hello to its end', async () => {
        const exited = dc.waitForEvent('exited');
        const terminated = dc.waitForEvent('terminated');
        await dc.launched({ ...HELLO, mode });
        assert.equal(((await exited) as DebugProtocol.ExitedEvent).body.exitCode, 0);
        await terminated;
        assert.ok(dc.console.includes(GREETING), dc.console);
      });

      it('stops on entry, steps by line, sees registers change', async () => {
        await dc.stopAfter(() => dc.launched({ ...HELLO, mode, stopOnEntry: true }));
        const entry = await dc.top();
        assert.equal(entry.source?.path, helloSource);
        assert.equal(entry.line, lineOf('hello/hello.s', /^_start:/));
        assert.equal((await dc.stopAfter(() => dc.nextRequest({ threadId: 1 }))).reason, 'step');
        assert.equal((await dc.top()).line, entry.line + 1);
        const r4 = (await dc.scope('Core')).find(({ name }) => name === 'r4');
        assert.match(r4?.value ?? '', /^0x09000000/);
      });

      it('hits a breakpoint on a source line, once for each time round', async () => {
        const line = lineOf('hello/hello.s', /strbne/);
        const stop = await dc.stopAfter(() => dc.launched({ ...HELLO, mode }, () => breakAt(helloSource, { line })));
        assert.equal(stop.reason, 'breakpoint');
        assert.match(await dc.value("r0 == 'H'"), /^1\b/);
        await dc.stopAfter(() => dc.continueRequest({ threadId: 1 }));
        assert.match(await dc.value("r0 == 'e'"), /^1\b/);
        assert.equal((await dc.top()).line, line);
      });

      it('heeds conditions, hit counts and log points', async () => {
        const line = lineOf('hello/hello.s', /strbne/);
        const cmp = lineOf('hello/hello.s', /cmp +r0/);
        const logged: string[] = [];
        dc.on('output', ({ body }: DebugProtocol.OutputEvent) => {
          if (body.category === 'console') logged.push(body.output);
        });
        await dc.stopAfter(() =>
          dc.launched({ ...HELLO, mode }, () =>
            breakAt(helloSource, { line, condition: "r0 == 'f'" }, { line: cmp, logMessage: 'character {r0}' }),
          ),
        );
        assert.match(await dc.value("r0 == 'f'"), /^1\b/);
        assert.equal(logged.filter((text) => text.includes('character')).length, 'Hello f'.length);
        await breakAt(helloSource, { line, hitCondition: '3' });
        await dc.stopAfter(() => dc.continueRequest({ threadId: 1 }));
        assert.match(await dc.value("r0 == 'm'"), /^1\b/);
      });

      it('stops at functions and at addresses, by all their names', async () => {
        const functions = (names: string[]) =>
          dc.setFunctionBreakpointsRequest({ breakpoints: names.map((name) => ({ name })) });
        const stop = await dc.stopAfter(() =>
          dc.launched({ ...PRIVILEGE, mode }, () => functions(['print', 'nowhere'])),
        );
        assert.equal(stop.reason, 'function breakpoint');
        const first = await dc.top();
        assert.match(first.name, /^print/);
        const address = first.instructionPointerReference ?? '';
        const { breakpoints } = (await functions([address, 'nowhere'])).body;
        assert.equal(breakpoints[0].verified, true);
        assert.equal(breakpoints[1].verified, false);
        assert.match(breakpoints[1].message ?? '', /nowhere/);
        await dc.stopAfter(() => dc.continueRequest({ threadId: 1 }));
        assert.equal((await dc.top()).instructionPointerReference, address);
        await functions([]);
        await dc.request('setInstructionBreakpoints', { breakpoints: [{ instructionReference: address }] });
        const again = await dc.stopAfter(() => dc.continueRequest({ threadId: 1 }));
        assert.equal(again.reason, 'instruction breakpoint');
      });

      it('steps over and out of functions, and in by instruction', async () => {
        const call = lineOf('privilege/privilege.s', /^ +bl +timer_on/);
        await dc.stopAfter(() => dc.launched({ ...PRIVILEGE, mode }, () => breakAt(privilegeSource, { line: call })));
        await breakAt(privilegeSource);
        const at = await dc.top();
        await dc.stopAfter(() => dc.stepInRequest({ threadId: 1, granularity: 'instruction' }));
        assert.match((await dc.top()).name, /^timer_on/);
        await dc.stopAfter(() => dc.stepOutRequest({ threadId: 1 }));
        assert.equal((await dc.top()).line, at.line + 1);
        await dc.stopAfter(() => dc.nextRequest({ threadId: 1 }));
        assert.equal((await dc.top()).line, at.line + 2);
      });

      it('shows every scope that there is', async () => {
        await dc.stopAfter(() => dc.launched({ ...PRIVILEGE, mode, stopOnEntry: true }));
        const { scopes } = (await dc.scopesRequest({ frameId: 0 })).body;
        const names = scopes.map(({ name }) => name);
        assert.deepEqual(names.slice(0, 4), ['Core', 'CPSR fields', 'Banked', 'CP15']);
        assert.equal(
          names.some((name) => /virtual/i.test(name)),
          mode === 'hypervised',
          names.join(),
        );
        for (const name of names) assert.ok((await dc.scope(name)).length > 0, `${name} is empty`);
        const [control] = await dc.scope('CP15');
        const { variables } = (await dc.variablesRequest({ variablesReference: control.variablesReference })).body;
        assert.ok(variables.some(({ name }) => name === 'SCTLR'));
      });

      it('sets registers and memory, through variables, expressions and bytes', async () => {
        await dc.stopAfter(() => dc.launched({ ...HELLO, mode, stopOnEntry: true }));
        const { scopes } = (await dc.scopesRequest({ frameId: 0 })).body;
        const [{ variablesReference }] = scopes;
        await dc.setVariableRequest({ variablesReference, name: 'r7', value: '0x12345678' });
        assert.match(await dc.value('r7 + 1'), /12345679/);
        await dc.request('setExpression', { expression: '*(u32*)0x40100000', value: 'r7' });
        const memory = await dc.request<{ data: string }>('readMemory', { memoryReference: '0x40100000', count: 4 });
        assert.deepEqual([...Buffer.from(memory.data, 'base64')], [0x78, 0x56, 0x34, 0x12]);
        const data = Buffer.from([1, 2, 3, 4]).toString('base64');
        await dc.request('writeMemory', { memoryReference: '0x40100000', data });
        assert.match(await dc.value('*(u32*)0x40100000'), /04030201/);
      });

      it('disassembles around the program counter, labels and lines included', async () => {
        await dc.stopAfter(() => dc.launched({ ...HELLO, mode, stopOnEntry: true }));
        const { instructionPointerReference } = await dc.top();
        const { instructions } = await dc.request<DebugProtocol.DisassembleResponse['body'] & object>('disassemble', {
          memoryReference: instructionPointerReference,
          instructionOffset: -2,
          instructionCount: 6,
        });
        assert.equal(instructions.length, 6);
        assert.equal(instructions[2].address, instructionPointerReference);
        assert.match(instructions[2].instruction, /^(mov|ldr) +r4/);
        assert.equal(instructions[2].line, lineOf('hello/hello.s', /^_start:/));
      });

      it('pauses at once, and answers the console', async () => {
        await dc.launched({ ...PRIVILEGE, mode });
        // it runs for some milliseconds of its own time only: a paced guest is still at it
        const asked = performance.now();
        const stop = await dc.stopAfter(() => dc.pauseRequest({ threadId: 1 }));
        assert.equal(stop.reason, 'pause');
        assert.ok(performance.now() - asked < 500, `${performance.now() - asked} ms`);
      });
    });
  }

  it('pauses at traps of a class', async () => {
    const stop = await dc.stopAfter(() =>
      dc.launched({ ...HELLO }, () => dc.setExceptionBreakpointsRequest({ filters: ['status-register'] })),
    );
    assert.equal(stop.reason, 'exception');
    assert.match(stop.text ?? '', /mrs +r6, cpsr \(emulate\)/);
    assert.equal(
      (await dc.top()).line,
      lineOf('hello/hello.s', /^ +mrs/) + 1,
      'the trap was handled, and the next instruction waits',
    );
    const info = (await dc.exceptionInfoRequest({ threadId: 1 })).body;
    assert.match(info.description ?? '', /mrs|[Ss]tatus/);
  });

  it('pauses where the guest takes an exception, bare too', async () => {
    const stop = await dc.stopAfter(() =>
      dc.launched({ ...PRIVILEGE, mode: 'bare' }, () =>
        dc.setExceptionBreakpointsRequest({ filters: ['exception-data-abort'] }),
      ),
    );
    assert.equal(stop.reason, 'exception');
    assert.match(stop.text ?? '', /[Dd]ata [Aa]bort/);
  });

  it('serves the listing of code without lines', async () => {
    const raw = path.join(os.tmpdir(), `trapline-raw-${process.pid}.bin`);
    // b . after a nop
    fs.writeFileSync(raw, Uint8Array.of(0x00, 0xf0, 0x20, 0xe3, 0xfe, 0xff, 0xff, 0xea));
    try {
      await dc.stopAfter(() => dc.launched({ program: raw, stopOnEntry: true }));
      const top = await dc.top();
      assert.match(top.source?.name ?? '', /\.listing$/);
      const sourceReference = top.source?.sourceReference ?? 0;
      const { content } = (await dc.sourceRequest({ sourceReference })).body;
      assert.match(content.split('\n')[top.line - 1], /e320f000 +nop/);
      await dc.setBreakpointsRequest({ source: { sourceReference }, breakpoints: [{ line: top.line + 1 }] });
      await dc.stopAfter(() => dc.continueRequest({ threadId: 1 }));
      assert.equal((await dc.top()).line, top.line + 1);
    } finally {
      fs.rmSync(raw);
    }
  });

  it('restarts', async () => {
    await dc.stopAfter(() => dc.launched({ ...HELLO, stopOnEntry: true }));
    const entry = await dc.top();
    await dc.stopAfter(() => dc.nextRequest({ threadId: 1 }));
    await dc.stopAfter(() => dc.restartRequest({}));
    assert.equal((await dc.top()).line, entry.line);
  });

  it('terminates a guest that runs', async () => {
    await dc.launched({ ...PRIVILEGE });
    await Promise.all([dc.waitForEvent('terminated'), dc.terminateRequest({})]);
  });

  const refusals: [string, () => Record<string, unknown>, RegExp][] = [
    ['a missing image', () => ({ program: sample('nothing.elf') }), /does not exist; correct the path/],
    ['no image', () => ({}), /names nothing to run/],
    ['a level that is none', () => ({ ...HELLO, level: 9 }), /"level".* must be 0, 1 or 2, not 9/],
    ['memory that is too small', () => ({ ...HELLO, memory: '1' }), /memory/],
    [
      'memory that the program does not fit in',
      () => ({ ...HELLO, memory: '1M', load: [{ file: HELLO.program, address: '0x41000000' }] }),
      /does not fit|memory/,
    ],
  ];
  for (const [what, args, message] of refusals) {
    it(`refuses ${what} in one sentence`, async () => {
      await assert.rejects(dc.launched(args()), (error: Error) => {
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /bug|\n/);
        return true;
      });
    });
  }

  const broken: [string, (bytes: Buffer) => Buffer, RegExp][] = [
    ['an empty file', () => Buffer.alloc(0), /is empty/],
    ['a truncated ELF', (bytes) => bytes.subarray(0, 60), /cut short/],
    ['a 64-bit ELF', (bytes) => (bytes.writeUInt8(2, 4), bytes), /64-bit/],
    ['a big-endian ELF', (bytes) => (bytes.writeUInt8(2, 5), bytes), /big-endian/],
    ['an ELF for another machine', (bytes) => (bytes.writeUInt16LE(62, 18), bytes), /another machine/],
  ];
  for (const [what, spoil, message] of broken) {
    it(`refuses ${what} in one sentence`, async () => {
      const file = path.join(os.tmpdir(), `trapline-broken-${process.pid}.elf`);
      fs.writeFileSync(file, spoil(fs.readFileSync(HELLO.program)));
      try {
        await assert.rejects(dc.launched({ program: file }), (error: Error) => {
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /bug|\n/);
          return true;
        });
      } finally {
        fs.rmSync(file);
      }
    });
  }
});
