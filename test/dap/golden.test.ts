/**
 * A whole session on hello as a transcript: what the client asks, what comes back, what is said unasked. `ACCEPT=1` writes the golden file; a
 * difference leaves what came as `hello.actual.txt` beside it.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { AdapterClient, buildAdapter, lineOf, sample } from './adapter-process.js';

const golden = path.join(import.meta.dirname, 'golden/hello.txt');
const actual = golden.replace(/\.txt$/, '.actual.txt');
const samples = path.dirname(path.dirname(sample('hello/hello.elf')));

/** Requests whose answers are long lists of what other tests look at. */
const BRIEF = new Set(['initialize']);

describe('debug adapter: transcript', function () {
  this.timeout(30_000);

  it('of hello, hypervised, is the golden one', async () => {
    const { script, remove } = await buildAdapter();
    const dc = await AdapterClient.begin(script);
    const lines: string[] = [];
    const write = (mark: string, name: string, body: unknown): void => {
      const text = JSON.stringify(body ?? {}, null, 1).replace(/\s*\n\s*/g, ' ');
      lines.push(`${mark} ${name} ${text.split(samples).join('$SAMPLES')}`);
    };
    // events are written where they belong: after the answer to the request that made them
    let heard: DebugProtocol.Event[] = [];
    for (const name of [
      'initialized',
      'stopped',
      'continued',
      'output',
      'exited',
      'terminated',
      'breakpoint',
      'invalidated',
    ]) {
      dc.on(name, (event: DebugProtocol.Event) => {
        heard.push(event);
      });
    }
    /** How the guest's console is cut into events is a matter of time: pieces that follow each other are one. */
    const flush = (): void => {
      for (const [i, { event, body }] of heard.entries()) {
        const next = heard[i + 1];
        const goesOn = event === 'output' && next?.event === 'output' && next.body.category === body.category;
        if (goesOn) next.body.output = `${body.output}${next.body.output}`;
        else write('!', event, body);
      }
      heard = [];
    };
    const until = async (name: string): Promise<void> => {
      if (!heard.some(({ event }) => event === name)) await dc.waitForEvent(name);
      flush();
    };
    const ask = async (command: string, args: unknown = {}): Promise<DebugProtocol.Response> => {
      write('>', command, args);
      const response = await dc.customRequest(command, args);
      write('<', command, BRIEF.has(command) ? {} : response.body);
      return response;
    };
    try {
      await ask('initialize', {
        adapterID: 'trapline',
        pathFormat: 'path',
        linesStartAt1: true,
        columnsStartAt1: true,
      });
      const program = sample('hello/hello.elf');
      write('>', 'launch', { program, stopOnEntry: true });
      const launched = dc.customRequest('launch', { program, stopOnEntry: true });
      await until('initialized');
      const line = lineOf('hello/hello.s', /^ +mrs/);
      await ask('setBreakpoints', { source: { path: sample('hello/hello.s') }, breakpoints: [{ line }] });
      await ask('configurationDone');
      await launched;
      await until('stopped');
      await ask('threads');
      await ask('stackTrace', { threadId: 1 });
      const { body } = await ask('scopes', { frameId: 0 });
      const [core] = (body as DebugProtocol.ScopesResponse['body']).scopes;
      await ask('variables', { variablesReference: core.variablesReference });
      await ask('next', { threadId: 1 });
      await until('stopped');
      await ask('evaluate', { expression: 'r4', context: 'hover' });
      await ask('setExpression', { expression: 'r7', value: '7' });
      await ask('disassemble', { memoryReference: '0x40010000', instructionCount: 3 });
      await ask('readMemory', { memoryReference: '0x40010000', count: 8 });
      await ask('continue', { threadId: 1 });
      await until('stopped');
      await ask('evaluate', { expression: 'no_such_symbol', context: 'watch' }).catch((error: Error) => {
        write('<', 'evaluate', { error: error.message });
      });
      await ask('continue', { threadId: 1 });
      await until('terminated');
      await ask('disconnect');
    } finally {
      await dc.stop();
      remove();
    }
    const text = `${lines.join('\n')}\n`;
    if (process.env.ACCEPT === '1') fs.writeFileSync(golden, text);
    const wanted = fs.existsSync(golden) ? fs.readFileSync(golden, 'utf8') : '';
    if (text !== wanted) fs.writeFileSync(actual, text);
    else fs.rmSync(actual, { force: true });
    assert.equal(text, wanted);
  });
});
