/** The panels MMU and Memory in a real VS Code: what they show of a known guest is what the session says, and what is typed there happens. */
import assert from 'node:assert/strict';
import { runCommand, webviewFrame } from '../../scripts/vscode/workbench.mjs';
import { describeWindow, lineOf, LOOK_MS } from './window.js';

describeWindow('the panels on memory', (window) => {
  before(async () => {
    // where the user program has just touched a page that is not there yet: the kernel's tables are complete, the shadow tables are in use
    await window.breakAt('privilege/privilege.s', lineOf('privilege/privilege.s', /^on_data_abort:/) + 2);
    await window.start('privilege');
    await window.stopped();
  });

  it('MMU: ranges beside the shadow tables, a map, a walk with its fault, the TLB, domains', async () => {
    const mmu = await window.panel('mmu');
    const summary = mmu.getByText(/MMU on, short descriptors · TTBR0 0x4001[0-9a-f]{4} .* the guest is in abt \(PL1\)/);
    await summary.waitFor({ timeout: LOOK_MS });
    const user = mmu.getByRole('row').filter({ hasText: '0x40100000 – 0x401fffff' }).first();
    await user.waitFor({ timeout: LOOK_MS });
    assert.match((await user.innerText()).replace(/\s+/g, ' '), /1 MiB rwx rwx 0x40100000 RAM all all Normal/);
    await window.shot('mmu-ranges');
    const below = mmu.locator('.row', { hasText: 'shadow, user' });
    await user.getByRole('button', { name: 'What is below' }).click();
    await below.first().waitFor({ timeout: LOOK_MS });
    await user.click();
    await window.page.keyboard.press('ArrowLeft');
    await below.first().waitFor({ state: 'detached', timeout: LOOK_MS });
    await window.page.keyboard.press('ArrowRight');
    await below.first().waitFor({ timeout: LOOK_MS });
    await window.shot('mmu-unfolded');

    await mmu.getByRole('tab', { name: 'Map' }).click();
    await mmu.getByRole('heading', { name: 'Shadow tables, user' }).waitFor({ timeout: LOOK_MS });
    await window.shot('mmu-map');

    await mmu.getByRole('tab', { name: 'Translate' }).click();
    await mmu.getByRole('textbox', { name: 'Address' }).fill('0x50000000');
    await mmu.getByLabel('PL0').check();
    await mmu.getByLabel('write', { exact: true }).check();
    await mmu
      .getByText(/Invalid at 0x4001[0-9a-f]{4} \(RAM\): Translation fault, level 2\./)
      .waitFor({ timeout: LOOK_MS });
    await mmu.getByText('DFSR 0x00000807').first().waitFor({ timeout: LOOK_MS });
    await window.shot('mmu-translate');

    await mmu.getByRole('tab', { name: 'TLB' }).click();
    await mmu.getByLabel('Address space').selectOption('kernel');
    await mmu.getByRole('row').filter({ hasText: '0x40010000' }).first().waitFor({ timeout: LOOK_MS });
    await window.shot('mmu-tlb');
    await mmu.getByLabel('Address space').selectOption('guest');

    await mmu.getByRole('tab', { name: 'Registers' }).click();
    await mmu.getByRole('region', { name: 'Domains' }).getByText('client').waitFor({ timeout: LOOK_MS });
    await window.shot('mmu-registers');
  });

  it('Memory: shows bytes and names, takes changes, finds, and says what changed', async () => {
    const { page } = window;
    const memory = await window.panel('memory');
    const go = memory.getByRole('combobox', { name: 'Go to' });
    const status = memory.locator('.status');
    await go.fill('print');
    await go.press('Enter');
    await status.getByText('print', { exact: true }).waitFor({ timeout: LOOK_MS });
    assert.match(await status.innerText(), /^0x4001[0-9a-f]{4} print/);
    await memory.getByLabel('Group').selectOption('4');
    // mov r1, #0x09000000
    await memory.locator('.groups [role=gridcell].cursor', { hasText: /^e3a01409$/ }).waitFor({ timeout: LOOK_MS });
    await window.shot('memory');

    await memory.getByLabel('Group').selectOption('1');
    await go.fill('0x40180000');
    await go.press('Enter');
    await status.getByText('0x40180000').first().waitFor({ timeout: LOOK_MS });
    await memory.getByRole('grid').focus();
    await page.keyboard.type('c0ffee');
    await status.getByText('0x40180003').first().waitFor({ timeout: LOOK_MS });
    await page.keyboard.press('F2');
    await page.keyboard.type('tea');
    await status.getByText('0x40180006').first().waitFor({ timeout: LOOK_MS });
    await memory.locator('.row', { hasText: /0x40180000\s*c0\s*ff\s*ee\s*74\s*65\s*61/ }).waitFor({ timeout: LOOK_MS });
    await memory.locator('.row .fresh', { hasText: /^c0$/ }).waitFor({ state: 'detached', timeout: LOOK_MS });

    await memory.locator('[role=search] select').selectOption('text');
    await memory.getByRole('textbox', { name: 'What to find' }).fill('kernel: bye');
    await memory.getByRole('button', { name: 'Find next' }).click();
    await memory.getByText(/^Found at 0x4001/).waitFor({ timeout: LOOK_MS });
    await memory.locator('.row .found', { hasText: 'k' }).first().waitFor({ timeout: LOOK_MS });

    await memory.getByRole('combobox', { name: 'Space' }).selectOption('physical');
    await go.fill('0x09000000');
    await go.press('Enter');
    await memory.getByText('device pl011: looking does not read it').first().waitFor({ timeout: LOOK_MS });
    await window.shot('memory-device');

    // beside the source, where steps do not hide it
    await runCommand(page, 'View: Move Editor into Right Group');
    await webviewFrame(page, 'trapline-memory');
    const moved = await window.panel('memory');
    // the handler maps the page: a word of the level 2 table changes
    await moved.getByRole('combobox', { name: 'Space' }).selectOption('guest');
    await moved.getByRole('combobox', { name: 'Go to' }).fill('level2');
    await moved.getByRole('combobox', { name: 'Go to' }).press('Enter');
    await moved.locator('.status').getByText('level2', { exact: true }).waitFor({ timeout: LOOK_MS });
    for (let i = 0; i < 40 && (await moved.locator('.groups .since, .groups .fresh').count()) === 0; i++) {
      await page.keyboard.press('F10');
      await page.waitForTimeout(400);
    }
    await moved.locator('.groups .since, .groups .fresh').first().waitFor({ timeout: LOOK_MS });
    await window.shot('memory-changed');
  });
});
