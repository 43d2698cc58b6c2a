/** An assembly file and nothing else, in a real VS Code with the packaged extension: F5 without a launch.json builds it and steps through it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { openFile } from '../../scripts/vscode/workbench.mjs';
import { describeWindow, LOOK_MS, type Window } from './window.js';

const program = (body: string): string => `@ first: says hello
        .syntax unified
        .arch   armv7ve
        .equ    UART, 0x09000000        @ the serial port

        .macro  off                     @ leaves the board
        ldr     r0, =0x84000008
        hvc     #0
        .endm

        .text
        .global _start
_start: ldr     sp, =__stack_top
        ldr     r4, =UART
        ldr     r0, =0x301
        str     r0, [r4, #0x30]
        adr     r5, text
next:   ldrb    r0, [r5], #1
        cmp     r0, #0
        strbne  r0, [r4]
        bne     next
${body}
        off
text:   .asciz  "Built by F5."
        .balign 4
`;

const tests = (window: Window): void => {
  before(() => {
    fs.rmSync(path.join(window.folder, '.vscode'), { recursive: true });
    fs.mkdirSync(path.join(window.folder, 'first'));
    fs.writeFileSync(path.join(window.folder, 'first/first.s'), program(''));
  });

  const lineOf = (text: string): number =>
    program('')
      .split('\n')
      .findIndex((line) => line.includes(text)) + 1;

  it('is built by F5, stepped through, and shows values beside its lines', async () => {
    const { page } = window;
    await window.breakAt('first/first.s', lineOf('strbne'));
    await page.locator('.editor-instance .view-line', { hasText: 'strbne' }).first().click();
    await page.keyboard.press('F5');
    await window.stopped();
    const line = (text: string) => page.locator('.editor-instance .view-line', { hasText: text }).first();
    await line('strbne').getByText('r0 = 0x00000042').waitFor({ timeout: LOOK_MS });
    await line('strbne').getByText('r4 = 0x09000000').waitFor({ timeout: LOOK_MS });
    await line('[r5], #1').getByText('r5 = ').waitFor({ timeout: LOOK_MS });
    await window.shot('assembly-values');
    // the memory that r5 points to by now: the second character
    await line('ldrb').getByText('[', { exact: true }).hover();
    const memory = page.locator('.debug-hover-widget:visible');
    await memory.waitFor({ timeout: LOOK_MS });
    assert.match(await memory.innerText(), /0x75/);
    await window.shot('assembly-hover');
    await window.stop();
    assert.deepEqual(fs.readdirSync(path.join(window.folder, 'first/.trapline')).sort(), ['.gitignore', 'first.elf']);
  });

  it('explains what it is made of', async () => {
    const { page } = window;
    await openFile(page, 'first/first.s');
    await window.hover('strbne', page.locator('.monaco-hover:visible', { hasText: 'Stores the low byte' }));
    await window.shot('assembly-mnemonic');
    await window.hover('.macro', page.locator('.monaco-hover:visible', { hasText: 'Begins a macro' }));
    await window.hover('text', page.locator('.monaco-hover:visible', { hasText: 'Built by F5.' }));
  });

  it('has its errors among the problems', async () => {
    const { page } = window;
    fs.writeFileSync(path.join(window.folder, 'first/first.s'), program('        nonsense r0'));
    await openFile(page, 'first/first.s');
    await page.locator('.editor-instance .view-line', { hasText: 'nonsense' }).first().click();
    await page.keyboard.press('F5');
    const message = page.locator('.notification-list-item', { hasText: 'first.s has errors: bad instruction' });
    await message.waitFor({ timeout: LOOK_MS });
    await window.shot('assembly-error');
    await message.getByRole('button', { name: 'Show Problems' }).click();
    await page
      .locator('.markers-panel .monaco-list-row', { hasText: 'bad instruction' })
      .first()
      .waitFor({ timeout: LOOK_MS });
    await page.locator('.editor-instance .squiggly-error').first().waitFor({ state: 'attached', timeout: LOOK_MS });
    await window.shot('assembly-problems');
  });
};

describeWindow('an assembly file in a window', tests, ['arm-none-eabi-gcc']);
