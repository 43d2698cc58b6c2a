/**
 * What docs/virtualization.md shows of running samples: listings, analysis and traces, as text made from the VMM's own records. A guest is
 * executed one instruction at a time, which it cannot notice, so that each thing that the VMM does is put where it happens.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { conditionOfItstate, itstateOfPsr } from '../../src/arm/psr.js';
import { PatchKind } from '../../src/arm/engine.js';
import { modeName } from '../../src/arm/modes.js';
import { decodeBytes, wordText, type Instruction } from '../../src/debug/code.js';
import { Disassembly, type PlantedWord } from '../../src/debug/disassembly.js';
import { instructionText } from '../../src/debug/disassembler.js';
import { ImageCode } from '../../src/debug/image-code.js';
import { conditionOf } from '../../src/isa/flow.js';
import { decode } from '../../src/isa/decode.js';
import type { GuestImages } from '../../src/machine/images.js';
import { memoryUses } from '../../src/vmm/analysed-memory.js';
import { classIndex, exitClasses } from '../../src/vmm/classes.js';
import type { Hypervisor } from '../../src/vmm/hypervisor.js';
import type { Planting } from '../../src/vmm/planting.js';
import { verdicts as verdictNames, type TrapRecord } from '../../src/vmm/records.js';
import type { Block, Site } from '../../src/vmm/sites.js';
import { successors } from '../../src/vmm/successors.js';
import type { Level } from '../../src/vmm/patcher.js';
import { inRepo } from '../../scripts/lib/repo.mjs';
import { TestGuest } from './guest.js';

const CONDITIONS = ['eq', 'ne', 'cs', 'cc', 'mi', 'pl', 'vs', 'vc', 'hi', 'ls', 'ge', 'lt', 'gt', 'le', 'always'];
const SHADOW_FILL = classIndex('shadow-fill');
const INTERRUPT = classIndex('interrupt');
const EXCEPTION_RETURN = classIndex('exception-return');
const REGISTERS = [...Array.from({ length: 13 }, (_, n) => `r${n}`), 'sp', 'lr'];

export const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');

/** Lines of columns, each as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export interface SampleImage {
  readonly images: GuestImages;
  readonly code: ImageCode;
}

export function sampleImage(name: string): SampleImage {
  const bytes = new Uint8Array(fs.readFileSync(inRepo('samples', name, `${name}.elf`)));
  const program = { name: `${name}.elf`, bytes };
  return { images: { program, loads: [] }, code: ImageCode.ofElf(program) };
}

/** A name for an address: its symbol, or the number. */
export function placeName({ symbols }: ImageCode, address: number): string {
  return symbols.describe(address) ?? hex(address);
}

/** The whole of an image; with a VMM, as it is in the guest's memory now, with what is planted in it. */
export function listing(code: ImageCode, hypervisor?: Hypervisor): string {
  const { start, end } = code.ranges[0];
  const planted = (address: number, thumb: boolean): PlantedWord | undefined => {
    const patch = hypervisor?.siteAt(address, thumb ? 1 : 0)?.patch;
    return patch?.kind === PatchKind.trap ? { word: patch.planted, hits: 0 } : undefined;
  };
  const read = (address: number, length: number): Uint8Array =>
    hypervisor === undefined
      ? code.read(address, length)
      : Uint8Array.from({ length: Math.min(length, end - address) }, (_, i) => hypervisor.bus.read(address + i, 1));
  const source = {
    symbols: code.symbols,
    sources: code.sources,
    features: code.features,
    read,
    stateAt: (address: number) => code.stateAt(address),
    planted,
  };
  const lines: string[][] = [];
  for (const { address, isa, bytes, text, symbol, planted: word, plantedText } of new Disassembly(source).list(
    start,
    0,
    end - start,
  )) {
    if (address >= end) break;
    if (symbol !== undefined && !symbol.includes('+')) lines.push([`${symbol}:`, '', '', '', '']);
    const halves = bytes.match(/..../g)?.map((half) => half.slice(2) + half.slice(0, 2)) ?? [];
    const digits = isa === 'A32' ? halves.reverse().join('') : halves.join('');
    lines.push([`  ${hex(address)}`, digits, text, word ?? '', plantedText ?? '']);
  }
  return columns(lines);
}

/** A trap, or what the analysis did, at the instruction with the number `count`: the first one of the run is 1. */
export type Happening =
  | { readonly kind: 'trap'; readonly record: TrapRecord; readonly condition: number }
  | { readonly kind: 'scanned' | 'dropped'; readonly block: Block; readonly count: number };

export interface Walk {
  readonly guest: TestGuest;
  readonly hypervisor: Hypervisor;
  readonly happenings: readonly Happening[];
  /** Text of the n-th instruction, from 1; the empty text is nobody's. */
  readonly executed: readonly string[];
  /** By guest virtual address: how often the guest came there in a privileged mode. */
  readonly reached: ReadonlyMap<number, number>;
}

/** Called when the guest is about to execute the instruction at PC. */
export type Look = (hypervisor: Hypervisor, pc: number) => void;

/** A guest under the VMM, to be run to its end. */
export function hypervised({ images }: SampleImage, level: Level, patches: Planting = 'overlay'): TestGuest {
  return new TestGuest({ engine: 'interpreter', level, patches }, { images });
}

/** Runs a guest to its end under the VMM, instruction by instruction. */
export function walk(image: SampleImage, level: Level, patches: Planting = 'overlay', look?: Look): Walk {
  const guest = hypervised(image, level, patches);
  const hypervisor = guest.hypervisor as Hypervisor;
  const happenings: Happening[] = [];
  const executed = [''];
  const reached = new Map<number, number>();
  let blocks: readonly Block[] = [];
  let newest = 0;
  for (let running = true; running;) {
    const { pc, cpsr } = guest;
    const count = guest.instructions + 1;
    look?.(hypervisor, pc);
    executed.push(textAt(hypervisor, pc));
    if (hypervisor.cpu.CurrentModeIsNotUser()) reached.set(pc, (reached.get(pc) ?? 0) + 1);
    running = guest.step().kind === 'limit';
    const before = blocks;
    blocks = [...hypervisor.patcher.map.allBlocks()].sort((a, b) => a.id - b.id);
    const traps = hypervisor.records.select(newest, Infinity, Infinity);
    newest = traps.at(-1)?.sequence ?? newest;
    // To be scanned, code must be mapped; to trap, it must be scanned; and what an instruction stores it stores at its end.
    const mapped = traps.filter((record) => record.cls === SHADOW_FILL && record.cause === 'PABT');
    const others = traps.filter((record) => !mapped.includes(record));
    const trap = (record: TrapRecord): Happening => ({ kind: 'trap', record, condition: conditionAt(record, cpsr) });
    happenings.push(
      ...mapped.map(trap),
      ...blocks.filter((b) => !before.includes(b)).map((block): Happening => ({ kind: 'scanned', block, count })),
      ...others.map(trap),
      ...before.filter((b) => !blocks.includes(b)).map((block): Happening => ({ kind: 'dropped', block, count })),
    );
  }
  return { guest, hypervisor, happenings, executed, reached };
}

/** The instruction at PC, with the condition that an IT block gives it. */
function textAt({ cpu, bus }: Hypervisor, pc: number): string {
  const { pa } = cpu.mmu.translate(pc, 2, true);
  const bytes = Uint8Array.from({ length: 4 }, (_, i) => bus.read(pa + i, 1));
  const { isa, word } = decodeBytes(bytes, 0, pc, cpu.thumb()) as Instruction;
  return instructionText(isa, word, pc, conditionOfItstate(itstateOfPsr(cpu.readCpsr())));
}

/** The condition under which the instruction of a record executed, at this CPSR. */
function conditionAt({ isa, word }: TrapRecord, cpsr: number): number {
  if (isa === '-') return 14;
  const inIT = conditionOfItstate(itstateOfPsr(cpsr));
  return isa === 'A32' || inIT === 14 ? conditionOf({ isa, word, row: decode(isa, word | 0) }) : inIT;
}

/** Of a guest that runs freely: the records from the first interrupt to the return from its handler. Its kernel is in ARM state. */
export function firstInterrupt(image: SampleImage, level: Level): Happening[] {
  const guest = hypervised(image, level);
  const { records } = guest.hypervisor as Hypervisor;
  while (records.kept(INTERRUPT) === 0) assert.equal(guest.run(1000).kind, 'limit');
  guest.run(1000);
  const [first] = records.select(0, Infinity, Infinity).filter(({ cls }) => cls === INTERRUPT);
  const since = records.select(first.sequence - 1, Infinity, Infinity);
  const last = since.findIndex(({ cls }) => cls === EXCEPTION_RETURN);
  return since.slice(0, last + 1).map((record) => ({ kind: 'trap', record, condition: conditionAt(record, 0) }));
}

const HEADINGS = ['number', 'place', 'instruction', 'cause', 'condition', 'class', 'verdict', 'mode', 'changed'];

/** Traps and analysis in their order. */
export function traceText(code: ImageCode, happenings: readonly Happening[]): string {
  const traps = happenings.map((happening) =>
    happening.kind === 'trap' ? trapRow(code, happening.record, happening.condition) : [String(happening.count)],
  );
  const empty = HEADINGS.map(() => '');
  const lines = columns([HEADINGS, ...traps.map((row) => [...row, ...empty.slice(row.length)])]).split('\n');
  // Remarks on blocks reach over all columns but the first.
  const width = Math.max(...[HEADINGS, ...traps].map(([first]) => first.length));
  happenings.forEach((happening, i) => {
    if (happening.kind === 'trap') return;
    const { kind, block, count } = happening;
    const what = kind === 'scanned' ? `scanned: ${sizeText(block)}` : 'dropped, its traps taken back';
    lines[i + 1] = `${String(count).padEnd(width)}  -- block ${block.id} ${what}`;
  });
  return lines.join('\n');
}

function trapRow(code: ImageCode, record: TrapRecord, condition: number): string[] {
  const { count, pc, isa, word, cause, cls, verdict, modeBefore, modeAfter, address, changed, values } = record;
  const { id } = exitClasses[cls];
  const text = isa === '-' ? '' : instructionText(isa, word, pc, isa === 'A32' ? 14 : condition);
  const modes = modeBefore === modeAfter ? modeName(modeBefore) : `${modeName(modeBefore)} -> ${modeName(modeAfter)}`;
  const changes = REGISTERS.map((name, n) => ((changed >>> n) & 1 ? `${name} = ${hex(values[n])}` : ''));
  if ((changed >>> 15) & 1) changes.push(`pc = ${placeName(code, values[15])}`);
  if ((changed >>> 16) & 1) changes.push(`cpsr = ${hex(values[16])}`);
  if (id === 'shadow-fill') changes.splice(0, Infinity, `entry for ${hex(address)}`);
  const shown = changes.filter((change) => change !== '').join(', ');
  return [String(count), placeName(code, pc), text, cause, CONDITIONS[condition], id, verdict, modes, shown];
}

const sizeText = ({ thumb, instructions, length, sites, gva }: Block): string =>
  `${hex(gva)} ${thumb ? 'Thumb' : 'ARM'}, ${instructions} instructions, ${length} bytes, ${sites.length} sites`;

/** Blocks with their ends and successors. */
export function blocksText(code: ImageCode, { patcher }: Hypervisor): string {
  const blocks = [...patcher.map.allBlocks()].sort((a, b) => a.gva - b.gva);
  return blocks.map((block) => blockText(code, block)).join('\n\n');
}

function blockText(code: ImageCode, block: Block): string {
  const { end, gva, id } = block;
  const last =
    end === undefined ? 'code that is analysed already' : instructionText(end.isa, end.word, gva + end.offset);
  const edges = successors(block).map(({ kind, gva: to, thumb }) => {
    const state = thumb === undefined ? '' : thumb ? ', Thumb' : ', ARM';
    return `${kind}: ${to === undefined ? 'known when it runs' : `${placeName(code, to)}${state}`}`;
  });
  const sites = block.sites.map((site) => placeName(code, site.gva)).join(', ');
  return [
    `block ${id}: ${placeName(code, gva)}  (${sizeText(block)})`,
    ...(sites === '' ? [] : [`  sites       ${sites}`]),
    `  ends at     ${last}`,
    `  goes on     ${edges.join('; ')}`,
  ].join('\n');
}

const KINDS = Object.fromEntries(Object.entries(PatchKind).map(([name, kind]) => [kind, name]));

/** Sites by address: words, and what came of them. */
export function sitesText(code: ImageCode, { hypervisor, reached }: Walk): string {
  hypervisor.machine.engine.flushCounters();
  const sites = [...hypervisor.patcher.map.allSites()].sort((a, b) => a.gva - b.gva);
  const rows = sites.map((site) => siteRow(code, site, reached.get(site.gva) ?? 0));
  return columns([
    ['place', 'instruction', 'original', 'planted', 'class', 'as', 'came by', 'hits', 'verdicts'],
    ...rows,
  ]);
}

function siteRow(code: ImageCode, site: Site, reached: number): string[] {
  const { gva, isa, cls, hits, patch, verdicts } = site;
  const { original, planted, kind, count } = patch;
  return [
    placeName(code, gva),
    instructionText(isa, original, gva),
    wordText(isa, original),
    kind === PatchKind.trap ? wordText(isa, planted) : '-',
    exitClasses[cls].id,
    KINDS[kind],
    String(reached),
    String(hits + count),
    verdictsText(verdicts),
  ];
}

const verdictsText = (counts: readonly number[]): string =>
  counts
    .map((n, i) => (n === 0 ? '' : `${n} ${verdictNames[i]}`))
    .filter((text) => text !== '')
    .join(', ') || '-';

/** The map of analysed memory, as runs of equal use within the image. */
export function mapText(code: ImageCode, { patcher }: Hypervisor): string {
  const { start, end } = code.ranges[0];
  // All of it lies in one page: that of any of its blocks.
  const [{ pa }] = patcher.map.allBlocks();
  const uses = patcher.memory.page(pa);
  const rows: string[][] = [];
  for (let at = start; at < end; at += 2) {
    const use = memoryUses[uses[(at & 0xfff) >> 1]];
    const last = rows.at(-1);
    if (last?.[2] === use) last[1] = hex(at + 2);
    else rows.push([hex(at), hex(at + 2), use, placeName(code, at)]);
  }
  return columns([['from', 'to', 'use', 'place'], ...rows]);
}

/** Exits by class, side by side. */
export function exitsText(walks: readonly { readonly name: string; readonly walk: Walk }[]): string {
  const byClass = walks.map(({ walk: { hypervisor } }) => hypervisor.metrics.byClass());
  const rows = exitClasses.map(({ id }, cls) => [id, ...byClass.map((classes) => String(classes[cls].count))]);
  const total = (text: string, of: (walk: Walk) => number): string[] => [
    text,
    ...walks.map(({ walk: w }) => String(of(w))),
  ];
  return columns([
    ['', ...walks.map(({ name }) => name)],
    ...rows.filter(([, ...counts]) => counts.some((count) => count !== '0')),
    total('exits', ({ hypervisor }) => hypervisor.metrics.total()),
    total('records', ({ hypervisor }) => hypervisor.records.newest),
    total('blocks analysed', ({ hypervisor }) => hypervisor.patcher.map.blocksAnalysed),
    total('instructions of the guest', ({ guest }) => guest.instructions),
  ]);
}

/** What the two CPUs are, where the guest comes by one of these addresses: the virtual one as the guest believes, the real one as it is. */
export function cpusText(image: SampleImage, places: readonly number[]): string {
  const rows: string[][] = [];
  walk(image, 0, 'overlay', ({ cpu, machine }, pc) => {
    if (!places.includes(pc)) return;
    const virtual = cpu.readCpsr();
    const real = machine.processor.readCpsr();
    const mode = (cpsr: number): string => `${hex(cpsr)} ${modeName(cpsr & 31)}`;
    const view = cpu.CurrentModeIsNotUser()
      ? 'kernel: patches, rights of the kernel'
      : 'user: no patches, rights of the user';
    rows.push([placeName(image.code, pc), mode(virtual), mode(real), view]);
  });
  return columns([['at', 'virtual CPSR', 'real CPSR', 'fetch context'], ...rows]);
}

/** What of the guest at its end is not the same in all of some runs. */
export function differencesText(runs: readonly { readonly name: string; readonly guest: TestGuest }[]): string {
  const rows = [
    ['instructions', ...runs.map(({ guest }) => String(guest.instructions))],
    ['exceptions', ...runs.map(({ guest }) => String(guest.exceptions.length))],
    ...REGISTERS.map((name, n) => [name, ...runs.map(({ guest }) => hex(guest.r(n)))]),
  ];
  const different = rows.filter(([, ...values]) => values.some((value) => value !== values[0]));
  return columns([['', ...runs.map(({ name }) => name)], ...different]);
}
