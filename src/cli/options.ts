/**
 * The command line as typed: subcommands, options, and one clear sentence for each mistake. Options that are also launch attributes take their values
 * and their help from the attribute table. Reads no files.
 */
import { parseArgs } from 'node:util';
import { parseWord } from '../protocol/decoded-input.js';
import { LAUNCH_ATTRIBUTES, type LaunchConfiguration } from '../protocol/configuration.js';
import { complaint, validateConfiguration } from '../protocol/validate.js';
import type { DecodeCommand } from './decode.js';
import type { ReportRequest } from './report/report.js';
import { sessionErrors, type UserError } from '../util/errors.js';

/** An option as help and parser see it. */
interface Option {
  readonly name: string;
  /** What stands for the value in the help; an option without is there or not. */
  readonly value?: string;
  readonly help: string;
  readonly multiple?: boolean;
  /** The launch attribute that it sets. */
  readonly attribute?: keyof LaunchConfiguration;
}

const RUN_OPTIONS: readonly Option[] = [
  { name: 'board', value: 'BOARD', help: 'the emulated board', attribute: 'board' },
  { name: 'cpu', value: 'CPU', help: "the processor, by default the board's", attribute: 'cpu' },
  { name: 'mode', value: 'MODE', help: 'under the monitor, or owning the board', attribute: 'mode' },
  { name: 'level', value: 'LEVEL', help: "the monitor's optimisation level", attribute: 'level' },
  { name: 'engine', value: 'ENGINE', help: 'what executes instructions', attribute: 'engine' },
  { name: 'memory', value: 'SIZE', help: 'size of the RAM, such as 64M', attribute: 'memory' },
  { name: 'bios', value: 'FILE', help: 'image of the flash at address 0', attribute: 'bios' },
  {
    name: 'flash',
    value: 'FILE',
    help: 'file behind the flash at 0x04000000; changes are written back',
    attribute: 'flash',
  },
  { name: 'kernel', value: 'FILE', help: 'Linux kernel', attribute: 'kernel' },
  { name: 'initrd', value: 'FILE', help: 'initial RAM disk', attribute: 'initrd' },
  { name: 'dtb', value: 'FILE', help: "device tree instead of the board's own", attribute: 'dtb' },
  { name: 'append', value: 'TEXT', help: "the kernel's command line", attribute: 'append' },
  {
    name: 'load',
    value: 'FILE@ADDR',
    help: 'load a file at an address; may be repeated',
    multiple: true,
    attribute: 'load',
  },
  {
    name: 'ns-per-instruction',
    value: 'NS',
    help: 'rate of virtual time',
    attribute: 'nsPerInstruction',
  },
  { name: 'script', value: 'FILE', help: 'lines: expect /regex/, send "text\\r", quit' },
  { name: 'until', value: 'REGEX', help: 'end when the guest has written this' },
  { name: 'max-instructions', value: 'N', help: 'end after N instructions' },
  { name: 'timeout', value: 'S', help: 'end after S seconds' },
  { name: 'stats', value: 'json|text', help: 'print statistics at the end' },
  { name: 'trace', value: 'FILE', help: 'write one line of JSON for each trap' },
  { name: 'coverage', value: 'FILE', help: 'write which lines and branches were executed, for the tools of lcov' },
];

const REPORT_OPTIONS: readonly Option[] = [
  ...RUN_OPTIONS.filter(({ name }) => name !== 'mode' && name !== 'stats' && name !== 'trace'),
  { name: 'output', value: 'NAME', help: 'files NAME.json, NAME.md and NAME.html; default trapline-report' },
  { name: 'cost-model', value: 'FILE', help: 'cycles by exit class, to predict the overhead on a real core' },
];

const DECODE_OPTIONS: readonly Option[] = [
  { name: 'thumb', help: 'the words are Thumb instructions, of 16 or 32 bits' },
  { name: 'cpu', value: 'CPU', help: 'what this processor makes of them', attribute: 'cpu' },
  { name: 'json', help: 'print JSON' },
];

export interface RunCommand {
  readonly kind: 'run';
  readonly configuration: LaunchConfiguration;
  readonly script?: string;
  readonly until?: string;
  readonly maxInstructions?: number;
  readonly timeoutSeconds?: number;
  readonly stats?: 'json' | 'text';
  readonly trace?: string;
  readonly coverage?: string;
  /** A report is written at the end. */
  readonly report?: ReportRequest;
}

export interface ScanCommand {
  readonly kind: 'scan';
  readonly image: string;
}

export interface HelpCommand {
  readonly kind: 'help';
  readonly text: string;
}

export type Command = RunCommand | ScanCommand | DecodeCommand | HelpCommand;

function choices({ attribute }: Option): string {
  const values = attribute && LAUNCH_ATTRIBUTES[attribute].enum;
  return values && values.length > 1 ? ` (${values.join(', ')})` : '';
}

function standard({ attribute }: Option): string {
  const value = attribute && LAUNCH_ATTRIBUTES[attribute].default;
  return typeof value === 'string' || typeof value === 'number' ? `; default ${value}` : '';
}

function optionLines(options: readonly Option[]): string {
  const left = options.map(({ name, value }) => `  --${name}${value === undefined ? '' : ` ${value}`}`);
  const width = Math.max(...left.map(({ length }) => length)) + 2;
  return options
    .map((option, i) => `${left[i].padEnd(width)}${option.help}${choices(option)}${standard(option)}`)
    .join('\n');
}

const TOP_HELP = `trapline: run 32-bit ARM guests under a software-only virtual machine monitor

  trapline run [IMAGE] [OPTIONS]     run a guest, its console on this terminal
  trapline report [IMAGE] [OPTIONS]  run a guest, then report what the monitor did and what it cost
  trapline scan IMAGE                count what the monitor would replace
  trapline decode WORD...            say what instruction words mean, and what the monitor does with them

  trapline COMMAND --help tells more.
`;

const RUN_HELP = `trapline run [IMAGE] [OPTIONS]

Runs a guest. IMAGE is an ELF file, or a raw image for the start of RAM; --bios and --kernel do without one.
The guest's console is this terminal: what you type goes to the guest. Ctrl-A x ends the run, Ctrl-A Ctrl-A types Ctrl-A.

${optionLines(RUN_OPTIONS)}
  --help

Exit code: 0 when the script or --until is met; without either, 0 when the guest powers off, or the guest's own code when it
exits by semihosting. 1 when the guest ends before that, dies or can never wake. 2 for wrong usage. 3 on time-out or instruction
limit.
`;

const REPORT_HELP = `trapline report [IMAGE] [OPTIONS]

Runs a guest under the monitor as trapline run does, and then writes the monitor's metrics: what it analysed and planted, exits by class with
their costs and verdicts, the guest's instructions by virtual privilege, the memory held, the size of the trusted part, and a prediction of the
overhead on a real core. The same figures three times: JSON, Markdown, and an HTML page with charts.

${optionLines(REPORT_OPTIONS)}
  --help

Exit code: as trapline run, but 0 also when --max-instructions ends the run.
`;

const SCAN_HELP = `trapline scan IMAGE

Looks at an ELF file or raw image without running it: its instructions by class, the sensitive ones that the monitor would
replace, its indirect branches.

  --help
`;

const DECODE_HELP = `trapline decode WORD... [OPTIONS]

Explains instruction words such as 0xe1a0f00e: their fields, what they do, why the monitor must or need not replace them, where the
manual has them. A 32-bit Thumb instruction is written with its first halfword first: 0xf3ef8000.

${optionLines(DECODE_OPTIONS)}
  --help
`;

function usage(message: string): UserError {
  return sessionErrors.usage(message);
}

/** parseArgs' own messages end in advice about shells; ours name the option and where help is. */
function parse(args: readonly string[], options: readonly Option[], command: string) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        ...Object.fromEntries(
          options.map(({ name, value, multiple = false }) => [
            name,
            { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple },
          ]),
        ),
      },
    });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const option = /'(--?[^' ]+)/.exec(text)?.[1] ?? '';
    const what =
      text.includes('argument missing') || text.includes('ambiguous')
        ? `${option} needs a value`
        : `trapline ${command} has no option ${option}`;
    throw usage(`${what}; see trapline ${command} --help.`);
  }
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!/^[0-9]+(\.[0-9]+)?$/.test(text) || value <= 0)
    throw usage(`--${option} must be a number above 0, not "${text}".`);
  return value;
}

function whole(option: string, text: string): number {
  const value = positive(option, text);
  if (!Number.isSafeInteger(value)) throw usage(`--${option} must be a whole number, not "${text}".`);
  return value;
}

function loadItem(text: string): { file: string; address: string } {
  const at = text.lastIndexOf('@');
  if (at <= 0) throw usage(`--load takes FILE@ADDR, such as blob.bin@0x48000000, not "${text}".`);
  const item = { file: text.slice(0, at), address: text.slice(at + 1) };
  const attribute = LAUNCH_ATTRIBUTES.load.items?.properties?.address;
  const wrong = attribute && complaint(attribute, item.address);
  if (wrong) throw usage(`The address in --load ${text} must be ${wrong.wanted}, not ${wrong.got}.`);
  return item;
}

/** The value of a launch attribute as the configuration has it. */
function attributeValue(option: Option, text: string): unknown {
  const attribute = LAUNCH_ATTRIBUTES[option.attribute as keyof LaunchConfiguration];
  const number =
    attribute.type === 'integer' ? /^[0-9]+$/ : attribute.type === 'number' ? /^[0-9]+(\.[0-9]+)?$/ : undefined;
  const value = number?.test(text) ? Number(text) : text;
  const wrong = complaint(attribute, value);
  if (wrong) throw usage(`--${option.name} must be ${wrong.wanted.replace(/"/g, '')}, not ${text}.`);
  return value;
}

/** What `run` and `report` have in common: a guest, and what ends its run. */
function parseRun(args: readonly string[], command: 'run' | 'report'): Command {
  const options = command === 'run' ? RUN_OPTIONS : REPORT_OPTIONS;
  const { values, positionals } = parse(args, options, command);
  if (values.help) return { kind: 'help', text: command === 'run' ? RUN_HELP : REPORT_HELP };
  if (positionals.length > 1)
    throw usage(`trapline ${command} takes one image, not ${positionals.length}; see trapline ${command} --help.`);
  const given = values as Readonly<Record<string, string | string[] | undefined>>;
  // the command line always answers semihosting: exit codes are part of what it is for
  const raw: Record<string, unknown> = { semihosting: true, program: positionals[0] };
  for (const option of options) {
    const value = given[option.name];
    if (!option.attribute || value === undefined) continue;
    raw[option.attribute] = Array.isArray(value) ? value.map(loadItem) : attributeValue(option, value);
  }
  const text = (name: string): string | undefined => given[name] as string | undefined;
  const named = positionals.length > 0 || ['bios', 'kernel', 'load'].some((name) => given[name] !== undefined);
  if (!named) throw usage('There is nothing to run; name an image, or give --bios or --kernel.');
  raw['coverage'] = text('coverage') !== undefined;
  const configuration = validateConfiguration(raw);
  const script = text('script');
  const until = text('until');
  const max = text('max-instructions');
  const timeout = text('timeout');
  const stats = text('stats');
  const trace = text('trace');
  const coverage = text('coverage');
  if (until !== undefined) checkPattern(until);
  if (stats !== undefined && stats !== 'json' && stats !== 'text')
    throw usage(`--stats must be json or text, not ${stats}.`);
  if (trace !== undefined && configuration.mode === 'bare') {
    throw usage('--trace records traps, and a bare guest has none; run it hypervised.');
  }
  return {
    kind: 'run',
    configuration,
    ...(script !== undefined && { script }),
    ...(until !== undefined && { until }),
    ...(max !== undefined && { maxInstructions: whole('max-instructions', max) }),
    ...(timeout !== undefined && { timeoutSeconds: positive('timeout', timeout) }),
    ...(stats !== undefined && { stats }),
    ...(trace !== undefined && { trace }),
    ...(coverage !== undefined && { coverage }),
    ...(command === 'report' && { report: reportRequest(text('output'), text('cost-model')) }),
  };
}

function reportRequest(output = 'trapline-report', costModel: string | undefined): ReportRequest {
  return { output, ...(costModel !== undefined && { costModel }) };
}

function checkPattern(pattern: string): void {
  try {
    new RegExp(pattern, 'm');
  } catch (error) {
    throw usage(`--until is no regular expression: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function parseScan(args: readonly string[]): Command {
  const { values, positionals } = parse(args, [], 'scan');
  if (values.help) return { kind: 'help', text: SCAN_HELP };
  if (positionals.length !== 1) {
    const given = positionals.length === 0 ? 'none was given' : `${positionals.length} were given`;
    throw usage(`trapline scan takes one image, and ${given}; see trapline scan --help.`);
  }
  return { kind: 'scan', image: positionals[0] };
}

function parseDecode(args: readonly string[]): Command {
  const { values, positionals } = parse(args, DECODE_OPTIONS, 'decode');
  if (values.help) return { kind: 'help', text: DECODE_HELP };
  if (positionals.length === 0)
    throw usage('trapline decode takes words such as 0xe1a0f00e, and none was given; see trapline decode --help.');
  const { thumb, json, cpu } = values as { readonly thumb?: boolean; readonly json?: boolean; readonly cpu?: string };
  const option = DECODE_OPTIONS.find(({ attribute }) => attribute === 'cpu');
  if (cpu !== undefined && option) attributeValue(option, cpu);
  const words = positionals.map((text) => {
    const { request, problem } = parseWord(text, thumb === true, 'add --thumb');
    if (problem !== undefined) throw usage(problem);
    return { ...request, ...(cpu !== undefined && { cpu }) };
  });
  return { kind: 'decode', words, json: json === true };
}

/** @throws UserError 660, or one of the launch configuration's */
export function parseCommand(args: readonly string[]): Command {
  const [command, ...rest] = args;
  switch (command) {
    case 'run':
    case 'report':
      return parseRun(rest, command);
    case 'scan':
      return parseScan(rest);
    case 'decode':
      return parseDecode(rest);
    case '--help':
    case '-h':
    case 'help':
      return { kind: 'help', text: TOP_HELP };
    case undefined:
      throw usage('trapline needs a command: run, report, scan or decode; see trapline --help.');
    default:
      throw usage(`trapline has no command "${command}"; it has run, report, scan and decode; see trapline --help.`);
  }
}

/** How errors name a launch attribute that came from the command line. */
export function optionLabel(attribute: string): string {
  if (attribute === 'program') return 'IMAGE';
  return `--${attribute.replace(/\[.*$/, '')}`;
}
