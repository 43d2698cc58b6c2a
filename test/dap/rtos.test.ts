/** The sample rtos under the debugger: C sources, kernel and tasks in different address spaces, on both boards. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import assert from 'node:assert/strict';
import { AdapterClient, buildAdapter, lineOf, sample } from './adapter-process.js';

const FIB = 'rtos/user/fib.c';
const MAIN = 'rtos/user/main.c';
const SCHEDULER = 'rtos/kernel/scheduler.c';

describe('debug adapter on the sample rtos', function () {
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

  const breakAt = (file: string, ...lines: number[]) =>
    dc.setBreakpointsRequest({ source: { path: sample(file) }, breakpoints: lines.map((line) => ({ line })) });

  const frames = async (): Promise<DebugProtocol.StackFrame[]> =>
    (await dc.stackTraceRequest({ threadId: 1 })).body.stackFrames;

  for (const board of ['virt', 'raspi1']) {
    for (const mode of ['bare', 'hypervised']) {
      describe(`${board}, ${mode}`, () => {
        const launch = (append: string) => ({
          program: sample(`rtos/rtos-${board}.elf`),
          board,
          mode,
          append,
          semihosting: true,
        });

        it("stops in a task's source, with the calls that led there", async () => {
          const line = lineOf(FIB, /return n < 2/);
          const stop = await dc.stopAfter(() => dc.launched(launch('fib rounds=1'), () => breakAt(FIB, line)));
          assert.equal(stop.reason, 'breakpoint');
          const stack = await frames();
          assert.equal(stack[0].source?.path, sample(FIB));
          assert.equal(stack[0].line, line);
          const names = stack.map(({ name }) => name.replace(/[ +].*/, ''));
          assert.deepEqual(names.slice(0, 2), ['fibonacci', 'fib_round']);
          assert.ok(names.includes('bench_task'), names.join());
          assert.match(await dc.value('r0'), /^(0x0*14|20)\b/);
        });

        it('stops in the kernel, and then in a task', async () => {
          const line = lineOf(SCHEDULER, /space_switch\(&next->space\)/);
          await dc.stopAfter(() => dc.launched(launch('demo'), () => breakAt(SCHEDULER, line)));
          const [top] = await frames();
          assert.equal(top.source?.path, sample(SCHEDULER));
          assert.equal(top.line, line);
          await breakAt(SCHEDULER);
          const end = lineOf(MAIN, /print\("rtos: /);
          await breakAt(MAIN, end);
          await dc.stopAfter(() => dc.continueRequest({ threadId: 1 }));
          const [inTask] = await frames();
          assert.equal(inTask.source?.path, sample(MAIN));
          assert.equal(inTask.line, end);
          assert.match(inTask.name, /^main/);
        });
      });
    }
  }
});
