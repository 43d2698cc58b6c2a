import type { DebugProtocol } from '@vscode/debugprotocol';
import assert from 'node:assert/strict';
import { GUEST_EXCEPTIONS, TRAP_CLASSES } from '../../src/protocol/trap-classes.js';
import { UserError } from '../../src/util/errors.js';
import { Played, STATUS, stop } from './harness.js';

describe('debug adapter: lifecycle', () => {
  it('offers what it can do, with one filter for each exception and trap class', async () => {
    const dap = new Played();
    const capabilities = await dap.ask('initialize', { adapterID: 'trapline', pathFormat: 'path' });
    for (const name of [
      'supportsConfigurationDoneRequest',
      'supportsFunctionBreakpoints',
      'supportsInstructionBreakpoints',
      'supportsConditionalBreakpoints',
      'supportsHitConditionalBreakpoints',
      'supportsLogPoints',
      'supportsSetVariable',
      'supportsSetExpression',
      'supportsReadMemoryRequest',
      'supportsWriteMemoryRequest',
      'supportsDisassembleRequest',
      'supportsSteppingGranularity',
      'supportsRestartRequest',
      'supportsTerminateRequest',
      'supportsEvaluateForHovers',
    ]) {
      assert.equal(capabilities[name], true, name);
    }
    assert.deepEqual(
      (capabilities.exceptionBreakpointFilters as { filter: string }[]).map(({ filter }) => filter),
      [...GUEST_EXCEPTIONS, ...TRAP_CLASSES].map(({ id }) => id),
    );
  });

  it('asks for breakpoints once the guest is loaded, and stops on entry before anything runs', async () => {
    const dap = new Played();
    await dap.launch();
    const stopped = await dap.event('stopped');
    assert.equal(stopped.body.reason, 'entry');
    assert.deepEqual(
      dap.worker.requests.map(({ method }) => method),
      ['launch'],
    );
    assert.equal((dap.worker.asked('launch')[0] as { pacing: { paced: boolean } }).pacing.paced, true);
  });

  it('runs at once without stopOnEntry, and with noDebug in spite of it', async () => {
    for (const more of [{}, { stopOnEntry: true, noDebug: true }]) {
      const dap = new Played();
      await dap.launch({ program: '/w/a.elf', ...more });
      assert.equal(dap.worker.asked('continue').length, 1);
    }
  });

  it('refuses a wrong configuration, a missing file and a bad image with the one sentence of the catalogue', async () => {
    const dap = new Played({
      launch: () => {
        throw new UserError(100, 'a.elf is empty; build the image {again}.');
      },
    });
    await dap.ask('initialize', { adapterID: 'trapline', pathFormat: 'path' });
    assert.deepEqual(await dap.refused('launch', { program: 3 }), {
      id: 600,
      text: '"program" in the launch configuration must be text, not 3.',
    });
    assert.equal((await dap.refused('launch', { program: '/w/gone.elf' })).id, 603);
    assert.equal(dap.worker.closed, true, 'the worker of a refused launch is left behind');
    assert.deepEqual(await dap.refused('launch', { program: '/w/a.elf' }), {
      id: 620,
      text: 'No guest is loaded; launch one first.',
    });
    const again = new Played({
      launch: () => {
        throw new UserError(100, 'a.elf is empty; build the image {again}.');
      },
    });
    await again.ask('initialize', { adapterID: 'trapline', pathFormat: 'path' });
    assert.deepEqual(await again.refused('launch', { program: '/w/a.elf' }), {
      id: 100,
      text: 'a.elf is empty; build the image {again}.',
    });
  });

  it('tells a person a sentence of a bug of ours, and the log all of it', async () => {
    const dap = new Played({
      launch: () => {
        throw new UserError(
          0,
          'Trapline has a bug: TypeError: x is not a function\n    at readSections (worker.js:1:2)',
        );
      },
    });
    await dap.ask('initialize', { adapterID: 'trapline', pathFormat: 'path' });
    const { id, text } = await dap.refused('launch', { program: '/w/a.elf' });
    assert.equal(id, 699);
    assert.match(text, /error of its own in "launch".*output channel/);
    assert.doesNotMatch(text, /worker\.js|\n/);
    assert.match(dap.bugs.join(), /TypeError: x is not a function\n.*readSections/);
  });

  it('ends with the exit code, once', async () => {
    const dap = new Played();
    await dap.launch();
    dap.worker.emit('ended', { code: 7, text: 'The guest exited with code 7.', status: STATUS });
    await dap.event('terminated');
    await dap.ask('terminate');
    await dap.ask('disconnect');
    assert.deepEqual(
      dap.events
        .filter(({ event }) => ['exited', 'terminated'].includes(event))
        .map(({ event, body }) => [event, body?.exitCode]),
      [
        ['exited', 7],
        ['terminated', undefined],
      ],
    );
    assert.equal(dap.worker.closed, true);
  });

  it('shows nobody that a question came after the end', async () => {
    const dap = new Played();
    await dap.launch();
    await dap.ask('terminate');
    for (const [command, args] of [
      ['evaluate', { expression: 'r0' }] as const,
      ['stackTrace', { threadId: 1 }] as const,
    ]) {
      const { success, body } = await dap.respond(command, args);
      assert.equal(success, false, command);
      assert.equal((body as { error: DebugProtocol.Message }).error.showUser, false, command);
    }
  });

  it('says nothing more of a guest that the host keeps', async () => {
    const kept: unknown[] = [];
    const dap = new Played({}, undefined, {
      closeSession: (client) => {
        kept.push(client);
      },
    });
    await dap.launch();
    await dap.ask('terminate');
    dap.forget();
    dap.worker.emit('stopped', { stop: stop('pause'), status: STATUS });
    assert.equal(kept.length, 1);
    assert.deepEqual(dap.events, []);
  });

  it('says what happened when the worker dies', async () => {
    const dap = new Played();
    await dap.launch();
    dap.worker.die('out of memory');
    const output = await dap.event('output');
    assert.match(output.body.output, /ended unexpectedly \(out of memory\); restart the session/);
    await dap.event('terminated');
  });

  it('restarts with the images as they are now, and gives the guest its breakpoints again', async () => {
    const files: Record<string, Uint8Array> = { '/w/a.elf': Uint8Array.of(1) };
    const dap = new Played({ setSourceBreakpoints: () => [{ id: 5, verified: true, line: 3 }] }, files);
    await dap.ask('initialize', { adapterID: 'trapline', pathFormat: 'path' });
    const launched = dap.ask('launch', { program: '/w/a.elf', stopOnEntry: true });
    await dap.event('initialized');
    const { breakpoints } = await dap.ask('setBreakpoints', { source: { path: '/w/a.s' }, breakpoints: [{ line: 3 }] });
    await dap.ask('configurationDone');
    await launched;
    files['/w/a.elf'] = Uint8Array.of(2);
    dap.forget();
    await dap.ask('restart');
    const launches = dap.worker.asked('launch') as { options: { program: { bytes: Uint8Array } } }[];
    assert.deepEqual(
      launches.map(({ options }) => options.program.bytes[0]),
      [1, 2],
    );
    assert.equal(dap.worker.asked('setSourceBreakpoints').length, 2);
    const changed = await dap.event('breakpoint');
    assert.equal(changed.body.breakpoint.id, breakpoints[0].id, 'the id that the client knows');
    assert.equal((await dap.event('stopped')).body.reason, 'entry');
  });

  it('answers unknown requests, and requests before the launch', async () => {
    const dap = new Played();
    assert.equal((await dap.refused('stackTrace', { threadId: 1 })).id, 620);
    assert.match((await dap.refused('toString')).text, /does not answer toString/);
  });
});

describe('debug adapter: breakpoints', () => {
  it('pass everything on, and keep ids of their own', async () => {
    const dap = new Played({
      setFunctionBreakpoints: () => [{ id: 77, verified: true, address: 0x40000000 }],
      setInstructionBreakpoints: () => [{ id: 1000000, verified: true, address: 0x40000010 }],
    });
    await dap.launch();
    const functions = await dap.ask('setFunctionBreakpoints', {
      breakpoints: [{ name: 'main', condition: 'r0 == 1', hitCondition: '>= 3' }],
    });
    const instructions = await dap.ask('setInstructionBreakpoints', {
      breakpoints: [{ instructionReference: '0x40000000', offset: 16, condition: '' }],
    });
    assert.deepEqual(dap.worker.asked('setFunctionBreakpoints'), [
      { breakpoints: [{ name: 'main', condition: 'r0 == 1', hitCondition: '>= 3' }] },
    ]);
    assert.deepEqual(dap.worker.asked('setInstructionBreakpoints'), [{ breakpoints: [{ address: 0x40000010 }] }]);
    assert.equal(functions.breakpoints[0].instructionReference, '0x40000000');
    dap.worker.emit('continued', {});
    dap.forget();
    dap.worker.emit('stopped', { stop: stop('function breakpoint', { breakpoints: [77, 1000000] }), status: STATUS });
    const { body } = await dap.event('stopped');
    assert.deepEqual(body.hitBreakpointIds, [functions.breakpoints[0].id, instructions.breakpoints[0].id]);
  });

  it('are set in listings by line', async () => {
    const dap = new Played(
      { setListingBreakpoints: () => [{ id: 1, verified: true, line: 12 }] },
      { '/w/a.elf': new Uint8Array(4) },
      {
        listings: {
          nameOf: (document) => `trapline-listing:/a.elf/${document}.listing`,
          documentOf: (path) => /^trapline-listing:\/a\.elf\/(.*)\.listing$/.exec(path)?.[1],
        },
      },
    );
    await dap.launch();
    const path = 'trapline-listing:/a.elf/0x0-0xfff.listing';
    const { breakpoints } = await dap.ask('setBreakpoints', { source: { path }, breakpoints: [{ line: 10 }] });
    assert.deepEqual(dap.worker.asked('setListingBreakpoints'), [
      { document: '0x0-0xfff', breakpoints: [{ line: 10 }] },
    ]);
    assert.equal(breakpoints[0].line, 12);
    assert.equal(breakpoints[0].source.path, path);
  });

  it('by trap class become the adapter’s own filters', async () => {
    const dap = new Played();
    await dap.launch();
    await dap.ask('setExceptionBreakpoints', { filters: ['wait'], filterOptions: [{ filterId: 'device' }] });
    assert.deepEqual(dap.worker.asked('setTrapFilters'), [{ owner: 'adapter', classes: ['wait', 'device'] }]);
  });

  it('count lines as the client does', async () => {
    const dap = new Played({ setSourceBreakpoints: () => [{ id: 1, verified: true, line: 8 }] });
    await dap.launch(undefined, { linesStartAt1: false });
    const { breakpoints } = await dap.ask('setBreakpoints', { source: { path: '/w/a.s' }, breakpoints: [{ line: 6 }] });
    assert.deepEqual(dap.worker.asked('setSourceBreakpoints'), [{ path: '/w/a.s', breakpoints: [{ line: 7 }] }]);
    assert.equal(breakpoints[0].line, 7);
  });
});

describe('debug adapter: stack and sources', () => {
  const frame = (path?: string) => ({
    pc: 0x40000010,
    name: 'main+16',
    certain: true,
    listing: { document: '0x40000000-0x40000fff', line: 9 },
    ...(path !== undefined && { path, line: 5 }),
  });

  async function topFrame(path: string | undefined, files: Record<string, Uint8Array>, breakpointIn?: string) {
    const dap = new Played(
      { stack: () => ({ frames: [frame(path)], total: 1 }), setSourceBreakpoints: () => [] },
      files,
    );
    await dap.launch({ program: '/w/out/a.elf', stopOnEntry: true });
    if (breakpointIn) await dap.ask('setBreakpoints', { source: { path: breakpointIn }, breakpoints: [] });
    const { stackFrames } = await dap.ask('stackTrace', { threadId: 1 });
    return { dap, frame: stackFrames[0] };
  }
  const elf = { '/w/out/a.elf': new Uint8Array(4) };

  it('finds sources beside the image by the end of their path', async () => {
    const { frame: top } = await topFrame('/build/machine/src/a.s', { ...elf, '/w/out/src/a.s': new Uint8Array(0) });
    assert.equal(top.source.path, '/w/out/src/a.s');
    assert.equal(top.line, 5);
    assert.equal(top.instructionPointerReference, '0x40000010');
  });

  it('prefers the file that breakpoints were set in', async () => {
    const { frame: top } = await topFrame('/build/machine/src/a.s', elf, '/elsewhere/src/a.s');
    assert.equal(top.source.path, '/elsewhere/src/a.s');
  });

  it('shows the listing where there is no source, and serves its text', async () => {
    const { dap, frame: top } = await topFrame('/build/machine/src/a.s', elf);
    assert.equal(top.line, 9);
    assert.equal(top.source.name, '0x40000000-0x40000fff.listing');
    dap.worker.answers.listing = () => ({ document: 'd', title: 't', text: '; listing\n' });
    const { content } = await dap.ask('source', { sourceReference: top.source.sourceReference });
    assert.equal(content, '; listing\n');
    assert.deepEqual(dap.worker.asked('listing'), [{ document: '0x40000000-0x40000fff' }]);
  });

  it('gives levels of a deep stack as asked', async () => {
    const frames = Array.from({ length: 30 }, (_, i) => ({ ...frame(), pc: i, certain: i === 0 }));
    const dap = new Played({
      stack: ({ first, count }: { first: number; count: number }) => ({
        frames: frames.slice(first, first + count),
        total: 30,
      }),
    });
    await dap.launch();
    const { stackFrames, totalFrames } = await dap.ask('stackTrace', { threadId: 1, startFrame: 20, levels: 5 });
    assert.equal(totalFrames, 30);
    assert.deepEqual(
      (stackFrames as { id: number }[]).map(({ id }) => id),
      [20, 21, 22, 23, 24],
    );
    assert.equal(stackFrames[0].presentationHint, 'subtle');
  });
});

describe('debug adapter: steps', () => {
  it('go by line where there are lines, by instruction elsewhere or when asked', async () => {
    const dap = new Played({
      stack: () => ({ frames: [{ pc: 0, name: 'a', certain: true, path: 'a.s', line: 3 }], total: 1 }),
    });
    await dap.launch();
    await dap.ask('next', { threadId: 1 });
    await dap.ask('stepIn', { threadId: 1, granularity: 'instruction' });
    dap.worker.answers.stack = () => ({ frames: [{ pc: 0, name: 'a', certain: true }], total: 1 });
    await dap.ask('stepOut', { threadId: 1 });
    assert.deepEqual(dap.worker.asked('step'), [
      { unit: 'line', kind: 'over' },
      { unit: 'instruction', kind: 'in' },
      { unit: 'instruction', kind: 'out' },
    ]);
  });

  it('are told to the client only when it did not ask', async () => {
    const dap = new Played();
    await dap.launch();
    dap.worker.answers.continue = () => {
      dap.worker.emit('continued', {});
    };
    await dap.ask('continue', { threadId: 1 });
    assert.equal(dap.events.filter(({ event }) => event === 'continued').length, 0);
    dap.worker.emit('continued', {});
    assert.equal(dap.events.filter(({ event }) => event === 'continued').length, 1);
  });
});

describe('debug adapter: variables', () => {
  const cpsr = {
    name: 'CPSR',
    value: '0x000001d3',
    writable: true,
    evaluateName: 'cpsr',
    children: [{ name: 'M', value: 'svc', writable: true, evaluateName: 'cpsr.M' }],
  };
  const answers = {
    scopes: () => [{ id: 'core', name: 'Core', expensive: false }],
    variables: () => [
      { name: 'r0', value: '0x00000001', writable: true, evaluateName: 'r0', memoryReference: '0x1' },
      { name: 'MIDR', value: '0x412fc0f1', writable: false, evaluateName: 'MIDR' },
      cpsr,
    ],
    setVariable: () => ({ value: '0x00000002' }),
  };

  it('show scopes, registers and their fields', async () => {
    const dap = new Played(answers);
    await dap.launch();
    const { scopes } = await dap.ask('scopes', { frameId: 0 });
    const { variables } = await dap.ask('variables', { variablesReference: scopes[0].variablesReference });
    assert.deepEqual(dap.worker.asked('variables'), [{ scope: 'core' }]);
    assert.equal(variables[0].memoryReference, '0x1');
    assert.deepEqual(variables[1].presentationHint, { attributes: ['readOnly'] });
    const fields = await dap.ask('variables', { variablesReference: variables[2].variablesReference });
    assert.equal(fields.variables[0].name, 'M');
  });

  it('of unknown names are refused where they were asked for, and nowhere else', async () => {
    const dap = new Played({
      evaluate: () => {
        throw new UserError(203, 'There is no register or symbol "p15".');
      },
    });
    await dap.launch();
    for (const context of ['hover', 'watch', 'repl']) {
      const { success, body } = await dap.respond('evaluate', { expression: 'p15', context });
      assert.equal(success, false);
      assert.equal((body as { error: DebugProtocol.Message }).error.showUser, false, context);
    }
  });

  it('are set by their expression, and the client hears that more may have changed', async () => {
    const dap = new Played(answers);
    await dap.launch(undefined, { supportsInvalidatedEvent: true });
    const { scopes } = await dap.ask('scopes', { frameId: 0 });
    const { variablesReference } = scopes[0];
    const { value } = await dap.ask('setVariable', { variablesReference, name: 'r0', value: '1+1' });
    assert.equal(value, '0x00000002');
    assert.deepEqual(dap.worker.asked('setVariable'), [{ evaluateName: 'r0', expression: '1+1' }]);
    assert.ok(dap.events.some(({ event }) => event === 'invalidated'));
    assert.equal((await dap.refused('setVariable', { variablesReference, name: 'MIDR', value: '0' })).id, 641);
  });

  it('of an edit that leaves the stack as it is do not send the client back to its source', async () => {
    let pc = 0x8000;
    const frame = () => ({ pc, name: 'f', certain: true });
    const dap = new Played({ ...answers, stack: () => ({ frames: [frame(), { ...frame(), pc: 0x9000 }], total: 2 }) });
    await dap.launch(undefined, { supportsInvalidatedEvent: true });
    dap.worker.emit('stopped', { stop: stop('step'), status: STATUS });
    await dap.ask('stackTrace', { threadId: 1 });
    const areas = async (act: () => unknown) => {
      dap.events.length = 0;
      await act();
      return ((await dap.event('invalidated')).body as { areas: string[] }).areas;
    };
    const edit = () => {
      dap.worker.emit('edited', {});
    };
    assert.deepEqual(await areas(edit), ['variables']);
    assert.deepEqual(await areas(() => dap.ask('setExpression', { expression: 'r0', value: '1' })), ['variables']);
    pc = 0x8004;
    assert.deepEqual(await areas(edit), ['variables', 'stacks']);
  });

  it('are set by assignments in the debug console, and only there', async () => {
    const dap = new Played({ ...answers, evaluate: () => ({ value: '1' }) });
    await dap.launch();
    for (const [expression, context] of [
      ['r0 == 5', 'repl'],
      ['r0 >= 5', 'repl'],
      ['r0 = 5', 'watch'],
    ]) {
      await dap.ask('evaluate', { expression, context });
      assert.equal(dap.worker.asked('setVariable').length, 0, expression);
    }
    assert.equal(
      (await dap.ask('evaluate', { expression: '*(u32*)0x40000000 = r1 + 1', context: 'repl' })).result,
      '0x00000002',
    );
    assert.deepEqual(dap.worker.asked('setVariable'), [{ evaluateName: '*(u32*)0x40000000', expression: 'r1 + 1' }]);
  });

  it('are forgotten when the guest runs on', async () => {
    const dap = new Played(answers);
    await dap.launch();
    const { scopes } = await dap.ask('scopes', { frameId: 0 });
    dap.worker.emit('continued', {});
    const { variables } = await dap.ask('variables', { variablesReference: scopes[0].variablesReference });
    assert.deepEqual(variables, []);
  });
});

describe('debug adapter: memory', () => {
  it('reads as far as memory goes', async () => {
    const dap = new Played({
      readMemory: () => Uint8Array.of(1, 2, 255),
      memoryAddress: ({ expression }: { readonly expression: string }) => {
        if (expression !== 'sp') throw new UserError(203, 'There is no register or symbol "there".');
        return 0x4000_1000;
      },
    });
    await dap.launch();
    assert.deepEqual(await dap.ask('readMemory', { memoryReference: '0x40000000', offset: 4, count: 10 }), {
      address: '0x40000004',
      data: 'AQL/',
      unreadableBytes: 7,
    });
    assert.deepEqual(await dap.ask('readMemory', { memoryReference: '0', offset: -4, count: 4 }), {
      address: '0x00000000',
      unreadableBytes: 4,
    });
    assert.equal((await dap.refused('readMemory', { memoryReference: 'there', count: 1 })).id, 640);
    const { address } = await dap.ask('readMemory', { memoryReference: 'sp', offset: 4, count: 1 });
    assert.equal(address, '0x40001004', 'an expression that somebody typed into a memory view');
  });

  it('tells a client that shows memory when that may be another: at stops, and when somebody else changed it', async () => {
    const dap = new Played({ readMemory: () => new Uint8Array(16), writeMemory: () => 4 });
    await dap.launch(undefined, { supportsMemoryEvent: true });
    const heard = () =>
      dap.events.splice(0).flatMap(({ event, body }) => (event === 'memory' ? [body as Record<string, unknown>] : []));
    dap.worker.emit('stopped', { stop: stop('step'), status: STATUS });
    assert.deepEqual(heard(), [], 'it shows none');
    const memoryReference = '0x40000000';
    await dap.ask('readMemory', { memoryReference, count: 16 });
    await dap.ask('readMemory', { memoryReference, offset: 32, count: 8 });
    dap.worker.emit('stopped', { stop: stop('step'), status: STATUS });
    assert.deepEqual(heard(), [{ memoryReference, offset: 0, count: 40 }]);
    dap.worker.emit('edited', {});
    assert.deepEqual(heard(), [{ memoryReference, offset: 0, count: 40 }]);
    await dap.ask('writeMemory', { memoryReference: '0x50000000', data: 'AQIDBA==' });
    assert.deepEqual(heard(), [
      { memoryReference, offset: 0, count: 40 },
      { memoryReference: '0x50000000', offset: 0, count: 4 },
    ]);
  });

  it('writes, and says where it could not', async () => {
    const dap = new Played({ writeMemory: () => 2 });
    await dap.launch();
    const args = { memoryReference: '0x40000000', data: 'AQID' };
    assert.deepEqual(await dap.ask('writeMemory', { ...args, allowPartial: true }), { offset: 0, bytesWritten: 2 });
    const { id, text } = await dap.refused('writeMemory', args);
    assert.equal(id, 642);
    assert.match(text, /0x40000002/);
  });

  it('disassembles exactly as many rows as were asked for', async () => {
    const row = {
      address: 0x40000000,
      isa: 'A32',
      bytes: '00000fe1',
      text: 'mrs r0, apsr',
      planted: 'ef000001',
      symbol: 'main',
    };
    const dap = new Played({ disassemble: () => [row] });
    await dap.launch();
    const { instructions } = await dap.ask('disassemble', { memoryReference: '0x40000000', instructionCount: 3 });
    assert.deepEqual(instructions[0], {
      address: '0x40000000',
      instructionBytes: '00 00 0f e1',
      instruction: 'mrs r0, apsr  ; planted ef000001',
      symbol: 'main',
    });
    assert.deepEqual(
      (instructions as Record<string, string>[])
        .slice(1)
        .map(({ address, presentationHint }) => [address, presentationHint]),
      [
        ['0x40000004', 'invalid'],
        ['0x40000008', 'invalid'],
      ],
    );
  });
});

describe('debug adapter: what the guest says', () => {
  it('a trap stop explains itself', async () => {
    const dap = new Played();
    await dap.launch();
    dap.worker.emit('stopped', { stop: stop('exception', { text: 'Trap: mrs r0, apsr' }), status: STATUS });
    const info = await dap.ask('exceptionInfo', { threadId: 1 });
    assert.deepEqual(info, { exceptionId: 'Trap', description: 'Trap: mrs r0, apsr', breakMode: 'always' });
  });

  it('a dead guest is said to be dead, and stays', async () => {
    const dap = new Played({ stack: () => ({ frames: [], total: 0 }) });
    await dap.launch();
    dap.forget();
    dap.worker.emit('stopped', {
      stop: stop('exception', { text: 'It faults in its vectors.', dead: true }),
      status: STATUS,
    });
    const output = await dap.event('output');
    assert.deepEqual(output.body, { category: 'important', output: 'It faults in its vectors.\n' });
    assert.equal((await dap.event('stopped')).body.reason, 'exception');
    await dap.ask('stackTrace', { threadId: 1 });
  });

  it('the console is output only where no terminal shows it', async () => {
    const bytes = new TextEncoder().encode('hello');
    for (const [hasTerminal, console, count] of [
      [true, 'terminal', 0],
      [true, 'debugConsole', 1],
      [false, 'terminal', 1],
    ] as const) {
      const dap = new Played({}, undefined, { hasTerminal });
      await dap.launch({ program: '/w/a.elf', stopOnEntry: true, console });
      dap.worker.emit('console', { bytes });
      assert.equal(dap.events.filter(({ event, body }) => event === 'output' && body.output === 'hello').length, count);
    }
  });
});
