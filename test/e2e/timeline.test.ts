/** The panel "Trap Timeline" in a real VS Code, against the same guest run in this process. */
import assert from 'node:assert/strict';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { webviewFrame } from '../../scripts/vscode/workbench.mjs';
import { launchSample, settle } from '../debug/guests.js';
import { describeWindow, LOOK_MS } from './window.js';
import type { TimelineRow } from '../../src/protocol/views/timeline.js';

/** What the sample `privilege` traps at, as F5 runs it. */
function truth(): readonly TimelineRow[] {
  const { guest } = launchSample('privilege', {
    mode: 'hypervised',
    level: 1,
    engine: 'interpreter',
    nsPerInstruction: 64,
  });
  guest.views.keepHistory(true);
  guest.continue();
  assert.equal(settle(guest, 20_000_000).kind, 'exited');
  const all = { start: 0, end: Infinity, hidden: [], count: 4096 };
  const rows: TimelineRow[] = [];
  for (let total = 1; rows.length < total;) {
    const page = guest.views.timelineRows({ ...all, first: rows.length });
    rows.push(...page.rows);
    total = page.total;
  }
  return rows;
}

describeWindow('the panel Trap Timeline', (window) => {
  let rows: readonly TimelineRow[];

  before(() => {
    rows = truth();
  });

  const panel = (): Promise<Frame> => webviewFrame(window.page, 'trapline-timeline');
  const row = (frame: Frame, index: number) => frame.locator(`#row-${index}`);
  const chart = (frame: Frame) => frame.getByRole('application');

  /** Waits until the table has this many rows. */
  const counts = (frame: Frame, count: number) =>
    frame.getByText(`: ${count.toLocaleString('en')} ${count === 1 ? 'trap' : 'traps'}`).waitFor({ timeout: LOOK_MS });

  it('says what will appear, and shows a whole run as it was', async () => {
    const { page } = window;
    const frame = await window.panel('timeline');
    await frame.getByText('Start a guest with F5.').waitFor({ timeout: LOOK_MS });
    await window.launch('privilege');
    await counts(frame, rows.length);
    // a run that goes on may be read at its end
    await frame.getByRole('grid').focus();
    await page.keyboard.press('Home');
    await row(frame, 3).filter({ hasText: rows[3].text }).waitFor({ timeout: LOOK_MS });
    const shown = await row(frame, 3).innerText();
    for (const text of [rows[3].text, rows[3].symbol ?? '', rows[3].verdict]) assert.ok(shown.includes(text), shown);
    // classes are counted in words
    const device = rows.filter(({ cls }) => cls === 'device').length;
    await frame.getByRole('button', { name: `Device access ${device}` }).waitFor({ timeout: LOOK_MS });
    await window.shot('timeline');
  });

  it('zooms by keys, hides a class, and goes from trap to trap', async () => {
    const { page } = window;
    const frame = await panel();
    await frame.getByRole('button', { name: /^Device access/ }).click();
    const visible = rows.filter(({ cls }) => cls !== 'device');
    await counts(frame, visible.length);
    await frame.getByRole('button', { name: /^Device access/ }).click();
    await counts(frame, rows.length);

    await chart(frame).focus();
    await page.keyboard.press('.');
    await frame.getByRole('heading', { name: 'Trap 1:' }).waitFor({ timeout: LOOK_MS });
    await page.keyboard.press('.');
    const heading = frame.getByRole('heading', { name: `Trap 2: ${rows[1].text}` });
    await heading.waitFor({ timeout: LOOK_MS });
    await frame.getByText('What the arbiter did').waitFor();
    assert.equal(await row(frame, 1).getAttribute('aria-selected'), 'true');
    for (let i = 0; i < 12; i++) await page.keyboard.press('+');
    await frame.locator('.area[aria-label^="Timeline"]').waitFor();
    await page.keyboard.press('0');
    await counts(frame, rows.length);
  });

  it('writes the traps to a file that Perfetto can read', async () => {
    const { folder } = window;
    const frame = await panel();
    await frame.getByRole('button', { name: /^Export/ }).click();
    await window.picks(/^Chrome trace/).click();
    const file = path.join(folder, 'privilege-traps.json');
    interface Trace {
      readonly traceEvents: { ph: string; ts: number; args: { sequence: number; instruction: string } }[];
    }
    const trace = await window.saveAs('Export Traps', file, (text) => JSON.parse(text) as Trace);
    const marks = trace.traceEvents.filter(({ ph }) => ph === 'i');
    assert.deepEqual(
      marks.map(({ ts, args }) => [args.sequence, ts, args.instruction]),
      rows.map(({ sequence, time, text }) => [sequence, time / 1000, text]),
    );
  });

  it('is where the Traps view leads to, and stops the guest at a trap next time', async () => {
    const { page } = window;
    const traps = await window.traps();
    await traps.getByText('hvc #0').first().click();
    await page.locator('.tab.active', { hasText: 'listing' }).waitFor({ timeout: LOOK_MS });
    await traps.locator('.row[aria-selected="true"]').getByTitle('Show in the timeline (t)').click();
    const frame = await panel();
    const last = rows.filter(({ text }) => text.startsWith('hvc')).at(-1);
    assert.ok(last);
    await frame
      .getByRole('heading', { name: `Trap ${last.sequence.toLocaleString('en')}: ${last.text}` })
      .waitFor({ timeout: LOOK_MS });
    await frame.getByText(/firmware answered/).waitFor({ timeout: LOOK_MS });
    await window.shot('timeline-trap');
    await frame.getByRole('button', { name: 'Stop Here Next Time' }).click();
    await window.start('privilege');
    await window.stopped();
    await page.keyboard.press('Control+Shift+d');
    const symbol = (last.symbol ?? '').replace(/\+.*/, '');
    await window.rows('debug-call-stack').filter({ hasText: symbol }).first().waitFor({ timeout: LOOK_MS });
    await window.shot('timeline-stopped');
    await window.stop();
  });
});
