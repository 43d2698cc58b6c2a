/** The panels "Callback Sites" and "Blocks" in a real VS Code, against the same guest stopped at the same place in this process. */
import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { runCommand, webviewFrame } from '../../scripts/vscode/workbench.mjs';
import type { Debugger } from '../../src/debug/api.js';
import { launchSample, stopOf } from '../debug/guests.js';
import { describeWindow, lineOf, LOOK_MS } from './window.js';

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;

/** Inside of the sample's handler of data aborts. */
const LINE = lineOf('privilege/privilege.s', /^on_data_abort:/) + 2;

/** The guest at that line, as F5 brings it there. */
function truth(): Debugger {
  const { guest } = launchSample('privilege', {
    mode: 'hypervised',
    level: 1,
    engine: 'interpreter',
    nsPerInstruction: 64,
  });
  const [breakpoint] = guest.setSourceBreakpoints('privilege.s', [{ line: LINE }]);
  assert.ok(breakpoint.verified);
  guest.continue();
  stopOf(guest);
  return guest;
}

describeWindow('the panels Callback Sites and Blocks', (window) => {
  let guest: Debugger;

  before(() => {
    guest = truth();
  });

  const sitesPanel = (): Promise<Frame> => webviewFrame(window.page, 'trapline-sites');
  const blocksPanel = (): Promise<Frame> => webviewFrame(window.page, 'trapline-blocks');

  it('list the sites of a guest that stands still, with each of them in full', async () => {
    await (await window.panel('sites')).getByText('Start a guest with F5.').waitFor({ timeout: LOOK_MS });
    await window.breakAt('privilege/privilege.s', LINE);
    await window.start('privilege');
    await window.stopped();

    const frame = await window.panel('sites');
    const byHits = { order: 'hits', descending: true, text: '', first: 0, count: 500 } as const;
    const { rows, total } = guest.views.sites(byHits);
    await frame.getByText(`${total} sites`).waitFor({ timeout: LOOK_MS });
    const shown = frame.locator('.body .row');
    for (const [i, { address, symbol = '', text, hits }] of rows.slice(0, 8).entries()) {
      let row = shown.nth(i);
      for (const part of [hex(address), symbol, text, hits === 0 ? '' : hits.toLocaleString('en')])
        row = row.filter({ hasText: part });
      await row.waitFor({ timeout: LOOK_MS });
    }

    const place = rows.findIndex(({ kind, hits }) => kind === 'trap' && hits > 0);
    const site = rows[place];
    await shown.nth(place).click();
    const detail = frame.getByRole('region', { name: `Callback site at ${hex(site.address)}` });
    await detail.waitFor({ timeout: LOOK_MS });
    const context = guest.views.site(site.key)?.context ?? [];
    assert.equal(context.length, 17);
    const words = await detail.innerText();
    for (const { name, value } of context)
      assert.ok(words.includes(`${name.padEnd(5)}${hex(value)}`), `${name} ${hex(value)} in ${words}`);
    await window.shot('sites');

    await frame.getByRole('combobox', { name: 'Class of the sites' }).selectOption(site.cls);
    const { matching } = guest.views.sites({ ...byHits, cls: site.cls });
    await frame.getByText(`${matching} of ${total} sites`).waitFor({ timeout: LOOK_MS });
  });

  it('set breakpoints of VS Code from a row, and compare words side by side', async () => {
    const { page } = window;
    const frame = await sitesPanel();
    await frame.getByRole('combobox', { name: 'Class of the sites' }).selectOption('');
    const row = frame.locator('.body .row[aria-selected="true"]');
    await row.click();
    const address = /0x[0-9a-f]{8}/.exec(await row.innerText())?.[0] ?? '';
    await page.keyboard.press('b');
    await row.locator('.dot.enabled').waitFor({ timeout: LOOK_MS });
    await frame.getByRole('button', { name: 'Disable' }).click();
    await row.locator('.dot.disabled').waitFor({ timeout: LOOK_MS });
    await runCommand(page, 'Run and Debug: Focus on Breakpoints View');
    // the list draws what is seen of it
    await page.keyboard.press('End');
    await page.locator('.debug-breakpoints .monaco-list-row', { hasText: address }).waitFor({ timeout: LOOK_MS });
    await row.click();
    await page.keyboard.press('b');
    await row.locator('.dot.none').waitFor({ state: 'attached', timeout: LOOK_MS });

    await page.keyboard.press('d');
    const sides = page.locator('.monaco-diff-editor .editor.modified');
    await sides.first().waitFor({ timeout: LOOK_MS });
    const planted = page.locator('.monaco-diff-editor .editor.modified .view-line', { hasText: address });
    await planted.filter({ hasText: /svc/ }).waitFor({ timeout: LOOK_MS });
    assert.doesNotMatch(
      await page.locator('.monaco-diff-editor .editor.original .view-line', { hasText: address }).innerText(),
      /svc\s#0x564d4d/,
    );
    await window.shot('sites-compare');
  });

  it('draw the blocks around the PC, and go along their edges by keys', async () => {
    const { page } = window;
    const frame = await window.panel('blocks');
    const {
      graph,
      pcNode,
      pc,
      pcSymbol = '',
    } = guest.views.blocks({
      scope: 'function',
      most: 150,
      known: 0,
      counting: false,
    });
    assert.ok(graph);
    const at = [...graph.nodes, ...graph.stubs].find(({ id }) => id === pcNode);
    assert.ok(at);
    await frame.getByText(`PC ${hex(pc)} ${pcSymbol}`).waitFor({ timeout: LOOK_MS });
    await frame.getByText(`${graph.nodes.length} blocks`, { exact: true }).waitFor({ timeout: LOOK_MS });
    const surface = frame.getByRole('application');
    await surface.focus();
    await page.keyboard.press('Home');
    const [first] = graph.nodes;
    const pane = frame.getByRole('region', { name: 'Selected block' });
    await pane.getByRole('heading', { name: hex(first.address) }).waitFor({ timeout: LOOK_MS });
    for (const { text } of first.lines) await pane.getByText(text).first().waitFor({ timeout: LOOK_MS });
    await window.shot('blocks');

    const out = graph.edges.filter(({ from }) => from === first.id);
    assert.ok(out.length > 0);
    await surface.focus();
    await page.keyboard.press('1');
    const target = [...graph.nodes, ...graph.stubs].find(({ id }) => id === out[0].to);
    if (target?.address !== undefined)
      await pane.getByRole('heading', { name: hex(target.address) }).waitFor({ timeout: LOOK_MS });
    assert.match(await frame.locator('.said').innerText(), /\S/, 'said for who cannot see it');

    await frame.getByRole('button', { name: 'List', exact: true }).click();
    const grid = frame.getByRole('grid', { name: 'Blocks' });
    assert.equal(Number(await grid.getAttribute('aria-rowcount')), graph.nodes.length + 1);
    await window.shot('blocks-list');
    await frame.getByRole('button', { name: 'List', exact: true }).click();
  });

  it('find code by its text, and count executions', async () => {
    const { page } = window;
    const frame = await blocksPanel();
    const { found } = guest.views.findCode({ text: 'mrc', from: 0, most: 100 });
    const field = frame.getByRole('combobox', { name: 'Go to symbol, address or instruction' });
    await field.fill('mrc');
    const options = frame.getByRole('option', { name: /^mrc/ });
    await options.nth(found.length - 1).waitFor({ timeout: LOOK_MS });
    assert.equal(await options.count(), found.length);
    const wanted = await options.first().innerText();
    await page.keyboard.press('Enter');
    const address = /0x[0-9a-f]{8}/.exec(wanted)?.[0] ?? '';
    const pane = frame.getByRole('region', { name: 'Selected block' });
    await pane.getByRole('button', { name: address.slice(2) }).waitFor({ timeout: LOOK_MS });
    await frame.getByRole('button', { name: 'Count' }).click();
    await frame.getByText(/^Executions since instruction/).waitFor({ timeout: LOOK_MS });
    await frame.getByRole('slider', { name: 'Analysed memory, by page' }).focus();
    await page.keyboard.press('Home');
    await window.shot('blocks-found');
    await window.stop();
  });
});
