/** The panel "Interrupts" and the view "Registers" in a real VS Code: what they say of a guest, and what a person does with them. */
import assert from 'node:assert/strict';
import { runCommand } from '../../scripts/vscode/workbench.mjs';
import { describeWindow, lineOf, LOOK_MS } from './window.js';

describeWindow('interrupts and registers in a window', (window) => {
  it('lines are shown with what happened to them, and one is raised by hand', async () => {
    let panel = await window.panel('interrupts');
    await panel.getByText('Start a guest with F5').waitFor({ timeout: LOOK_MS });
    await window.start('rtos');
    await panel.getByText(/^GICv2: \d+ of 288 lines enabled/).waitFor({ timeout: LOOK_MS });
    await panel
      .getByRole('row', { name: /virtual timer/ })
      .first()
      .waitFor({ timeout: LOOK_MS });
    await panel.getByText('taken by the guest').nth(1).waitFor({ timeout: LOOK_MS });
    await window.shot('interrupts');
    // it comes to its end by itself
    await window.toolbar.waitFor({ state: 'hidden', timeout: LOOK_MS });

    await window.start('hello (bare)');
    await window.stopped();
    panel = await window.panel('interrupts');
    await panel.getByText('None of the 288 lines was used yet').waitFor({ timeout: LOOK_MS });
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

  it('registers are shown with their fields, found, set, and marked where they changed', async () => {
    const { page } = window;
    await window.start('hello (bare)');
    await window.stopped();
    await runCommand(page, 'Focus on Registers View');
    // room for more rows
    await page.locator('.pane-header', { hasText: 'Traps' }).click();
    const tree = page.getByRole('tree', { name: /Registers/ });
    const row = (name: RegExp) => tree.getByRole('treeitem', { name });
    await row(/^General, r0 to pc/).waitFor({ timeout: LOOK_MS });
    await window.findRegister('UARTCR', /^UARTCR ?Control Register/);
    const control = row(/^UARTCR, Control Register, 0x00000300/);
    await control.waitFor({ timeout: LOOK_MS });
    await row(/^UARTEN, UART, bits 0, 0 \(off\)/).waitFor({ timeout: LOOK_MS });
    await window.shot('registers');

    // the third instruction switches the UART on
    const start = lineOf('hello/hello.s', /^_start:/);
    for (let line = start; line < start + 3; line++) await window.stepFrom(line);
    await window.stoppedAt(start + 3);
    await row(/^UARTCR, Control Register, 0x00000301, changed, was 0x00000300/).waitFor({ timeout: LOOK_MS });
    await row(/^UARTEN, .*changed, was 0/).waitFor({ timeout: LOOK_MS });
    await window.shot('registers-changed');

    await row(/^LBE, loop-back/).click();
    await page.keyboard.press('F2');
    await window.picks(/on/).first().click();
    await row(/^LBE, loop-back, bits 7, 1 \(on\)/).waitFor({ timeout: LOOK_MS });
    await window.stop();
  });
});
