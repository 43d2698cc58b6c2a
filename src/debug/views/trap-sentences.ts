/** Why a trap of each class came to be, what the arbiter did and by which rule, in sentences. The one place where they are worded; decides nothing. */
import type { ExitClassId } from '../../vmm/classes.js';
import type { Cause, Verdict } from '../../vmm/records.js';

/** What sentences are about. */
export interface TrapFacts {
  readonly cls: ExitClassId;
  readonly cause: Cause;
  readonly verdict: Verdict;
  /** The faulting or device address, as text; undefined where there is none. */
  readonly address: string | undefined;
  /** Where the guest went on, as text. */
  readonly next: string;
  readonly modeBefore: string;
  readonly modeAfter: string;
}

const PLANTED = 'The scanner had planted a trap in its place before this code first ran.';

const reasons: Readonly<Record<ExitClassId, string>> = {
  'status-register': `It reads or writes a status register. Without privilege it would silently do something else. ${PLANTED}`,
  'exception-return': `It returns from an exception: mode and masks change with the branch, which code without privilege cannot do. ${PLANTED}`,
  'exception-call':
    'It takes an exception by design, and the exception is to be taken by the guest, not by the machine below it.',
  'indirect-branch': `Where it leads is known only when it executes, and what is there must have been analysed first. ${PLANTED} (From level 1 on such branches trap only where somebody wants to stop at them.)`,
  coprocessor: `It accesses a system register, and that is to be one of the guest's virtual processor. ${PLANTED}`,
  'user-access': `It reaches memory or registers as guest user code would, and the kernel itself runs without privilege here. ${PLANTED}`,
  'state-store': `It stores the return state of the mode that the guest believes to be in, which the real processor does not hold. ${PLANTED}`,
  wait: `It waits for an interrupt: the guest is to sleep, not the processor below it. ${PLANTED}`,
  undefined: `Nothing that this processor executes is known by this word, and unknown means trap. ${PLANTED}`,
  device: 'Its access faulted: no shadow table entry leads to a device, so that each access comes to the arbiter.',
  'shadow-fill':
    'Its access faulted for want of a shadow table entry. What the guest itself allows permits the access.',
  'guest-fault': 'Its access faulted, and neither a missing shadow table entry nor a device was the reason.',
  'user-exception': 'User code of the guest runs as it is, and this takes an exception by itself.',
  interrupt: 'An interrupt of the guest was pending, and its masks let it in.',
};

const accesses: Partial<Record<Cause, string>> = { PABT: 'instruction fetch', DABT: 'data access' };

export function whyTrapped({ cls, cause, address }: TrapFacts): string[] {
  const access = accesses[cause];
  const what = access === undefined || address === undefined ? [] : [`The ${access} was of ${address}.`];
  return [reasons[cls], ...what];
}

/** What was done where the guest took no exception. */
const deeds: Partial<Record<ExitClassId, string>> = {
  'status-register': 'The virtual CPU executed the original word on the status registers that the guest believes in.',
  'exception-return': 'The virtual CPU returned from the exception.',
  'exception-call': "The board's firmware answered, in place of a handler of the guest.",
  'indirect-branch': 'The virtual CPU computed the target and branched.',
  coprocessor: "The virtual CPU accessed the guest's own system register, side effects included.",
  'user-access': "The virtual CPU executed the original word with the rights and the registers of the guest's user.",
  'state-store': 'The virtual CPU stored the LR and SPSR that the guest believes in.',
  wait: 'The guest sleeps until one of its interrupts is due.',
  device: 'The virtual CPU made the access, and a virtual device answered it.',
  'shadow-fill':
    'The arbiter made the entry. The guest tries the same instruction again, and nothing of its state has changed.',
  'guest-fault': 'The virtual CPU executed the instruction, as it does in a page whose parts have rights of their own.',
};

const rules: Readonly<Record<Verdict, string>> = {
  allow: 'Rule: what the guest asked for is its own to have, so the original instruction has its way (allow).',
  emulate: "Rule: the virtual CPU took no exception over it, so the effect on the guest's own state stands (emulate).",
  inject: 'Rule: the guest is to take an exception, as it would on its own board (inject).',
  deny: 'Rule: the virtual CPU found it Undefined, and it was not meant to be as UDF is: what was asked for is not there to be had (deny).',
};

export function whatWasDone({ cls, verdict, next, modeBefore, modeAfter }: TrapFacts): string[] {
  const modes = modeBefore === modeAfter ? `in ${modeAfter} mode` : `in ${modeAfter} mode, coming from ${modeBefore}`;
  if (verdict === 'inject' || verdict === 'deny') {
    const what = verdict === 'deny' ? 'an Undefined Instruction exception' : 'the exception';
    return [`The guest took ${what} and went on at ${next}, ${modes}.`, rules[verdict]];
  }
  const changed = modeBefore === modeAfter ? [] : [`It went on at ${next}, ${modes}.`];
  return [deeds[cls] ?? 'The virtual CPU executed the original word.', ...changed, rules[verdict]];
}
