/**
 * The guests of the micro-benchmarks: what of a kernel's work costs how much under the VMM. Each is a file of assembly beside this one, inside the
 * frame of frame.s: an empty loop and one with the thing itself, which the guest announces on the UART. The board is `virt`.
 */
import fs from 'node:fs';
import type { GuestImages } from '../../../src/machine/images.js';
import { assembled } from '../../support/guest.js';

export interface MicroGuest {
  /** The file's name, without its ending. */
  readonly name: string;
  /** For people: what is measured. */
  readonly title: string;
  /** Times that it happens in a turn of the loop; 1 unless told. */
  readonly perTurn?: number;
  /** Turns of a loop, where the usual number is too much or means something else. */
  readonly turns?: number;
  /** How often the two loops run, where it may not be more. */
  readonly rounds?: number;
  /** It does not exit to the VMM at any level: what it costs is analysis, or nothing. */
  readonly native?: true;
}

/** What the guest sends when the empty loop and the other begin and end. */
export const MARKS = { empty: '()', body: '[]' } as const;

/** Virtual nanoseconds per instruction that the guests with a timer are written for: a count of the timer. */
export const NS_PER_INSTRUCTION = 16;

export const TURNS = 20_000;
export const ROUNDS = 8;
/** Rounds that only warm up, where there are more: in a process of its own a guest's first ones are the host's compiling. */
export const WARM_UP = 3;

export const MICRO_GUESTS: readonly MicroGuest[] = [
  { name: 'mrs-cpsr', title: 'MRS CPSR' },
  { name: 'msr-cpsr-control', title: 'MSR CPSR_c, same mode' },
  { name: 'msr-mode-switch', title: 'MSR CPSR_c, other mode', perTurn: 2 },
  { name: 'cps-interrupts', title: 'CPSID, CPSIE', perTurn: 2 },
  { name: 'spsr', title: 'MRS SPSR, MSR SPSR', perTurn: 2 },
  { name: 'user-bank', title: 'STM^, LDM^', perTurn: 2 },
  { name: 'exception-return', title: 'SUBS pc, same mode' },
  { name: 'return-to-user', title: 'SUBS pc to USR, back by SVC' },
  { name: 'svc-round-trip', title: 'SVC from USR and back' },
  { name: 'call', title: 'direct call and return' },
  { name: 'table-call-1', title: 'call through a table, 1 target' },
  { name: 'table-call-8', title: 'call through a table, 8 targets' },
  { name: 'table-call-64', title: 'call through a table, 64 targets' },
  { name: 'jump-table', title: 'LDR pc, jump table of 8' },
  { name: 'pop-pc', title: 'POP {pc}' },
  { name: 'failed-condition', title: 'sensitive, condition failed', native: true },
  { name: 'cp15-write', title: 'MCR CP15' },
  { name: 'ldrt', title: 'LDRT' },
  { name: 'ldrt-fault', title: 'LDRT that faults, guest handles it' },
  { name: 'guest-fault', title: 'LDR that faults, guest handles it' },
  { name: 'device-read', title: 'device read' },
  { name: 'interrupt', title: 'interrupt from request to return' },
  { name: 'interrupt-latency', title: 'timer set, waited for, taken', turns: 2_000 },
  { name: 'tick', title: 'tick while USR spins', turns: 2_000 },
  { name: 'task-yield', title: 'task yield', perTurn: 2 },
  { name: 'self-modifying', title: 'store to code, and its call', turns: 5_000, native: true },
  { name: 'cold-analysis', title: 'first run of a KiB of code', turns: 256, rounds: 1, native: true },
  { name: 'shadow-fill', title: 'page fault with shadow fill' },
  { name: 'domain-toggle', title: 'DACR write', perTurn: 2 },
  { name: 'context-switch-2', title: 'TTBR0 and ASID, 2 spaces of 4 pages' },
  { name: 'context-switch-8', title: 'TTBR0 and ASID, 8 spaces of 4 pages' },
];

/** How long a guest's loops are. */
export interface Length {
  readonly turns: number;
  readonly rounds: number;
}

/** As long as a measurement needs. */
export function fullLength({ turns = TURNS, rounds = ROUNDS }: MicroGuest): Length {
  return { turns, rounds };
}

const text = (name: string): string => fs.readFileSync(new URL(`./${name}.s`, import.meta.url), 'utf8');

/** Assembles a guest. */
export function microGuest({ name }: MicroGuest, { turns, rounds }: Length): GuestImages {
  const numbers = `.equ N, ${turns}\n.equ ROUNDS, ${rounds}\n`;
  return assembled(`${numbers}${text(name)}\n${text('frame')}`);
}
