/** A kernel and its user program debugged through VS Code's own commands and the adapter's answers: samples/privilege, in every extension host. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { fileOf, start, until } from './running.js';

interface Variable {
  readonly name: string;
  readonly value: string;
  readonly variablesReference: number;
}
interface Frame {
  readonly id: number;
  readonly name: string;
  readonly line: number;
  readonly instructionPointerReference: string;
  readonly source?: { readonly path: string };
}

type Run = Awaited<ReturnType<typeof start>>;

const privilege = (more: Record<string, unknown> = {}): Promise<Run> =>
  start({ type: 'trapline', request: 'launch', name: 'p', program: 'privilege/privilege.elf', ...more });

/** The line, from 0, of the first match in a file of the samples. */
async function lineOf(file: string, what: RegExp): Promise<number> {
  const text = (await vscode.workspace.openTextDocument(fileOf(file))).getText();
  const line = text.split('\n').findIndex((candidate) => what.test(candidate));
  assert.ok(line >= 0, `${file} has no ${String(what)}`);
  return line;
}

const frames = async (run: Run): Promise<readonly Frame[]> =>
  (await run.ask<{ stackFrames: Frame[] }>('stackTrace', { threadId: 1 })).stackFrames;
const value = async (run: Run, expression: string): Promise<string> =>
  (await run.ask<{ result: string }>('evaluate', { expression, context: 'watch' })).result;

async function scope(run: Run, name: string): Promise<readonly Variable[]> {
  const { scopes } = await run.ask<{ scopes: Variable[] }>('scopes', { frameId: 0 });
  const found = scopes.find((candidate) => candidate.name === name);
  assert.ok(found, `no scope ${name} among ${scopes.map((candidate) => candidate.name).join(', ')}`);
  return (await run.ask<{ variables: Variable[] }>('variables', { variablesReference: found.variablesReference }))
    .variables;
}

/** Runs with these breakpoints, and takes them away again. */
async function withBreakpoints(breakpoints: vscode.Breakpoint[], body: () => Promise<void>): Promise<void> {
  vscode.debug.addBreakpoints(breakpoints);
  try {
    await body();
  } finally {
    vscode.debug.removeBreakpoints(breakpoints);
  }
}

async function step(run: Run, command: string): Promise<void> {
  const before = run.stops();
  await vscode.commands.executeCommand(`workbench.action.debug.${command}`);
  await run.stopped(before);
}

describe('debugging a kernel and its user program', () => {
  for (const mode of ['hypervised', 'bare']) {
    it(`${mode}: a breakpoint in the fault handler shows what the guest believes`, async () => {
      const source = fileOf('privilege/privilege.s');
      const line = (await lineOf('privilege/privilege.s', /^on_data_abort:/)) + 4;
      const breakpoint = new vscode.SourceBreakpoint(new vscode.Location(source, new vscode.Position(line, 0)));
      await withBreakpoints([breakpoint], async () => {
        const run = await privilege({ mode });
        try {
          assert.equal((await run.stopped())?.reason, 'breakpoint');
          const [top] = await frames(run);
          assert.match(top.name, /^on_data_abort/);
          assert.equal(top.line, line + 1);
          const core = await scope(run, 'Core');
          assert.match(
            core.find(({ name }) => name === 'r0')?.value ?? '',
            /^0x50000000/,
            'DFAR, as the handler read it',
          );
          assert.match((await scope(run, 'CPSR fields')).find(({ name }) => name === 'M')?.value ?? '', /abt/);
          const against = await scope(run, 'Virtual against real').catch(() => undefined);
          if (mode === 'bare') assert.equal(against, undefined, 'there is nothing virtual about a bare guest');
          else assert.match(against?.find(({ name }) => name === 'mode')?.value ?? '', /abt, really usr/);
          assert.match(await value(run, 'r0 == 0x50000000'), /^1\b/);
          assert.match(await value(run, '*(u32*)pc'), /^0x/);
        } finally {
          await run.stop();
        }
      });
    });
  }

  it('user code in Thumb: a function breakpoint, steps, registers and memory set', async () => {
    await withBreakpoints([new vscode.FunctionBreakpoint('user_main')], async () => {
      const run = await privilege();
      try {
        assert.equal((await run.stopped())?.reason, 'function breakpoint');
        const [top] = await frames(run);
        assert.match(top.name, /^user_main/);
        const fields = await scope(run, 'CPSR fields');
        assert.match(fields.find(({ name }) => name === 'T')?.value ?? '', /Thumb/);
        assert.match(fields.find(({ name }) => name === 'M')?.value ?? '', /usr/);
        await step(run, 'stepOver');
        assert.equal((await frames(run))[0].line, top.line + 1);
        assert.match(await value(run, 'r0'), /<greeting>/);

        const { memoryReference } = await run.ask<{ memoryReference: string }>('evaluate', {
          expression: 'greeting',
          context: 'repl',
        });
        const { data } = await run.ask<{ data: string }>('readMemory', { memoryReference, offset: 0, count: 4 });
        assert.equal(atob(data), 'user');
        await run.ask('writeMemory', { memoryReference, offset: 0, data: btoa('USER') });
        await run.ask('setExpression', { expression: 'r4', value: '0x1234' });
        assert.match(await value(run, 'r4'), /^0x00001234/);
        await vscode.commands.executeCommand('workbench.action.debug.continue');
        await run.ended();
        assert.match(run.console(), /USER: hello from user mode/);
        assert.match(run.console(), /kernel: bye/);
      } finally {
        await run.stop();
      }
    });
  });

  it('steps by instruction through a trap, which is one instruction', async () => {
    const run = await start({
      type: 'trapline',
      request: 'launch',
      name: 's',
      program: 'hello/hello.elf',
      stopOnEntry: true,
    });
    try {
      await run.stopped();
      const mrs = (await lineOf('hello/hello.s', /mrs +r6/)) + 1;
      const before = run.stops();
      await run.ask('setFunctionBreakpoints', { breakpoints: [{ name: '0x40010020' }] });
      await vscode.commands.executeCommand('workbench.action.debug.continue');
      await run.stopped(before);
      assert.equal((await frames(run))[0].line, mrs);
      await run.ask('next', { threadId: 1, granularity: 'instruction' });
      await run.stopped(before + 1);
      assert.equal((await frames(run))[0].line, mrs + 1);
      assert.match(await value(run, 'r6 & 0x1f'), /^0x00000013/, 'the guest reads the mode that it believes to be in');
      const { instructions } = await run.ask<{ instructions: { address: string; instruction: string }[] }>(
        'disassemble',
        { memoryReference: '0x40010020', instructionOffset: -1, instructionCount: 3 },
      );
      assert.equal(instructions.length, 3);
      assert.match(instructions[1].instruction, /^mrs r6, .*planted ef/);
    } finally {
      await run.stop();
    }
  });

  it('pauses at a class of traps, restarts, and stops', async () => {
    const run = await privilege({ stopOnEntry: true });
    try {
      await run.stopped();
      await run.ask('setExceptionBreakpoints', { filters: ['interrupt'] });
      await vscode.commands.executeCommand('workbench.action.debug.continue');
      const stop = await run.stopped(1);
      assert.equal(stop?.reason, 'exception');
      assert.ok(run.console().length > 0);
      const heard = run.console().length;
      const stops = run.stops();
      await vscode.commands.executeCommand('workbench.action.debug.restart');
      assert.equal((await run.stopped(stops))?.reason, 'entry');
      await run.ask('setExceptionBreakpoints', { filters: [] });
      await vscode.commands.executeCommand('workbench.action.debug.continue');
      await run.ended();
      assert.match(run.console().slice(heard), /kernel: MMU on[^]*kernel: bye/);
    } finally {
      await run.stop();
    }
    await until('the end of the session', () => vscode.debug.activeDebugSession === undefined);
  });

  it('a guest that cannot go on can still be looked at', async () => {
    const run = await privilege({ stopOnEntry: true });
    try {
      await run.stopped();
      // into the unknown, where the vectors are erased flash
      await run.ask('setExpression', { expression: 'pc', value: '0x70000000' });
      await vscode.commands.executeCommand('workbench.action.debug.continue');
      const stop = await run.stopped(1);
      assert.equal(stop?.reason, 'exception');
      assert.match(String(stop?.text), /^The guest .*\.$/);
      assert.ok((await scope(run, 'Core')).length > 15);
      assert.ok((await frames(run)).length > 0);
    } finally {
      await run.stop();
    }
  });
});
