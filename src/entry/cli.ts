/** The command line: sessions run in this very thread. */
import fs from 'node:fs';
import { main } from '../cli/main.js';
import { PROTOCOL_VERSION } from '../protocol/api.js';
import { SessionClient } from '../protocol/client.js';
import { debugBackend } from '../session/debug-backend.js';
import { openLocal } from '../session/local.js';
import { nodeFiles } from './hosts/node-files.js';
import { besideBundle, nodeHost } from './hosts/node.js';

const MS = 1000;

void main(process.argv.slice(2), {
  files: nodeFiles,
  epoch: () => Math.floor(Date.now() / MS),
  async openSession(texts) {
    const client = new SessionClient(openLocal(nodeHost, debugBackend));
    const disassembler = texts ? await fs.promises.readFile(besideBundle('capstone.wasm')) : undefined;
    await client.request('initialize', { version: PROTOCOL_VERSION, ...(disassembler && { disassembler }) });
    return client;
  },
}).then((code) => {
  // what was written is to be out before the end; standard input may keep the process alive
  process.stdout.write('', () => process.exit(code));
});
