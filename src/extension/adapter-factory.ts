/** Gives each debug session an adapter that runs in the extension host and talks to a worker of its own. */
import * as vscode from 'vscode';
import { FileProblem } from '../protocol/prepare.js';
import type { Builder } from './build/builder.js';
import { fileExists, hasDirectory, readFile, writeFile } from './files.js';
import { documentOf, listingName } from './listing-documents.js';
import type { Platform } from './platform.js';
import { mainImage, type Sessions } from './sessions.js';

const MS = 1000;

export class AdapterFactory implements vscode.DebugAdapterDescriptorFactory {
  constructor(
    private readonly platform: Platform,
    private readonly sessions: Sessions,
    private readonly builder: Builder,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  async createDebugAdapterDescriptor(session: vscode.DebugSession): Promise<vscode.DebugAdapterDescriptor> {
    const image = mainImage(session.configuration);
    const adapter = await this.platform.createAdapter({
      files: { read: (name) => this.read(name), write: writeFile, hasDirectory, exists: fileExists },
      openSession: (trace) => this.sessions.open(session, trace),
      closeSession: (client) => {
        this.sessions.close(client);
      },
      listings: {
        nameOf: (document) => listingName(image, document),
        documentOf: (path) => documentOf(image, path),
      },
      hasTerminal: true,
      epoch: () => Math.floor(Date.now() / MS),
      reportBug: (detail) => {
        this.log.error(`${session.name}: ${detail}`);
      },
    });
    return new vscode.DebugAdapterInlineImplementation(adapter);
  }

  /** Reads a file; an image that was built here is brought up to date, so that a restart runs what the source says now. */
  private async read(name: string): Promise<Uint8Array> {
    try {
      await this.builder.refresh(name);
    } catch (error) {
      throw new FileProblem(false, error instanceof Error ? error.message : String(error));
    }
    return readFile(name);
  }
}
