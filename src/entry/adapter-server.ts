/** The debug adapter on its own, for other editors and for tests: DAP on stdio, the guest in a worker thread. */
import fs from 'node:fs/promises';
import { TraplineSession } from '../dap/session.js';
import { PROTOCOL_VERSION } from '../protocol/api.js';
import { SessionClient } from '../protocol/client.js';
import { nodeFiles } from './hosts/node-files.js';
import { besideBundle, spawnNodeWorker } from './hosts/node.js';

const MS = 1000;

const adapter = new TraplineSession({
  files: nodeFiles,
  hasTerminal: false,
  closeSession: (client) => {
    client.close();
  },
  epoch: () => Math.floor(Date.now() / MS),
  reportBug: (detail) => {
    process.stderr.write(`${detail}\n`);
  },
  async openSession(trace) {
    const client = new SessionClient(spawnNodeWorker(besideBundle('worker.js')));
    if (trace) {
      client.trace = (direction, message) => {
        process.stderr.write(`${direction} ${JSON.stringify(message)}\n`);
      };
    }
    const disassembler = await fs.readFile(besideBundle('capstone.wasm'));
    await client.request('initialize', { version: PROTOCOL_VERSION, disassembler });
    return client;
  },
});
process.on('SIGTERM', () => {
  adapter.shutdown();
});
adapter.start(process.stdin, process.stdout);
