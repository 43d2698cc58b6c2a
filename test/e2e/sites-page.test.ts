/** The page of the panel "Callback Sites" in a browser without VS Code, on a session that takes its time to answer. */
import assert from 'node:assert/strict';
import type { SessionClient } from '../../src/protocol/client.js';
import type { StatusInfo } from '../../src/protocol/model.js';
import type { SiteInfo, SitePage, SiteQuery } from '../../src/protocol/views/sites.js';
import { openPanel } from '../support/panel-page.js';

const SITES = 200;
const status: StatusInfo = {
  state: 'stopped',
  instructions: 1,
  virtualTime: 64,
  mips: 0,
  mode: 'hypervised',
  level: 1,
  cpu: 'Cortex-A15',
  cpuMode: 'svc',
};

const site = (key: number): SiteInfo => ({
  key,
  address: 0x8000 + 4 * key,
  isa: 'A32',
  text: 'mrs r0, cpsr',
  original: 'e10f0000',
  planted: 'ef564d4d',
  kind: 'trap',
  cls: 'status-read',
  hits: SITES - key,
  verdicts: { allow: 0, emulate: SITES - key, inject: 0, deny: 0 },
  lastTrap: 0,
  breakpoint: false,
});

describe('the page of Callback Sites', function () {
  this.timeout(60_000);

  it('asks for no empty page while it has not drawn a row yet: its rows would go blank', async () => {
    const asked: SiteQuery[] = [];
    const answer = async (method: string, params: unknown): Promise<unknown> => {
      if (method === 'status') return status;
      const query = params as SiteQuery;
      asked.push(query);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const rows = Array.from({ length: query.count }, (_, i) => site(query.first + i));
      return { rows, matching: SITES, total: SITES, row: -1, key: -1, pending: 0 } satisfies SitePage;
    };
    const client = { request: answer, on: () => () => undefined } as unknown as SessionClient;
    const { page, close } = await openPanel('sites', client);
    try {
      await page.getByText(`${SITES} sites`).waitFor();
      await page.locator('.body .row').nth(20).filter({ hasText: '0x00008050' }).waitFor();
      assert.deepEqual(
        asked.filter(({ count }) => count === 0),
        [],
      );
    } finally {
      await close();
    }
  });
});
