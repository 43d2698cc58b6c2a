/** "Decode this word" in the editor: hovers over assembly and listings, with and without a guest, and the command. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { api, fileOf, start, until } from './running.js';

/** What the hover over the first `needle` of a document says: at its last character. */
async function hoverOver(document: vscode.TextDocument, needle: string): Promise<string> {
  const at = document.getText().indexOf(needle);
  assert.ok(at >= 0, `${document.uri.toString()} has no ${needle}:\n${document.getText()}`);
  const position = document.positionAt(at + needle.length - 1);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    position,
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (typeof content === 'string' ? content : content.value))
    .join('\n');
}

/**
 * A document of the test's own. Not an untitled one with text: VS Code shows such a one by itself, 800 ms after it was made, in whatever test that is.
 */
function documentWith(name: string, text: string): PromiseLike<vscode.TextDocument> {
  texts.set(name, text);
  return vscode.workspace.openTextDocument(vscode.Uri.from({ scheme: TEXT_SCHEME, path: `/${name}` }));
}
const TEXT_SCHEME = 'decode-test';
const texts = new Map<string, string>();

describe('decode this word', () => {
  let provider: vscode.Disposable;

  before(async () => {
    provider = vscode.workspace.registerTextDocumentContentProvider(TEXT_SCHEME, {
      provideTextDocumentContent: ({ path }) => texts.get(path.slice(1)),
    });
    await api();
  });
  after(() => {
    provider.dispose();
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('explains a word in assembly', async () => {
    const text = '  .inst 0xe1a0f00e\n  .thumb\n  .inst 0xb672\n  ldr r0, =0x09000000\n';
    const document = await documentWith('words.s', text);
    assert.match(await hoverOver(document, '0xe1a0f00e'), /mov pc, lr[^]*MOV \(register, ARM\), encoding A1 pc/);
    assert.match(await hoverOver(document, '0xb672'), /cpsid i[^]*\*\*Sensitive:\*\*/);
    assert.equal(await hoverOver(document, '0x09000000'), '');
  });

  it('explains an instruction of a source file by the image that was made from it', async () => {
    const document = await vscode.workspace.openTextDocument(fileOf('hello/hello.s'));
    const said = await hoverOver(document, 'mrs     r6, cpsr');
    assert.match(said, /mrs r6, cpsr[^]*A32 at 0x40010020: MRS, encoding A1[^]*\*\*Sensitive:\*\*/);
    assert.ok(!/encoding|0x/.test(await hoverOver(document, '.asciz')), 'data are no instruction');
  });

  it('explains code of the guest that runs: in its source, and in a listing its word and the planted one', async () => {
    const run = await start({
      type: 'trapline',
      request: 'launch',
      name: 'decode',
      program: 'hello/hello.elf',
      stopOnEntry: true,
    });
    try {
      await run.stopped();
      const source = await vscode.workspace.openTextDocument(fileOf('hello/hello.s'));
      assert.match(await hoverOver(source, 'mrs     r6, cpsr'), /A32 at 0x40010020, cortex-a15: MRS/);
      const client = (await api()).activeClient();
      const [frame] = (await client?.request('stack', { first: 0, count: 1 }))?.frames ?? [];
      assert.ok(frame?.listing);
      const uri = vscode.Uri.parse(`trapline-listing:/hello.elf/${frame.listing.document}.listing`);
      const listing = await vscode.workspace.openTextDocument(uri);
      assert.match(await hoverOver(listing, 'e10f6000'), /A32 at 0x40010020, cortex-a15: MRS/);
      assert.match(await hoverOver(listing, '00 60 0f e1'), /A32 at 0x40010020, cortex-a15: MRS/);
      assert.match(await hoverOver(listing, 'e10f6000  mrs r6'), /A32 at 0x40010020, cortex-a15: MRS/);
      assert.equal(await hoverOver(listing, '_start:'), '');
    } finally {
      await run.stop();
    }
  });

  it('has a command, for the selected word or a given one', async () => {
    const shown = (): string | undefined => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.uri.scheme === 'trapline-word' ? document.getText() : undefined;
    };
    const document = await documentWith('question.txt', 'what is 0xe10f0000 here?');
    const selection = new vscode.Range(0, 8, 0, 18);
    await vscode.window.showTextDocument(document, { selection });
    await until('the selected word', () => {
      const active = vscode.window.activeTextEditor;
      return active?.document === document && active.selection.isEqual(selection);
    });
    await vscode.commands.executeCommand('trapline.decodeWord');
    const text = await until('the text', shown);
    assert.match(text, /^0xe10f0000 {2}mrs r0, cpsr\n {2}A32: MRS, encoding A1/);
    assert.ok(!text.includes('T32'), 'a branch of 16 bits begins like this');
    await vscode.commands.executeCommand('trapline.decodeWord', 'f3ef 8000');
    const both = await until('both readings', () => {
      const now = shown();
      return now?.startsWith('0xf3ef8000') === true && now;
    });
    assert.match(both, / {2}A32: [^]*\n0xf3ef8000 {2}mrs r0, cpsr\n {2}T32: MRS, encoding T1/);
  });
});
