/** 200–299 of the error catalogue: expressions, breakpoints, and what is asked of a stopped guest. */
import { entry } from '../util/errors.js';
import { hex32 } from '../util/bits.js';

/** Long texts only as far as a message should go. */
const cut = (text: string) => (text.length > 80 ? `${text.slice(0, 77)}...` : text);

/** `at` counts characters from 1. */
const place = (text: string, at: number) => `"${cut(text)}", character ${at}`;

export const expressionErrors = {
  unexpected: entry(
    200,
    (text: string, at: number, found: string, wanted: string) =>
      `${place(text, at)}: ${found} where ${wanted} should be.`,
  ),
  unclosed: entry(201, (text: string, at: number, what: string) => `${place(text, at)}: this ${what} is not closed.`),
  badNumber: entry(
    202,
    (text: string, at: number, number: string) =>
      `${place(text, at)}: ${number} is not a number; write 42, 0x2a, 0b101010 or 'c', in at most 64 bits.`,
  ),
  unknownName: entry(
    203,
    (name: string) =>
      `There is no register or symbol "${name}"; symbols come from the program's ELF file or from "symbols".`,
  ),
  unknownField: entry(
    204,
    (register: string, field: string, known: string) => `${register} has no field "${field}"; it has ${known}.`,
  ),
  unreadable: entry(205, (address: number) => `The guest has no readable memory at ${hex32(address)}.`),
  divisionByZero: entry(206, (text: string, at: number) => `${place(text, at)}: division by zero.`),
  noAddress: entry(207, (text: string, at: number) => `${place(text, at)}: only symbols and memory have an address.`),
  notAPointer: entry(
    208,
    (text: string, at: number) =>
      `${place(text, at)}: pointers can be added to, subtracted from and compared, not this.`,
  ),
  assignment: entry(
    209,
    (text: string, at: number) =>
      `${place(text, at)}: expressions do not change anything; compare with ==, or set the value in the Variables view.`,
  ),
  tooDeep: entry(210, (text: string) => `"${cut(text)}" is nested too deeply; shorten it.`),
  notReadableNow: entry(211, (name: string, why: string) => `${name} cannot be read: ${why}.`),
};

export const debugErrors = {
  readOnly: entry(230, (name: string) => `${name} is read-only.`),
  notWritable: entry(231, (address: number) => `The guest has no writable memory at ${hex32(address)}.`),
  notAssignable: entry(
    232,
    (text: string) =>
      `"${text}" cannot be set; set a register, one of its fields, or memory such as *(u32*)0x40000000.`,
  ),
  notInRange: entry(
    233,
    (name: string, value: string, bits: number) => `${value} does not fit into ${name}, which has ${bits} bits.`,
  ),
  notAMode: entry(234, (value: string) => `${value} is not a processor mode that this guest has.`),
  noCaller: entry(
    235,
    (place: string) =>
      `What called the code at ${place} cannot be found; set a breakpoint where you want to be instead.`,
  ),
  badHitCondition: entry(
    240,
    (text: string) => `"${text}" is no hit condition; write a number, or one of >, >=, <, <=, ==, % and a number.`,
  ),
  badLogMessage: entry(
    241,
    (text: string, at: number) => `Character ${at} of the log message "${text}" opens an expression that no } closes.`,
  ),
  unknownTrapClass: entry(242, (id: string, known: string) => `There is no trap class "${id}"; choose among ${known}.`),
  /** What is wrong is said by the memory map, in a sentence. */
  cannotBuild: entry(250, (why: string) => why),

  noMonitor: entry(
    251,
    () => 'The guest runs bare: there is no virtual machine monitor to ask. Launch it with "mode": "hypervised".',
  ),
  noSuchLine: entry(
    252,
    (line: number, part: string, last: number) => `The ${part} has no line ${line}; its lines are 0 to ${last}.`,
  ),
  noSuchRegister: entry(253, (id: string) => `There is no register ${id} on this guest's board or processor.`),
  noCoverage: entry(254, () => 'Executions of this guest are not counted. Launch it with "coverage": true.'),
  badPattern: entry(259, (most: number) => `A search is for at least one byte and at most ${most}.`),
  noSpace: entry(
    258,
    (id: string) => `The address space ${id} is no longer known: nothing of it is left in the shadow tables.`,
  ),
};
