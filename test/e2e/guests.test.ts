/**
 * Every view on real guests, rtos with its interrupts and Debian's U-Boot: a guest is stopped at an address in a real VS Code and in this process, and
 * what each view says of the one is held against the other.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { runCommand } from '../../scripts/vscode/workbench.mjs';
import type { Debugger } from '../../src/debug/api.js';
import type { LaunchOptions } from '../../src/protocol/model.js';
import { root } from '../debug/builds.js';
import { file, launch, stopOf } from '../debug/guests.js';
import { need, UBOOT } from '../support/tools.js';
import { describeWindow, LOOK_MS } from './window.js';

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;
const full = (value: number): string => value.toLocaleString('en');

interface Subject {
  readonly name: string;
  readonly needs?: string;
  /** Of launch.json, beside what is the same for both. */
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly options: () => Partial<LaunchOptions>;
  /** It is stopped here: at a function, or where it is after so many instructions. */
  readonly at: string | number;
}

const SUBJECTS: readonly Subject[] = [
  {
    name: 'rtos',
    configuration: { program: '${workspaceFolder}/rtos/rtos-virt.elf', semihosting: true },
    options: () => ({ program: file(path.join(root, 'samples/rtos/rtos-virt.elf')), semihosting: true }),
    // when interrupts have come for a while
    at: 'task_end',
  },
  {
    name: 'U-Boot',
    needs: UBOOT,
    configuration: { bios: UBOOT },
    options: () => ({ bios: file(UBOOT) }),
    at: 20_000_000,
  },
];

/** The guest as F5 launches it. */
function launchHere({ options }: Subject): Debugger {
  const { guest } = launch({
    mode: 'hypervised',
    level: 1,
    engine: 'interpreter',
    memory: 128 << 20,
    nsPerInstruction: 64,
    ...options(),
  });
  guest.views.keepHistory(true);
  return guest;
}

/** Where the guest is to be stopped. */
function placeOf(subject: Subject): number {
  const { at } = subject;
  const scout = launchHere(subject);
  if (typeof at === 'string') return scout.symbols(at, 50).filter(({ name }) => name === at)[0].address;
  scout.continue();
  assert.equal(scout.run(at, Infinity).kind, 'running');
  return scout.pc();
}

/** The guest stopped at an address. */
function truth(subject: Subject, address: number): Debugger {
  const guest = launchHere(subject);
  guest.setInstructionBreakpoints([{ address }]);
  guest.views.interrupts({ all: false, after: 0, maximum: 1 });
  guest.continue();
  stopOf(guest, 100_000_000);
  return guest;
}

describeWindow('the views on real guests', (window) => {
  let follows = false;

  before(() => {
    const configurations = SUBJECTS.map(({ name, configuration }) => ({
      ...{ type: 'trapline', request: 'launch', name: `${name}, at its entry`, stopOnEntry: true },
      ...configuration,
    }));
    fs.writeFileSync(path.join(window.folder, '.vscode/launch.json'), JSON.stringify({ configurations }));
  });

  for (const subject of SUBJECTS) {
    describe(subject.name, () => {
      let guest: Debugger;
      let address: number;

      before(function () {
        if (subject.needs) need(this, subject.needs);
        address = placeOf(subject);
        guest = truth(subject, address);
      });

      // whatever failed: the next guest needs the window
      after(() => window.stop());

      it('stops at an address, and the listing shows the instruction', async () => {
        const { page } = window;
        // from now on all traps are kept
        await window.panel('timeline');
        await window.panel('interrupts');
        await window.start(`${subject.name}, at its entry`);
        await window.stopped();
        if (!follows) await runCommand(page, 'Trapline: Follow PC in Listing');
        follows = true;
        await runCommand(page, 'Trapline: Break at Address…');
        await page.getByPlaceholder('0x40008000').fill(hex(address));
        await page.keyboard.press('Enter');
        await page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: LOOK_MS });
        await page.keyboard.press('F5');
        const [frame] = guest.stack(1);
        const frames = window.rows('debug-call-stack').filter({ hasText: frame.name });
        await runCommand(page, 'Run and Debug: Focus on Call Stack View');
        await frames.first().waitFor({ timeout: LOOK_MS });
        const [{ text }] = guest.disassemble(address, 0, 1);
        const line = page.locator('.view-line', { hasText: address.toString(16) }).filter({ hasText: text });
        await line.first().waitFor({ timeout: LOOK_MS });
        await window.shot(`guests-${subject.name}`);
      });

      it('Trap Timeline: all traps', async () => {
        const { rows, total } = guest.views.timelineRows({ start: 0, end: Infinity, hidden: [], first: 0, count: 8 });
        const frame = await window.panel('timeline');
        await frame.getByText(`: ${full(total)} traps`).waitFor({ timeout: LOOK_MS });
        await frame.getByRole('grid').focus();
        await window.page.keyboard.press('Home');
        for (const [i, { text, verdict }] of rows.entries())
          await frame.locator(`#row-${i}`).filter({ hasText: text }).filter({ hasText: verdict }).waitFor();
      });

      it('Callback Sites: the busiest', async () => {
        const frame = await window.panel('sites');
        const query = { order: 'hits', descending: true, text: '', first: 0, count: 5 } as const;
        const { rows, total } = guest.views.sites(query);
        await frame.getByText(`${full(total)} sites`).waitFor({ timeout: LOOK_MS });
        for (const [i, { address, text, hits }] of rows.entries()) {
          let row = frame.locator('.body .row').nth(i);
          for (const part of [hex(address), text, full(hits)]) row = row.filter({ hasText: part });
          await row.waitFor({ timeout: LOOK_MS });
        }
      });

      it('Blocks: the graph around the PC', async () => {
        const frame = await window.panel('blocks');
        const query = { scope: 'function', most: 150, known: 0, counting: false } as const;
        let answer = guest.views.blocks(query);
        // a large question is answered in parts
        while (answer.more) answer = guest.views.blocks(query);
        const { graph, pc, pcScanned } = answer;
        assert.ok(graph);
        const pcShown = frame.getByText(`PC ${hex(pc)}`);
        await pcShown.waitFor({ timeout: LOOK_MS });
        assert.equal(/not scanned yet/.test(await pcShown.innerText()), !pcScanned);
        const { length } = graph.nodes;
        const blocks = `${length} ${length === 1 ? 'block' : 'blocks'}`;
        await frame.getByText(blocks, { exact: true }).waitFor({ timeout: LOOK_MS });
      });

      it('MMU: ranges with what they allow', async () => {
        const frame = await window.panel('mmu');
        const { ranges } = guest.views.mmu.ranges({ space: 'guest', first: 0, end: 2 ** 32, contiguous: false });
        for (const { address, length, PL1, target } of ranges.slice(0, 8)) {
          let row = frame.getByRole('row').filter({ hasText: `${hex(address)} – ${hex(address + length - 1)}` });
          for (const part of [PL1, target]) row = row.filter({ hasText: part });
          await row.first().waitFor({ timeout: LOOK_MS });
        }
      });

      it('Memory: the bytes at the PC', async () => {
        const frame = await window.panel('memory');
        const go = frame.getByRole('combobox', { name: 'Go to' });
        await go.fill(hex(guest.pc()));
        await go.press('Enter');
        const bytes = [...guest.readMemory(guest.pc(), 4)].map((byte) => byte.toString(16).padStart(2, '0'));
        await frame.locator('.groups [role=gridcell].cursor', { hasText: bytes[0] }).waitFor({ timeout: LOOK_MS });
        await frame
          .locator('.row', { hasText: new RegExp(bytes.join('\\s*')) })
          .first()
          .waitFor({ timeout: LOOK_MS });
      });

      it('Interrupts: lines, and how often they were acknowledged', async () => {
        const frame = await window.panel('interrupts');
        const { lines } = guest.views.interrupts({ all: true, after: 0, maximum: 1 });
        const enabled = lines.filter((line) => line.enabled).length;
        await frame.getByText(`GICv2: ${enabled} of ${lines.length} lines enabled`).waitFor({ timeout: LOOK_MS });
        for (const { label, acknowledged } of lines.filter((line) => line.acknowledged > 0)) {
          const row = frame
            .getByRole('row')
            .filter({ hasText: label })
            .filter({ hasText: full(acknowledged) });
          await row.first().waitFor({ timeout: LOOK_MS });
        }
      });

      it('Registers: of the processor and of the system', async () => {
        const { page } = window;
        await runCommand(page, 'Focus on Registers View');
        for (const name of ['SCTLR', 'TTBR0', 'VBAR']) {
          const found = guest.views.registerNames().find((register) => register.name === name);
          assert.ok(found, name);
          const { title, value = '' } = guest.views.register(found.id);
          await window.findRegister(name, new RegExp(`^${name} ?${title}`));
          const item = page
            .getByRole('tree', { name: /Registers/ })
            .getByRole('treeitem', { name: `${name}, ${title}, ${value}` });
          await item.first().waitFor({ timeout: LOOK_MS });
        }
        await window.shot(`guests-${subject.name}-registers`);
      });
    });
  }
});
