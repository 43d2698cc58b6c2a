/** The adapter as other editors run it: the bundle of src/entry/adapter-server.ts in a process of its own, DAP on its stdio. */
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as esbuild from 'esbuild';
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** Bundles the server and its worker into a temporary folder. */
export async function buildAdapter(): Promise<{ script: string; remove: () => void }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-adapter-'));
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['src/entry/adapter-server.ts', 'src/entry/worker.ts'],
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    define: { 'import.meta.url': '"file:///trapline"' },
    logLevel: 'error',
  });
  fs.copyFileSync(path.join(root, 'node_modules/capstone-wasm/dist/capstone.wasm'), path.join(folder, 'capstone.wasm'));
  return {
    script: path.join(folder, 'adapter-server.js'),
    remove: () => {
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const sample = (name: string): string => path.join(root, 'samples', name);

/** The number of the only line of a sample's source that matches: sources may grow comments. */
export function lineOf(file: string, pattern: RegExp): number {
  const lines = fs.readFileSync(sample(file), 'utf8').split('\n');
  const found = lines.flatMap((line, i) => (pattern.test(line) ? [i + 1] : []));
  assert.equal(found.length, 1, `${file} has ${found.length} lines with ${String(pattern)}`);
  return found[0];
}

/** A client that keeps what the guest wrote, and knows the usual sequences. */
export class AdapterClient extends DebugClient {
  console = '';
  private gone = false;

  static async begin(script: string): Promise<AdapterClient> {
    const client = new AdapterClient('node', script, 'trapline');
    client.defaultTimeout = 10_000;
    await client.start();
    client.on('output', ({ body }: DebugProtocol.OutputEvent) => {
      if (body.category === 'stdout') client.console += body.output;
    });
    return client;
  }

  /** Launches; `configure` sets breakpoints while the adapter waits for them. */
  async launched(
    args: Record<string, unknown>,
    configure: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<void> {
    await this.initializeRequest({
      adapterID: 'trapline',
      pathFormat: 'path',
      linesStartAt1: true,
      columnsStartAt1: true,
      supportsInvalidatedEvent: true,
    });
    const launch = this.launchRequest(args);
    // a refused launch never says `initialized`
    await Promise.race([this.waitForEvent('initialized'), launch]);
    await configure();
    await this.configurationDoneRequest();
    await launch;
  }

  /** Does something, and waits for the stop that follows. */
  async stopAfter(action: () => Promise<unknown>): Promise<DebugProtocol.StoppedEvent['body']> {
    const [event] = await Promise.all([this.waitForEvent('stopped'), action()]);
    return (event as DebugProtocol.StoppedEvent).body;
  }

  /** Sends the adapter's process a signal; resolves when it has ended. */
  killed(signal: NodeJS.Signals): Promise<void> {
    // the base class keeps its process to itself
    const adapter = (this as unknown as { readonly _adapterProcess: ChildProcess })._adapterProcess;
    return new Promise((resolve) => {
      adapter.once('exit', () => {
        this.gone = true;
        resolve();
      });
      adapter.kill(signal);
    });
  }

  override stop(): Promise<void> {
    // nobody is left to answer
    return this.gone ? Promise.resolve() : super.stop();
  }

  async top(): Promise<DebugProtocol.StackFrame> {
    const { body } = await this.stackTraceRequest({ threadId: 1 });
    return body.stackFrames[0];
  }

  async scope(name: string): Promise<DebugProtocol.Variable[]> {
    const { scopes } = (await this.scopesRequest({ frameId: 0 })).body;
    const scope = scopes.find((candidate) => candidate.name === name);
    assert.ok(scope, `no scope ${name} among ${scopes.map((s) => s.name).join(', ')}`);
    return (await this.variablesRequest({ variablesReference: scope.variablesReference })).body.variables;
  }

  async value(expression: string): Promise<string> {
    return (await this.evaluateRequest({ expression, context: 'watch' })).body.result;
  }

  async request<T>(command: string, args: unknown): Promise<T> {
    return (await this.customRequest(command, args)).body as T;
  }
}
