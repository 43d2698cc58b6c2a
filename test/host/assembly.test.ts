/** Assembly files in the editor, and built: in every extension host; where programs can be run, with the GNU toolchain. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { say } from './report.js';
import { fileOf, start, until } from './running.js';

/** Put in by scripts/vscode/host-suite.mjs. */
declare const __CI__: boolean;

/** Whether the extension host is one on Node; its tools are asked below. */
const onNode = (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node !== undefined;

const textOf = (hover: vscode.Hover): string =>
  hover.contents.map((content) => (typeof content === 'string' ? content : content.value)).join('\n');

/** Where a word first stands; `offset` columns behind its beginning. */
function placeOf(document: vscode.TextDocument, word: string | RegExp, offset = 1): vscode.Position {
  const index = document.getText().search(word instanceof RegExp ? word : word.replace(/[.[\]]/g, '\\$&'));
  assert.ok(index >= 0, `${String(word)} is not in ${document.fileName}`);
  return document.positionAt(index + offset);
}

async function ask<T>(
  command: string,
  document: vscode.TextDocument,
  place: vscode.Position,
  ...more: unknown[]
): Promise<T> {
  return vscode.commands.executeCommand<T>(`vscode.execute${command}`, document.uri, place, ...more);
}

describe('assembly in the editor', () => {
  let hello: vscode.TextDocument;
  let privilege: vscode.TextDocument;

  before(async () => {
    hello = await vscode.workspace.openTextDocument(fileOf('hello/hello.s'));
    privilege = await vscode.workspace.openTextDocument(fileOf('privilege/privilege.s'));
    assert.equal(hello.languageId, 'arm-asm');
  });

  it('has an outline', async () => {
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      hello.uri,
    );
    assert.deepEqual(
      symbols.map(({ name }) => name),
      ['UART', 'UARTCR', '.text.start'],
    );
    const labels = symbols[2].children.map(({ name, kind }) => `${name} ${vscode.SymbolKind[kind]}`);
    assert.deepEqual(labels, ['_start Function', 'next Field', 'message Field']);
  });

  it('explains mnemonics and directives, and shows definitions', async () => {
    const said = async (word: string | RegExp, offset?: number): Promise<string> =>
      (await ask<vscode.Hover[]>('HoverProvider', hello, placeOf(hello, word, offset))).map(textOf).join('\n');
    assert.match(await said('strbne'), /\*\*STRB\*\* Stores the low byte[^]*`NE`: executes only if/);
    assert.match(await said('.equ'), /\.equ symbol, expression/);
    assert.match(await said(/=UART/, 2), /\.equ +UART, 0x09000000/);
  });

  it('goes to labels, constants and included files, and finds what uses them', async () => {
    const target = async (document: vscode.TextDocument, word: string | RegExp, offset?: number) => {
      const [found] = await ask<vscode.Location[]>('DefinitionProvider', document, placeOf(document, word, offset));
      return found && `${found.uri.path.split('/').pop()}:${found.range.start.line}`;
    };
    const line = (document: vscode.TextDocument, word: RegExp): number => placeOf(document, word, 0).line;
    assert.equal(await target(hello, /bne {5}next/, 9), `hello.s:${line(hello, /^next:/m)}`);
    assert.equal(await target(privilege, /bne {5}1b/, 9), `privilege.s:${line(privilege, /^1: {6}str/m)}`);
    const uses = await ask<vscode.Location[]>('ReferenceProvider', hello, placeOf(hello, /^message/m));
    assert.equal(uses.length, 2);
    const attack = await vscode.workspace.openTextDocument(fileOf('attacks/mode-user.s'));
    assert.equal(await target(attack, /common\/attack\.s/), 'attack.s:0');
  });

  it('renames labels, and nothing that is no name', async () => {
    const place = placeOf(hello, /^message/m);
    const edit = await ask<vscode.WorkspaceEdit>('DocumentRenameProvider', hello, place, 'greeting');
    assert.deepEqual(
      edit.entries().map(([uri, edits]) => [uri.path.split('/').pop(), edits.length]),
      [['hello.s', 2]],
    );
    const digits = placeOf(privilege, /^1: {6}str/m, 0);
    await assert.rejects(
      Promise.resolve(vscode.commands.executeCommand('vscode.prepareRename', privilege.uri, digits)),
      /digits/,
    );
  });

  it('completes mnemonics, directives and registers', async () => {
    const labels = async (place: vscode.Position): Promise<string[]> => {
      const { items } = await ask<vscode.CompletionList>('CompletionItemProvider', hello, place);
      return items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    const heads = await labels(placeOf(hello, 'strbne', 3));
    assert.ok(heads.includes('strb') && !heads.includes('sp'));
    assert.ok((await labels(placeOf(hello, '.equ', 2))).includes('.global'));
    const operands = await labels(placeOf(hello, /r4, =UART/, 1));
    assert.ok(operands.includes('r5') && operands.includes('message') && !operands.includes('strb'));
  });

  it('shows values beside lines, and those of memory operands, while a guest is stopped', async () => {
    const line = placeOf(hello, 'strbne', 0).line;
    const breakpoint = new vscode.SourceBreakpoint(new vscode.Location(hello.uri, new vscode.Position(line, 0)));
    vscode.debug.addBreakpoints([breakpoint]);
    const run = await start({ type: 'trapline', request: 'launch', name: 'v', program: 'hello/hello.elf' });
    try {
      await run.stopped();
      await until('the session', () => vscode.debug.activeDebugSession !== undefined);
      const all = new vscode.Range(0, 0, hello.lineCount - 1, 0);
      const context = { frameId: 0, stoppedLocation: new vscode.Range(line, 0, line, 10) };
      const values = await vscode.commands.executeCommand<vscode.InlineValueText[]>(
        'vscode.executeInlineValueProvider',
        hello.uri,
        all,
        context,
      );
      const texts = values.map(({ range, text }) => `${range.start.line - line} ${text}`);
      // 'H', the first character
      assert.ok(
        texts.some((text) => /^0 r0 = 0x00000048/.test(text)),
        texts.join('\n'),
      );
      assert.ok(
        texts.some((text) => /^0 r4 = 0x09000000/.test(text)),
        texts.join('\n'),
      );
    } finally {
      vscode.debug.removeBreakpoints([breakpoint]);
      await run.stop();
    }
  });
});

function building(): void {
  const greet = (text: string, body = ''): string => `
        .syntax unified
        .arch   armv7ve
        .global _start
_start: ldr     sp, =__stack_top
        ldr     r4, =0x09000000
        ldr     r0, =0x301
        str     r0, [r4, #0x30]
        adr     r5, text
next:   ldrb    r0, [r5], #1
        cmp     r0, #0
        strbne  r0, [r4]
        bne     next
${body}
        ldr     r0, =0x84000008
        hvc     #0
text:   .asciz  "${text}"
        .balign 4
`;
  const source = () => fileOf('built/greet.s');
  const elf = () => fileOf('built/.trapline/greet.elf');
  const write = (uri: vscode.Uri, text: string): Thenable<void> =>
    vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  const exists = (uri: vscode.Uri): Promise<boolean> =>
    Promise.resolve(vscode.workspace.fs.stat(uri)).then(
      () => true,
      () => false,
    );
  const launch = (more: Record<string, unknown> = {}) =>
    start({ type: 'trapline', request: 'launch', name: 'greet', program: 'built/greet.s', ...more });
  const errors = (uri: vscode.Uri): string[] =>
    vscode.languages.getDiagnostics(uri).map(({ range, message }) => `${range.start.line} ${message}`);

  const raspi1 = { type: 'trapline', file: 'built/greet.s', board: 'raspi1' };
  const wanted = { ...raspi1, args: ['-Wa,--defsym,WANTED=1'] };
  const TASKS = {
    version: '2.0.0',
    tasks: [
      { label: 'plain', type: 'trapline', file: 'built/greet.s' },
      { label: 'unwanted', ...raspi1, output: 'built/mine.elf' },
      { label: 'wanted', ...wanted, output: 'built/mine.elf' },
      { label: 'foreign', ...wanted, output: 'built/foreign.elf' },
    ],
  };

  /** Runs a task of tasks.json. @returns its exit code */
  async function runTask(label: string): Promise<number | undefined> {
    let found: vscode.Task | undefined;
    for (let tries = 0; !found && tries < 50; tries++) {
      found = (await vscode.tasks.fetchTasks()).find(({ name }) => name === label);
      // VS Code takes a moment to notice the file
      if (!found) await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.ok(found, `there is no task ${label}`);
    let code: number | undefined | null = null;
    const listener = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      if (execution.task.name === label) code = exitCode;
    });
    await vscode.tasks.executeTask(found);
    await until('the end of the task', () => code !== null);
    listener.dispose();
    return code ?? undefined;
  }

  before(async function () {
    await write(source(), greet('Built and run.'));
    await write(fileOf('.vscode/tasks.json'), JSON.stringify(TASKS));
    const found = await launch({ name: 'probe', noDebug: true });
    await vscode.commands.executeCommand('notifications.clearAll');
    await found.stop();
    if (found.started) return;
    if (__CI__) throw new Error('there is no toolchain (apt-get install gcc-arm-none-eabi), and CI must have it');
    say('skipped: needs a toolchain (apt-get install gcc-arm-none-eabi)');
    this.skip();
  });

  it('runs what was built, line by line', async () => {
    const run = await launch({ stopOnEntry: true });
    try {
      await run.stopped();
      assert.ok(await exists(elf()));
      const line = greet('')
        .split('\n')
        .findIndex((text) => text.startsWith('_start:'));
      const at = () => vscode.window.activeTextEditor?.selection.active.line;
      await until('the source', () => vscode.window.activeTextEditor?.document.uri.path === source().path);
      await until('the line', () => at() === line);
      await vscode.commands.executeCommand('workbench.action.debug.stepOver');
      await run.stopped(1);
      await until('the next line', () => at() === line + 1);
      await vscode.commands.executeCommand('workbench.action.debug.continue');
      await run.ended();
      assert.match(run.console(), /Built and run\./);
      assert.deepEqual(errors(source()), []);
    } finally {
      await run.stop();
    }
  });

  it('a restart runs what the source says by then', async () => {
    const run = await launch({ stopOnEntry: true });
    try {
      await run.stopped();
      await write(source(), greet('Built anew.'));
      await vscode.commands.executeCommand('workbench.action.debug.restart');
      await run.stopped(1);
      await vscode.commands.executeCommand('workbench.action.debug.continue');
      await run.ended();
      assert.match(run.console(), /Built anew\./);
    } finally {
      await run.stop();
      await write(source(), greet('Built and run.'));
    }
  });

  it('shows what is wrong among the problems, and runs nothing', async () => {
    await write(source(), greet('x', '        nonsense r0'));
    const run = await launch();
    assert.equal(run.started, false);
    await run.stop();
    const line = greet('x', '        nonsense r0')
      .split('\n')
      .findIndex((text) => text.includes('nonsense'));
    assert.deepEqual(errors(source()), [`${line} bad instruction \`nonsense r0'`]);
    await write(source(), greet('Built and run.', '        bl nowhere'));
    assert.equal(await runTask('plain'), 1);
    assert.match(errors(source()).join(), /undefined reference to `nowhere'/);
    await write(source(), greet('Built and run.'));
    assert.equal(await runTask('plain'), 0);
    assert.deepEqual(errors(source()), []);
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  it('says which tool is missing', async () => {
    const settings = vscode.workspace.getConfiguration('trapline.toolchain');
    await settings.update('command', 'no-such-compiler', vscode.ConfigurationTarget.Workspace);
    try {
      const run = await launch();
      assert.equal(run.started, false);
      await run.stop();
      assert.equal(await runTask('plain'), 1);
    } finally {
      await settings.update('command', undefined, vscode.ConfigurationTarget.Workspace);
      await vscode.commands.executeCommand('notifications.clearAll');
    }
    assert.equal(await runTask('plain'), 0);
  });

  it('a task has its board, output and arguments, and leaves the files of others alone', async () => {
    const output = fileOf('built/mine.elf');
    await write(
      source(),
      greet(`Built for a board.`, '        .ifndef WANTED\n        .error "WANTED is missing"\n        .endif'),
    );
    assert.equal(await runTask('unwanted'), 1);
    assert.match(errors(source()).join(), /WANTED is missing/);
    assert.equal(await runTask('wanted'), 0, errors(source()).join());
    // and again: it is ours
    assert.equal(await runTask('wanted'), 0);
    const bytes = await vscode.workspace.fs.readFile(output);
    assert.equal(new DataView(bytes.buffer, bytes.byteOffset).getUint32(24, true), 0x8000, 'the entry of raspi1');
    const foreign = fileOf('built/foreign.elf');
    await write(foreign, 'not ours');
    assert.equal(await runTask('foreign'), 1);
    assert.equal(new TextDecoder().decode(await vscode.workspace.fs.readFile(foreign)), 'not ours');
  });

  after(async () => {
    await vscode.workspace.fs.delete(fileOf('built'), { recursive: true });
    await vscode.workspace.fs.delete(fileOf('.vscode/tasks.json'));
  });
}

describe('building assembly', () => {
  if (onNode) building();
  else
    it('needs a place where programs run, and says so', async () => {
      const run = await start({ type: 'trapline', request: 'launch', name: 'n', program: 'hello/hello.s' });
      assert.equal(run.started, false);
      await run.stop();
      await vscode.commands.executeCommand('notifications.clearAll');
    });
});
