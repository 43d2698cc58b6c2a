/** `npm run verify:attacks`: the attack suite, with docs/attacks.md: each attack, what hardware does, and what was seen. */
import fs from 'node:fs';
import path from 'node:path';
import { isMainThread } from 'node:worker_threads';
import * as prettier from 'prettier';
import { inRepo } from '../../scripts/lib/repo.mjs';
import { attacksFolder } from '../../scripts/lib/attacks.mjs';
import { wayName } from '../support/guest.js';
import {
  allAttacks,
  ATTACK_WAYS,
  attackElf,
  HELD,
  readAttack,
  runAttack,
  runOnQemu,
  type Attack,
  type Outcome,
} from '../transparency/attacks.js';
import { oracleVersion, verification, type Findings } from './evidence.js';
import { serveTasks, shareTasks } from './pool.js';

const PAGE = inRepo('docs/attacks.md');

/** What the words before the first hyphen of a name stand for, in the order of the page. */
const KINDS: Readonly<Record<string, string>> = {
  mode: 'Seeing the real mode',
  words: 'Reading what is planted',
  jump: 'Jumping into patched and unanalysed code',
  write: 'Writing to analysed code',
  alias: 'Aliasing pages',
  return: 'Forging exception returns',
  escape: 'Escaping by odd instructions',
  pages: 'Page tables that point elsewhere',
  dma: 'Devices that reach memory',
  starve: 'Starving interrupts',
  exhaust: 'Exhausting the VMM',
  raspi1: 'On the first Raspberry Pi',
};

interface Seen {
  readonly ours: Outcome | string;
  /** QEMU's verdict; undefined where it is not asked. */
  readonly qemu: string | undefined;
}

function work(name: string): Seen {
  const attack = readAttack(name);
  const qemu = attack.unjudged === undefined ? runOnQemu(attack, path.join(attacksFolder, `${name}.elf`)) : undefined;
  try {
    return { ours: runAttack(attack, attackElf(name), ATTACK_WAYS), qemu };
  } catch (error) {
    return { ours: (error as Error).message.split('\n').slice(0, 3).join(' '), qemu };
  }
}

function row(attack: Attack, { ours, qemu }: Seen): string[] {
  const { name, tries, hardware, denied, unjudged } = attack;
  const expected = hardware + (denied.length === 0 ? '' : ` Denied with records: ${denied.join(', ')}.`);
  const seen =
    typeof ours === 'string'
      ? `**${ours}**`
      : `${ours.verdict}; ${ours.instructions.toLocaleString('en')} instructions, ${ours.exits.toLocaleString('en')} exits, ` +
        `${ours.blocks.toLocaleString('en')} blocks` +
        (ours.denied === 0 ? '' : `, ${ours.denied.toLocaleString('en')} denials kept`);
  return [`[${name}](../samples/attacks/${name}.s)`, tries, expected, seen, qemu ?? `not asked: ${unjudged ?? ''}`];
}

async function renderPage(attacks: readonly Attack[], seen: readonly Seen[]): Promise<string> {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const sections = Object.entries(KINDS).flatMap(([kind, title]) => [
    `## ${title}`,
    '',
    line(['attack', 'tries', 'expected', 'seen', 'QEMU, bare']),
    '|---|---|---|---|---|',
    ...attacks.flatMap((attack, i) => (attack.name.startsWith(`${kind}-`) ? [line(row(attack, seen[i]))] : [])),
    '',
  ]);
  const text = [
    '# Attacks',
    '',
    'Guests that try to break what the VMM guarantees, each a file of assembly in `samples/attacks`. This page is written by `npm run -s verify -- attacks`.',
    '',
    `Every attack runs in these ways: ${ATTACK_WAYS.map(wayName).join('; ')}. All must agree in console, exit code, instruction count, virtual time, all registers and RAM. ` +
      'In the hypervised runs each fetch of the guest’s kernel is watched: it was scanned in its present content and state, and is innocuous, a planted trap or a counted branch. ' +
      'Afterwards what the shadow tables let through is the guest’s own, and all patches can be taken back. _Held_ is what the guest itself says at its end, with the exit code; ' +
      'exits, blocks and denials are the most of any hypervised run. Where QEMU can judge, it says the same of a bare run.',
    '',
    ...sections,
  ].join('\n');
  return prettier.format(text, { ...(await prettier.resolveConfig(PAGE)), parser: 'markdown' });
}

async function verify(): Promise<Findings> {
  const attacks = allAttacks();
  const seen = await shareTasks<typeof work>(attacks.map(({ name }) => name));
  fs.writeFileSync(PAGE, await renderPage(attacks, seen));
  const unexplained = attacks.flatMap(({ name }, i) => {
    const { ours, qemu = HELD } = seen[i];
    const verdict = typeof ours === 'string' ? ours : ours.verdict;
    return verdict === HELD && qemu === HELD ? [] : [`${name}: ${verdict}; QEMU: ${qemu}`];
  });
  const rows = Object.entries(KINDS).map(([kind, title]) => {
    const own = attacks.map(({ name }, i) => ({ name, ...seen[i] })).filter(({ name }) => name.startsWith(`${kind}-`));
    const sum = (of: (outcome: Outcome) => number): number =>
      own.reduce((total, { ours }) => total + (typeof ours === 'string' ? 0 : of(ours)), 0);
    const held = own.filter(({ ours }) => typeof ours !== 'string' && ours.verdict === HELD).length;
    const judged = own.filter(({ qemu }) => qemu !== undefined).length;
    return [title, own.length, held, judged, sum(({ instructions }) => instructions), sum(({ exits }) => exits)];
  });
  return {
    title: 'Attacks',
    says: [
      'Guests that try to break the VMM’s guarantees, bare and hypervised at every level; what each tries and what was seen stands on a page of its own, [attacks](attacks.md).',
    ],
    oracles: [oracleVersion('qemu-system-arm', 'qemu-system-arm')],
    tables: [
      {
        title: 'Attacks by what they try',
        columns: ['kind', 'attacks', 'held in every way', 'bare, held on QEMU too', 'instructions', 'exits'],
        rows,
      },
    ],
    differences: [],
    unexplained,
  };
}

if (isMainThread) await verification('attacks', verify);
else serveTasks(work);
