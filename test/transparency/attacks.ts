/**
 * The attacks of samples/attacks: what their headers say of them, and one run of each in several ways, held against each other and against the
 * invariants as they can be seen from outside.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { attackNames, attacksFolder } from '../../scripts/lib/attacks.mjs';
import { exitClasses } from '../../src/vmm/classes.js';
import { levels } from '../../src/vmm/patcher.js';
import type { Hypervisor } from '../../src/vmm/hypervisor.js';
import type { TrapRecord } from '../../src/vmm/records.js';
import { MIB, wayName, type TestGuest, type Way } from '../support/guest.js';
import { runAlike } from '../vmm/compare.js';
import { assertConfined } from '../vmm/confinement.js';
import { watchKernel, type Watch } from '../vmm/watch.js';

/** What the head of an attack's source says. */
export interface Attack {
  readonly name: string;
  /** What it tries, and what becomes of that on hardware: a sentence each. */
  readonly tries: string;
  readonly hardware: string;
  readonly board: 'virt' | 'raspi1';
  /** Classes of the records with the verdict deny that the VMM must leave. */
  readonly denied: readonly string[];
  /** Why QEMU does not judge the bare run, where it does not. */
  readonly unjudged: string | undefined;
  /** Instructions after which it must have ended. */
  readonly limit: number;
}

const LIMIT = 3_000_000;

export function readAttack(name: string): Attack {
  const source = fs.readFileSync(`${attacksFolder}/${name}.s`, 'utf8');
  const head = source.slice(0, source.search(/^(?!@)/m));
  /** A field's text goes on over lines that are indented. */
  const field = (label: string): string | undefined =>
    new RegExp(`^@ ${label}: (.*(?:\n@  +.*)*)`, 'm').exec(head)?.[1].replace(/\n@ +/g, ' ');
  const sentence = (label: string): string => {
    const text = field(label);
    assert.ok(text !== undefined && text.endsWith('.'), `${name}.s has a sentence behind "${label}:"`);
    return text;
  };
  return {
    name,
    tries: sentence('Tries'),
    hardware: sentence('Hardware'),
    board: field('Board') === 'raspi1' ? 'raspi1' : 'virt',
    denied: field('Denied')?.split(', ') ?? [],
    unjudged: field('Not on QEMU'),
    limit: Number(field('Limit')?.replaceAll(',', '') ?? LIMIT),
  };
}

export function allAttacks(): Attack[] {
  return attackNames().map(readAttack);
}

/** Bare, and hypervised at every level; the reference engine at the lowest, and bare. */
export const ATTACK_WAYS: readonly Way[] = [
  { engine: 'interpreter' },
  ...levels.map((level): Way => ({ engine: 'interpreter', level })),
  { engine: 'reference', level: 0 },
];

/** The ways for a short run: an attack with a limit of its own is a long walk, and runs bare and at the highest level. */
export function briefWays({ limit }: Attack): readonly Way[] {
  return limit > LIMIT ? [ATTACK_WAYS[0], { engine: 'interpreter', level: levels[levels.length - 1] }] : ATTACK_WAYS;
}

/** What came of an attack. */
export interface Outcome {
  /** The console's text, with the exit code. */
  readonly verdict: string;
  readonly instructions: number;
  /** The most of what a hypervised run had: exits to the VMM, records of what was denied, blocks analysed. */
  readonly exits: number;
  readonly denied: number;
  readonly blocks: number;
}

const CPU = { virt: 'cortex-a15', raspi1: 'arm1176' } as const;
const RAM_SIZES = { virt: 16 * MIB, raspi1: 64 * MIB } as const;
const RAM_BASES = { virt: undefined, raspi1: { ram: 0 } } as const;

/** What an attack is run with. */
export function attackOptions({ board }: Attack) {
  return { board, cpu: CPU[board], memory: RAM_SIZES[board], semihosting: true } as const;
}

/** The committed image of an attack. */
export function attackElf(name: string): Uint8Array {
  return new Uint8Array(fs.readFileSync(`${attacksFolder}/${name}.elf`));
}

/** The verdict on an attack that has come to nothing. */
export const HELD = 'held (0)';

/**
 * Runs an attack in every way.
 * @param prepare called before each run
 * @throws where two ways differ, or an invariant does not hold
 */
export function runAttack(
  attack: Attack,
  elf: Uint8Array,
  ways = ATTACK_WAYS,
  prepare: (test: TestGuest) => void = () => {},
): Outcome {
  const watches = new Map<TestGuest, Watch>();
  const images = { program: { name: `${attack.name}.elf`, bytes: elf }, loads: [] };
  const ran = runAlike({ ...attackOptions(attack), images }, attack.limit, ways, (test) => {
    prepare(test);
    watches.set(test, watchKernel(test));
  });
  for (const { test } of ran) {
    if (test.hypervisor === undefined) continue;
    const way = wayName(test.way);
    assert.ok(watches.get(test)!.fetches > 0, `${way}: no fetch of the kernel was watched`);
    assertDenied(attack, test.hypervisor, way);
    assertConfined(test.hypervisor, RAM_BASES[attack.board]);
    assertUndone(test.hypervisor, way);
  }
  const [{ stop, test }] = ran;
  const code = stop.kind === 'exit' ? stop.code : `${JSON.stringify(stop)}, ${test.place()}`;
  const said = test.console.trim();
  // `escaped` is called, so that LR shows from where.
  const where = said === 'held' ? '' : `, LR 0x${test.r(14).toString(16)}`;
  const hypervised = ran.flatMap(({ test: { hypervisor } }) => hypervisor ?? []);
  const most = (of: (hypervisor: Hypervisor) => number): number => Math.max(0, ...hypervised.map(of));
  return {
    verdict: `${said}${where} (${code})`,
    instructions: test.instructions,
    exits: most(({ metrics }) => metrics.total()),
    denied: most((hypervisor) => deniedBy(hypervisor).length),
    blocks: most(({ patcher }) => patcher.map.blocksAnalysed),
  };
}

function deniedBy({ records }: Hypervisor): TrapRecord[] {
  return records.select(0, Infinity, Infinity).filter(({ verdict }) => verdict === 'deny');
}

function assertDenied({ denied }: Attack, hypervisor: Hypervisor, way: string): void {
  const records = deniedBy(hypervisor);
  const classes = new Set(records.map(({ cls }): string => exitClasses[cls].id));
  const some = records.slice(0, 4).map(({ pc, isa, word }) => `${isa} ${word.toString(16)} at ${pc.toString(16)}`);
  assert.deepEqual([...classes].sort(), [...denied].sort(), `${way}: classes denied: ${some.join(', ')}`);
}

/** Every patch can be taken back, and then there is nothing between memory and what is fetched. Drops all. */
function assertUndone({ patcher, machine }: Hypervisor, way: string): void {
  patcher.dropAll();
  assert.equal(machine.overlay.size, 0, `${way}: patches that nobody can take back`);
  assert.deepEqual([...machine.overlay.all()], [], way);
  const { liveBlocks, liveSites, liveInstructions } = patcher.map;
  assert.deepEqual(
    { liveBlocks, liveSites, liveInstructions },
    { liveBlocks: 0, liveSites: 0, liveInstructions: 0 },
    way,
  );
}

/** The same verdict from QEMU's own bare run. */
export function runOnQemu({ board, limit }: Attack, elfPath: string): string {
  const machine = board === 'virt' ? ['-M', 'virt,gic-version=2,highmem=off', '-cpu', CPU.virt] : ['-M', 'raspi1ap'];
  const size = board === 'virt' ? ['-m', '16'] : [];
  const io = ['-nic', 'none', '-display', 'none', '-monitor', 'none', '-serial', 'none', '-semihosting'];
  // One instruction at a time, because within one run of them QEMU does not see code change. Long walks do not need it.
  const singly = limit > LIMIT ? [] : ['-singlestep'];
  // Semihosting writes to the standard error unless a character device says otherwise.
  const chardev = ['-chardev', 'stdio,id=sh', '-semihosting-config', 'enable=on,target=native,chardev=sh'];
  try {
    const text = execFileSync(
      'qemu-system-arm',
      [...machine, ...size, ...io, ...singly, ...chardev, '-kernel', elfPath],
      {
        encoding: 'utf8',
        timeout: 60_000,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    return `${text.trim()} (0)`;
  } catch (error) {
    const { status, stdout, signal } = error as { status: number | null; stdout: string; signal: string | null };
    return `${stdout.trim()} (${status ?? signal})`;
  }
}
