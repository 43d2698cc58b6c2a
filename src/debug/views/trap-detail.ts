/** Everything that is known of one trap: its instruction explained, its condition, the sentences, registers before and after, the stack, the cost. Reads. */
import { Mode, modeName, Psr } from '../../arm/modes.js';
import { conditionHolds, conditionOfItstate, itstateOfPsr, spreadFlags } from '../../arm/psr.js';
import { Word } from '../../arm/state.js';
import { decode } from '../../isa/decode.js';
import { conditionOf } from '../../isa/flow.js';
import { exitClasses } from '../../vmm/classes.js';
import type { Hypervisor } from '../../vmm/hypervisor.js';
import { verdicts, type TrapRecord, type TrapRegisters, type Verdict } from '../../vmm/records.js';

import { decodeWord } from '../decode-word.js';
import { extract } from '../../util/bit-fields.js';
import { psrFields } from '../registers/fields.js';
import { fieldText } from '../registers/scopes.js';
import type { SymbolTable } from '../symbols.js';
import type { TopRegisters } from '../unwind/unwinder.js';
import { registerNames } from '../vmm-view.js';
import { timelineRow } from './timeline.js';
import { whatWasDone, whyTrapped, type TrapFacts } from './trap-sentences.js';
import type { TrapDetail } from '../../protocol/views/timeline.js';
import type { DecodedWord } from '../../protocol/decoded.js';
import type { StackFrameInfo } from '../../protocol/model.js';
import { hex32 } from '../../util/bits.js';

/** What a detail is put together from. */
export interface DetailParts {
  readonly hypervisor: Hypervisor;
  readonly symbols: SymbolTable;
  /** Frames from these registers on, with memory as it is now. */
  readonly stack: (top: TopRegisters) => readonly StackFrameInfo[];
}

const CONDITIONS = 'EQ NE CS CC MI PL VS VC HI LS GE LT GT LE'.split(' ');
const FLAGS = [
  ['N', Psr.N],
  ['Z', Psr.Z],
  ['C', Psr.C],
  ['V', Psr.V],
] as const;
const ALWAYS = 14;

/** The trap with a sequence number; undefined if its record is gone. */
export function trapDetailOf(parts: DetailParts, sequence: number): TrapDetail | undefined {
  const { hypervisor, symbols, stack } = parts;
  const { records, machine, metrics, cpu } = hypervisor;
  const record = records.read(sequence);
  const registers = records.registers(sequence);
  if (record === undefined || registers === undefined) return undefined;
  const { id } = exitClasses[record.cls];
  const { before, after } = registers;
  const decoded = decodedOf(record, cpu.model.name, record.pc, timelineRow(record, 1, symbols).text);
  const condition = conditionOfTrap(record, before[16]);
  const site = siteOf(hypervisor, record, before[16]);
  const cost = metrics.byClass()[record.cls];
  const facts: TrapFacts = {
    cls: id,
    cause: record.cause,
    verdict: record.verdict,
    address: record.address === 0 && id !== 'shadow-fill' ? undefined : place(symbols, record.address),
    next: place(symbols, after[15]),
    modeBefore: modeName(record.modeBefore),
    modeAfter: modeName(record.modeAfter),
  };
  return {
    trap: timelineRow(record, machine.clock.nsPerInstruction, symbols),
    ...(decoded && { decoded }),
    ...(condition && { condition }),
    why: whyTrapped(facts),
    did: whatWasDone(facts),
    registers: registerNames.map((name, n) => ({ name, before: before[n], after: after[n] })),
    status: statusOf(registers),
    stack: stack({ r: [...before.subarray(0, 15)], pc: record.pc, cpsr: before[16] }),
    stackIsCurrent: sequence === records.newest && machine.clock.instructions() - record.count <= 1,
    ...(site && { site }),
    ...(cost.sampled > 0 && {
      cost: {
        timed: cost.sampled,
        average: cost.sampledNs / cost.sampled,
        least: cost.leastNs,
        most: cost.mostNs,
      },
    }),
    hasInstruction: id !== 'interrupt',
  };
}

function place(symbols: SymbolTable, address: number): string {
  const symbol = symbols.describe(address);
  return symbol === undefined ? hex32(address) : `${hex32(address)} (${symbol})`;
}

function decodedOf({ isa, word }: TrapRecord, cpu: string, address: number, text: string): DecodedWord | undefined {
  if (isa === '-') return undefined;
  return decodeWord({ isa, word, cpu }, { address, text: text.split(/\s+; /)[0] });
}

/** The instruction's own condition, or that of its IT block, on the flags as they were. */
function conditionOfTrap({ isa, word }: TrapRecord, cpsr: number): TrapDetail['condition'] {
  if (isa === '-') return undefined;
  const own = conditionOf({ isa, word, row: decode(isa, word | 0) });
  const code = own === ALWAYS && isa !== 'A32' ? conditionOfItstate(itstateOfPsr(cpsr)) : own;
  if (code >= ALWAYS) return undefined;
  const state = new Int32Array(Word.ITSTATE + 1);
  spreadFlags(state, cpsr, Psr.N | Psr.Z | Psr.C | Psr.V);
  const flags = FLAGS.map(([name, bit]) => `${name}=${(cpsr & bit) !== 0 ? 1 : 0}`).join(' ');
  return { code: CONDITIONS[code], flags, passed: conditionHolds(state, code) };
}

function statusOf({ before, after }: TrapRegisters): TrapDetail['status'] {
  return psrFields.map((field) => ({
    name: field.name,
    before: fieldText(field, extract(BigInt(before[16]), field)),
    after: fieldText(field, extract(BigInt(after[16]), field)),
  }));
}

function siteOf(hypervisor: Hypervisor, { pc, modeBefore }: TrapRecord, cpsr: number): TrapDetail['site'] {
  if (modeBefore === Mode.usr) return undefined;
  const site = hypervisor.siteAt(pc, (cpsr & Psr.T) !== 0 ? 1 : 0);
  if (site === undefined) return undefined;
  const { hits, patch, verdicts: counts } = site;
  return {
    hits: hits + patch.count,
    verdicts: Object.fromEntries(verdicts.map((verdict, i) => [verdict, counts[i]])) as Record<Verdict, number>,
  };
}
