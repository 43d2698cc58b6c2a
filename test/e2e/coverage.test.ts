/** Coverage as a user sees it: a guest that counts it ends, Test Coverage comes up, sources have counts, and marks go on and off. */
import { openFile, runCommand } from '../../scripts/vscode/workbench.mjs';
import { describeWindow } from './window.js';

describeWindow('coverage in a window', (window) => {
  it('is in Test Coverage and beside the lines of the source', async () => {
    const { page } = window;
    await openFile(page, 'privilege/privilege.s');
    await window.cover('privilege (coverage)', 'privilege.s');
    await window.shot('coverage-view');
    await runCommand(page, 'Trapline: Toggle Coverage Marks');
    await window.goToLine(134);
    await window.shot('coverage-marks');
  });
});
