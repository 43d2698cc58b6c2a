/** The panel "Interrupts" in a real VS Code: it says of a guest what its interrupt controller does, and a line is raised by hand. */
import assert from 'node:assert/strict';
import { runCommand, webviewFrame } from '../../scripts/vscode/workbench.mjs';
import { LOOK_MS, packageExtension, Window } from './window.js';

describe('the panel "Interrupts"', function () {
  this.timeout(90_000);
  let window: Window;

  before(async function () {
    this.timeout(240_000);
    window = await Window.open(await packageExtension());
  });

  after(() => window.close());

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.shot('failed-interrupts');
    assert.deepEqual(await window.errors(), [], 'VS Code shows an error');
  });

  it('shows lines, latency and what happened, and raises a line by hand', async () => {
    const { page } = window;
    await window.start('rtos');
    await window.consoleShows(/rtos/i);
    await runCommand(page, 'Trapline: Show Interrupts');
    const panel = await webviewFrame(page, 'trapline-interrupts');
    await panel.getByText(/^GICv2: \d+ of 288 lines enabled/).waitFor({ timeout: LOOK_MS });
    const timer = panel.getByRole('row', { name: /virtual timer/ });
    await timer.first().waitFor({ timeout: LOOK_MS });
    await panel.getByText('taken by the guest').nth(1).waitFor({ timeout: LOOK_MS });
    await window.shot('interrupts');

    await panel.getByLabel('All lines').check();
    await panel.getByRole('textbox', { name: 'Filter interrupt lines' }).fill('pl011');
    await panel.getByRole('row', { name: /SPI 1/ }).click();
    await panel.getByRole('button', { name: 'Raise…' }).click();
    const asks = panel.getByRole('alertdialog');
    assert.match(
      await asks.innerText(),
      /The input of 33, SPI 1 \(pl011\) goes high at instruction [\d,]+ and stays so until you lower it/,
    );
    await window.shot('interrupts-raise');
    await asks.getByRole('button', { name: 'Raise' }).click();
    await panel.getByRole('row', { name: /by hand/ }).waitFor({ timeout: LOOK_MS });
    await panel.getByRole('button', { name: 'Lower…' }).waitFor({ timeout: LOOK_MS });
    await window.stop();
  });
});
