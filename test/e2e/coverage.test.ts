/** Coverage as a user sees it: a guest that counts it ends, Test Coverage comes up, sources have counts, and marks go on and off. */
import { openFile, runCommand } from '../../scripts/vscode/workbench.mjs';
import { describeWindow, LOOK_MS } from './window.js';

describeWindow('coverage in a window', (window) => {
  it('is in Test Coverage and beside the lines of the source', async () => {
    const { page } = window;
    await openFile(page, 'privilege/privilege.s');
    await window.start('privilege (coverage)');
    await window.toolbar.waitFor({ state: 'hidden', timeout: LOOK_MS });
    await runCommand(page, 'Testing: Focus on Test Coverage View');
    await page.locator('.test-coverage-list-item', { hasText: 'privilege.s' }).waitFor({ timeout: LOOK_MS });
    await window.shot('coverage-view');
    await runCommand(page, 'Trapline: Toggle Coverage Marks');
    await window.goToLine(134);
    await window.shot('coverage-marks');
  });
});
