/**
 * "Decode this word" in the editor: hovers over words and instructions of assembly files and listings, and a command. A worker of its own explains
 * words and the code of images; the code of a guest is explained by the guest's.
 */
import * as vscode from 'vscode';
import type { SessionClient } from '../protocol/client.js';
import { parseWord } from '../protocol/decoded-input.js';
import { decodedMarkdown, decodedText } from '../protocol/decoded-text.js';
import type { DecodedWord, WordPlace, WordRequest } from '../protocol/decoded.js';
import { BUILD_FOLDER } from './build/builder.js';
import { hasInstruction, wordInAssembly, wordInListing } from './decode-lines.js';
import { baseName, nameOf, readFile } from './files.js';
import { findImages } from './images.js';
import { documentOf, LISTING_SCHEME } from './listing-documents.js';
import type { Sessions } from './sessions.js';

/** Documents that show what the command found. */
export const WORD_SCHEME = 'trapline-word';
export const DECODED_LANGUAGES: readonly string[] = ['arm-asm', 'trapline-listing', 'arm', 'asm'];
/** Images that are looked into for the code of a source file. */
const MOST_IMAGES = 8;

/** Explains words and images without a guest, in a worker that starts when it is first asked. */
class DecodeWorker implements vscode.Disposable {
  private client: Promise<SessionClient> | undefined;
  /** The image that the worker has open, and when it was written. */
  private open = '';
  /** One question after the other: the worker has one image open at a time. */
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly sessions: Sessions) {}

  private worker(): Promise<SessionClient> {
    if (!this.client) {
      this.client = this.sessions.openWorker();
      this.client.catch(() => {
        this.client = undefined;
      });
    }
    return this.client;
  }

  async decode(request: WordRequest): Promise<DecodedWord> {
    return (await this.worker()).request('decode', request);
  }

  /** What an image has at a place. */
  decodeIn(image: vscode.Uri, place: WordPlace): Promise<readonly DecodedWord[]> {
    const answer = this.queue.then(() => this.ask(image, place));
    this.queue = answer.catch(() => undefined);
    return answer;
  }

  private async ask(image: vscode.Uri, place: WordPlace): Promise<readonly DecodedWord[]> {
    const client = await this.worker();
    const { mtime } = await vscode.workspace.fs.stat(image);
    const version = `${mtime} ${image.toString()}`;
    if (this.open !== version) {
      this.open = '';
      await client.request('inspect', { file: { name: baseName(image.path), bytes: await readFile(nameOf(image)) } });
      this.open = version;
    }
    return client.request('decodeAt', place);
  }

  dispose(): void {
    this.client?.then(
      (client) => {
        client.close();
      },
      () => undefined,
    );
  }
}

export class WordDecoder implements vscode.HoverProvider, vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly worker: DecodeWorker;

  constructor(private readonly sessions: Sessions) {
    this.worker = new DecodeWorker(sessions);
  }

  async provideHover(
    document: vscode.TextDocument,
    { line, character }: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const text = document.lineAt(line).text;
    const inListing = document.uri.scheme === LISTING_SCHEME;
    const found = inListing
      ? wordInListing(text, character)
      : wordInAssembly((at) => document.lineAt(at).text, line, character);
    if (found) {
      const { start, end, address, request } = found;
      const range = new vscode.Range(line, start, line, end);
      const words =
        address === undefined ? [await this.worker.decode(request)] : await this.listed(document.uri, address, request);
      return hover(words, range);
    }
    if (inListing || !hasInstruction(text) || token.isCancellationRequested) return undefined;
    return hover(await this.ofLine(document, line + 1), undefined);
  }

  /** The guest knows the instruction set for certain; without one the listing's text has to do. */
  private async listed(listing: vscode.Uri, address: number, request: WordRequest): Promise<readonly DecodedWord[]> {
    const { active } = this.sessions;
    const isIts = active !== undefined && documentOf(active.image, listing.toString()) !== undefined;
    const words = isIts ? await quietly(active.client.request('decodeAt', { address })) : [];
    return words.length > 0 ? words : [await this.worker.decode(request)];
  }

  /** The code of a source line: in the guest that runs, else in an image that was made from the file. */
  private async ofLine(document: vscode.TextDocument, line: number): Promise<readonly DecodedWord[]> {
    // the lines of an image are those of the file that it was made from
    if (document.isDirty) return [];
    const place = { path: nameOf(document.uri), line };
    const { active } = this.sessions;
    // the image of a guest that has ended may have been made anew since
    if (active && !this.sessions.hasEnded(active)) {
      const running = await quietly(active.client.request('decodeAt', place));
      if (running.length > 0) return running;
    }
    const beside = await imagesBeside(document.uri);
    const found = await this.ofImages(beside, place);
    if (found.length > 0) return found;
    const others = await findImages(vscode.workspace.getWorkspaceFolder(document.uri));
    const seen = new Set(beside.map(String));
    return this.ofImages(
      others.filter((uri) => !seen.has(String(uri))),
      place,
    );
  }

  private async ofImages(images: readonly vscode.Uri[], place: WordPlace): Promise<readonly DecodedWord[]> {
    for (const image of images.slice(0, MOST_IMAGES)) {
      const words = await quietly(this.worker.decodeIn(image, place));
      if (words.length > 0) return words;
    }
    return [];
  }

  // The command

  /** Explains a word: the argument, or the selected one, or one that the user types. */
  async decodeWord(argument?: unknown): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const selected =
      typeof argument === 'string' ? argument : (editor?.document.getText(editor.selection).trim() ?? '');
    const words = readings(selected).length > 0 ? selected : await askForWord();
    if (words === undefined) return;
    const uri = vscode.Uri.from({ scheme: WORD_SCHEME, path: `/${words.replace(/[\s,]+/g, '_')}` });
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  async provideTextDocumentContent({ path }: vscode.Uri): Promise<string> {
    const text = path.slice(1).replace(/_/g, ' ');
    const decoded = await Promise.all(readings(text).map((request) => this.worker.decode(request)));
    return decoded.map(decodedText).join('\n');
  }

  dispose(): void {
    this.worker.dispose();
  }
}

/** What a word may be: four digits are Thumb; eight are ARM, and Thumb as well if their first half says so. */
function readings(text: string): WordRequest[] {
  return [false, true].flatMap((thumb) => parseWord(text, thumb, '').request ?? []);
}

/** Why a text is no word of either instruction set. */
function problemOf(text: string): string | undefined {
  if (readings(text).length > 0) return undefined;
  const isHalf = /^(?:0x)?[0-9a-f]{4}$/i.test(text.trim());
  return parseWord(text, isHalf, '').problem;
}

async function askForWord(): Promise<string | undefined> {
  return vscode.window.showInputBox({
    prompt: 'Instruction word: four digits for Thumb, eight for ARM or 32-bit Thumb',
    placeHolder: '0xe1a0f00e',
    validateInput: (text) => (text === '' ? undefined : problemOf(text)),
  });
}

function hover(words: readonly DecodedWord[], range: vscode.Range | undefined): vscode.Hover | undefined {
  if (words.length === 0) return undefined;
  const markdown = new vscode.MarkdownString(words.map(decodedMarkdown).join('\n\n---\n\n'));
  return range ? new vscode.Hover(markdown, range) : new vscode.Hover(markdown);
}

/** A hover has no place for errors: what cannot be asked has no answer. */
async function quietly(answer: Promise<readonly DecodedWord[]>): Promise<readonly DecodedWord[]> {
  try {
    return await answer;
  } catch {
    return [];
  }
}

/** The ELF files that were built from a source file's folder, or lie in it; also where a workspace cannot be searched. */
async function imagesBeside(source: vscode.Uri): Promise<vscode.Uri[]> {
  const folder = vscode.Uri.joinPath(source, '..');
  return [...(await imagesIn(vscode.Uri.joinPath(folder, BUILD_FOLDER))), ...(await imagesIn(folder))];
}

async function imagesIn(folder: vscode.Uri): Promise<vscode.Uri[]> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(folder);
    const names = entries.filter(([name, type]) => name.endsWith('.elf') && (type & vscode.FileType.File) !== 0);
    return names.map(([name]) => vscode.Uri.joinPath(folder, name));
  } catch {
    // no folder, or a document that is in none
    return [];
  }
}
