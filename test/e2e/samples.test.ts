/** What a user does on the first day, in a real VS Code with the packaged extension: F5, a breakpoint, the Traps view, a console that takes typing. */
import assert from 'node:assert/strict';
import { expandUntil, openFile, pickFromMenu, runCommand, webviewFrame } from '../../scripts/vscode/workbench.mjs';
import { need, UBOOT } from '../support/tools.js';
import { describeWindow, lineOf, LOOK_MS } from './window.js';

describeWindow('a window with the packaged extension', (window) => {
  it('stops at a breakpoint set by a click, shows where and what, and runs on to the end', async () => {
    const { page } = window;
    await window.breakAt('privilege/privilege.s', lineOf('privilege/privilege.s', /^on_data_abort:/) + 2);
    await window.start('privilege');
    await window.stopped();
    await window.rows('debug-call-stack').filter({ hasText: 'on_data_abort' }).first().waitFor({ timeout: LOOK_MS });
    const variables = window.rows('debug-variables');
    await expandUntil(variables.filter({ hasText: 'Core' }), variables.filter({ hasText: /^r0/ }));
    await window.consoleShows(/user: hello from user mode/);
    await window.shot('breakpoint');
    // a name without a value is no error
    await window.hover('p15', page.locator('.monaco-hover:visible', { hasText: /MRC, MRC2, encoding A1/ }));

    await page.keyboard.press('F5');
    await window.consoleShows(/kernel: bye/);
    await window.toolbar.waitFor({ state: 'hidden', timeout: LOOK_MS });

    const traps = await window.traps();
    for (const cls of ['Status register', 'Exception return', 'System register', 'Device access', 'Interrupt']) {
      await traps.getByText(cls, { exact: true }).first().waitFor({ timeout: LOOK_MS });
    }
    await window.shot('traps');
  });

  it('explains instructions and shows values while the guest is stopped', async () => {
    const { page } = window;
    await window.breakAt('hello/hello.s', lineOf('hello/hello.s', /^ +mrs +r6, cpsr/));
    await window.start('hello');
    await window.stopped();
    const explained = page.locator('.monaco-hover:visible', { hasText: /MRS, encoding A1/ });
    const value = page.locator('.debug-hover-widget:visible');
    await window.hover('mrs', explained);
    assert.equal(await value.count(), 0);
    await window.shot('decode-stopped');
    await window.hover('cpsr', value);
    assert.match(await value.innerText(), /0x[0-9a-f]{8}/);
    assert.equal(await explained.count(), 0, 'one hover at a time');
    await page.keyboard.down('Alt');
    await explained.waitFor({ timeout: LOOK_MS });
    await page.keyboard.up('Alt');
    await window.stop();
  });

  it('explains instructions of an image, by pointer, keyboard and menu', async () => {
    const { page } = window;
    await openFile(page, 'hello/hello.elf');
    const image = await webviewFrame(page, 'trapline-image');
    const row = image.locator('.instruction', { hasText: 'mrs r6, cpsr' });
    const card = image.getByRole('region', { name: 'Decoded word' });
    await row.hover();
    await card.getByText('A32 at 0x40010020: MRS, encoding A1').waitFor({ timeout: LOOK_MS });
    await window.shot('image-hover');
    await image.getByRole('heading', { name: 'hello.elf' }).hover();
    await card.waitFor({ state: 'hidden', timeout: LOOK_MS });

    await row.click();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await card.getByText('MRS, encoding A1').waitFor({ timeout: LOOK_MS });
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'hidden', timeout: LOOK_MS });
    await page.keyboard.press('Control+k');
    await page.keyboard.press('Control+i');
    await card.getByText('MRS, encoding A1').waitFor({ timeout: LOOK_MS });
    await page.keyboard.press('Escape');

    await image.locator('.instruction', { hasText: 'hvc #0' }).click({ button: 'right' });
    await pickFromMenu(page, 'Decode This Word');
    await card.getByText('HVC').first().waitFor({ timeout: LOOK_MS });
    await window.shot('image-menu');
  });

  it('changes the optimisation level while a guest runs', async function () {
    need(this, UBOOT);
    const { page } = window;
    await window.start('U-Boot (Debian)');
    const traps = await window.traps();
    // a terminal that comes up takes the focus, and closes what is to be picked from
    await window.consoleShows(/DRAM:/);
    await window.statusShows('U-Boot (Debian) (hypervised, level 1): ');
    await runCommand(page, 'Trapline: Set Optimisation Level…');
    await window.picks(/^Level 1.*present level.*Indirect branches/).waitFor({ timeout: LOOK_MS });
    for (const level of [0, 1, 2]) await window.picks(new RegExp(`^Level ${level}`)).waitFor({ timeout: LOOK_MS });
    await window.shot('level-pick');
    await window.picks(/^Level 2/).click();
    await window.statusShows('U-Boot (Debian) (hypervised, level 2): ');

    const note = traps.getByText(/^[\d,]+ counted at level 2, not recorded$/);
    await note.waitFor({ timeout: LOOK_MS });
    await window.shot('level-2');
    await traps.getByRole('button', { name: 'Set Level…' }).click();
    await window.picks(/^Level 2.*present level/).waitFor({ timeout: LOOK_MS });
    await window.picks(/^Level 0/).click();
    await window.statusShows('U-Boot (Debian) (hypervised, level 0): ');
    await note.waitFor({ timeout: LOOK_MS });
    await window.stop();
  });

  it("runs Debian's U-Boot under the VMM, takes what is typed, and stops", async function () {
    need(this, UBOOT);
    const { page } = window;
    await window.start('U-Boot (Debian)');
    const traps = await window.traps();
    await window.consoleShows(/Hit any key to stop autoboot/);
    await window.type('\n');
    await window.consoleShows(/=>\s*$/);
    await window.type('version\n');
    await window.consoleShows(/U-Boot 20\d\d\.\d\d[^]*GNU ld/);
    await traps.getByText('System register', { exact: true }).first().waitFor({ timeout: LOOK_MS });
    assert.ok((await traps.getByText(/^mcr |^mrc |^ldr/).count()) > 0, 'the view lists instructions');
    await window.shot('u-boot');

    // a trap leads to its instruction, in a listing
    await traps.getByText(/^ldr /).first().click();
    await page.locator('.tab.active', { hasText: 'listing' }).waitFor({ timeout: LOOK_MS });
    await window.shot('listing');
    await window.stop();
  });
});
