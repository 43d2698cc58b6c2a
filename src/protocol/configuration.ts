/**
 * The launch configuration: every attribute that a user may write, with its type, default and description. The schema in package.json, the check of
 * a configuration, the options of the command line and their help derive from this one table. Knows nothing of files or of VS Code.
 */

/** The part of JSON Schema that the attributes need. Descriptions are for people: they appear in the editor and in errors. */
export interface Attribute {
  readonly type: 'string' | 'boolean' | 'integer' | 'number' | 'array' | 'object' | readonly ('string' | 'integer')[];
  readonly description: string;
  readonly default?: unknown;
  readonly enum?: readonly (string | number)[];
  readonly enumDescriptions?: readonly string[];
  readonly pattern?: string;
  readonly patternErrorMessage?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly items?: Attribute;
  readonly properties?: Readonly<Record<string, Attribute>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
}

/** A launch configuration as the user wrote it, types checked. Sizes and addresses may still be text. */
export interface LaunchConfiguration {
  readonly program?: string;
  readonly board: 'virt' | 'raspi1';
  readonly cpu?: 'cortex-a15' | 'cortex-a7' | 'cortex-a8' | 'arm1176';
  readonly mode: 'hypervised' | 'bare';
  readonly level: 0 | 1 | 2;
  readonly engine: 'jit' | 'interpreter' | 'reference';
  readonly memory: string | number;
  readonly bios?: string;
  readonly flash?: string;
  readonly kernel?: string;
  readonly initrd?: string;
  readonly dtb?: string;
  readonly append?: string;
  readonly load: readonly { readonly file: string; readonly address: string | number }[];
  readonly symbols: readonly { readonly file: string; readonly offset?: string | number }[];
  readonly stopOnEntry: boolean;
  readonly semihosting: boolean;
  readonly coverage: boolean;
  readonly nsPerInstruction: number;
  readonly patches: 'overlay' | 'in-place';
  readonly unpredictable: 'undefined' | 'stop';
  readonly console: 'terminal' | 'debugConsole';
  readonly trace: boolean;
}

const NUMBER_PATTERN = '^-?(0[xX][0-9a-fA-F]+|[0-9]+)$';
const NUMBER_HINT = 'a number, or text such as "0x40008000"';
const SIZE_PATTERN = '^(0[xX][0-9a-fA-F]+|[0-9]+)\\s*([kKmMgG]([iI]?[bB])?)?$';

const FILE = { type: 'string' } as const;

export const LAUNCH_ATTRIBUTES: Readonly<Record<keyof LaunchConfiguration, Attribute>> = {
  program: {
    ...FILE,
    description:
      'The guest: an ELF file, or a raw image, which is entered at its first word in ARM state: 64 KiB into the RAM of virt, at 0x8000 on raspi1.',
  },
  board: {
    type: 'string',
    enum: ['virt', 'raspi1'],
    enumDescriptions: [
      "QEMU's 32-bit virt board: GICv2, generic timer, PL011, PL031, PL061, flash, fw_cfg, virtio-mmio.",
      'The first Raspberry Pi: BCM2835 with an ARM1176, its timers, interrupt controller, UARTs, GPIO, DMA, mailbox and watchdog; up to 512M of RAM, of which the GPU keeps up to 64M.',
    ],
    default: 'virt',
    description: 'The emulated board.',
  },
  cpu: {
    type: 'string',
    enum: ['cortex-a15', 'cortex-a7', 'cortex-a8', 'arm1176'],
    enumDescriptions: [
      'ARM Cortex-A15: ARMv7 with divide, VFPv4, Advanced SIMDv2, large physical addresses and the generic timer.',
      'ARM Cortex-A7: what the Cortex-A15 has, with its own identification registers.',
      'ARM Cortex-A8: ARMv7 with VFPv3 and Advanced SIMD; no divide, no large physical addresses, no generic timer.',
      'ARM1176JZF-S: ARMv6K with VFPv2; no Thumb-2, no Advanced SIMD, no generic timer.',
    ],
    description:
      "The processor that the guest finds itself on; the board's own (cortex-a15 for virt, arm1176 for raspi1, which takes no other) where none is named. An instruction that it lacks is Undefined.",
  },
  mode: {
    type: 'string',
    enum: ['hypervised', 'bare'],
    enumDescriptions: [
      'Under the virtual machine monitor: sensitive instructions of privileged code become traps.',
      'The guest owns the board: what the monitor must not change, and the measure of what it costs.',
    ],
    default: 'hypervised',
    description: 'Whether the guest runs under the virtual machine monitor.',
  },
  level: {
    type: 'integer',
    enum: [0, 1, 2],
    enumDescriptions: [
      'Every sensitive instruction and every indirect branch traps.',
      'Indirect branches to targets already checked no longer trap.',
      'The commonest traps and device accesses run inline, too: counted, not recorded.',
    ],
    default: 1,
    description:
      'Optimisation level of the virtual machine monitor: what it costs the guest, not what the guest sees. It can be changed while the guest runs.',
  },
  engine: {
    type: 'string',
    enum: ['jit', 'interpreter', 'reference'],
    enumDescriptions: [
      'The WebAssembly interpreter, and hot code translated to WebAssembly.',
      'The WebAssembly interpreter, generated from the instruction table.',
      'The reference: every operation evaluated as written; some hundred times slower.',
    ],
    default: 'jit',
    description: 'What executes the instructions.',
  },
  memory: {
    type: ['string', 'integer'],
    pattern: SIZE_PATTERN,
    patternErrorMessage: 'a number of bytes, or text such as "128M"',
    default: '128M',
    description: 'Size of the RAM, in bytes or as text such as "64M" or "1G".',
  },
  bios: {
    ...FILE,
    description:
      'Image of the first flash of virt, at address 0, where execution starts: a boot loader such as U-Boot.',
  },
  flash: {
    ...FILE,
    description:
      'File behind the second flash of virt, at 0x04000000, where boot loaders keep their variables: what the guest programs or erases there is written back to it. A file that does not exist yet, or is empty, is an erased flash; it is made on the first write, in a folder that must exist.',
  },
  kernel: {
    ...FILE,
    description:
      'A Linux kernel (zImage or ELF), started by the Linux boot protocol for ARM; on raspi1 also a raw image, such as a kernel.img.',
  },
  initrd: { ...FILE, description: 'Initial RAM disk for the kernel.' },
  dtb: {
    ...FILE,
    description:
      "Device tree blob to hand to the guest instead of the board's own; raspi1 has none, and hands over a list of tags.",
  },
  append: { type: 'string', description: 'Command line for the kernel.' },
  load: {
    type: 'array',
    items: {
      type: 'object',
      required: ['file', 'address'],
      additionalProperties: false,
      properties: {
        file: { ...FILE, description: 'The file, loaded byte for byte.' },
        address: {
          type: ['string', 'integer'],
          pattern: NUMBER_PATTERN,
          patternErrorMessage: NUMBER_HINT,
          description: 'Physical address of its first byte.',
        },
      },
      description: 'One file and its address.',
    },
    default: [],
    description: 'More files to put into memory.',
  },
  symbols: {
    type: 'array',
    items: {
      type: 'object',
      required: ['file'],
      additionalProperties: false,
      properties: {
        file: { ...FILE, description: 'An ELF file with symbols or debug information.' },
        offset: {
          type: ['string', 'integer'],
          pattern: NUMBER_PATTERN,
          patternErrorMessage: NUMBER_HINT,
          default: 0,
          description: 'Added to every address in the file: how far the code was moved from where it was linked.',
        },
      },
      description: 'One ELF file and how far its code has moved.',
    },
    default: [],
    description: 'Symbols and line information beside those of the program, also for code that moves itself.',
  },
  stopOnEntry: { type: 'boolean', default: false, description: "Stop before the guest's first instruction." },
  semihosting: {
    type: 'boolean',
    default: false,
    description: 'Answer ARM semihosting calls: console output and the exit code.',
  },
  coverage: {
    type: 'boolean',
    default: false,
    description:
      'Count how often each instruction is executed, and how often its condition fails. When the session ends, Test Coverage shows it for the sources of the program; it adds up over runs. Costs some 7 % of speed.',
  },
  nsPerInstruction: {
    type: 'number',
    exclusiveMinimum: 0,
    // Four counts of the 62.5 MHz timer. At 15.6 million instructions a virtual second, engine and VMM keep up with the clock on the wall and
    // pacing does the rest: a person has the two seconds of a boot menu.
    default: 64,
    description:
      'Virtual nanoseconds that one instruction takes: what the guest reads from its timers follows from it.',
  },
  patches: {
    type: 'string',
    enum: ['overlay', 'in-place'],
    enumDescriptions: [
      'Instruction fetch sees the planted words; loads and stores see the guest’s own bytes.',
      'Planted words stand in the guest’s memory, as in the thesis: a guest that reads its own code finds them. For study.',
    ],
    default: 'overlay',
    description: 'Where the virtual machine monitor plants its traps.',
  },
  unpredictable: {
    type: 'string',
    enum: ['undefined', 'stop'],
    enumDescriptions: ['The guest takes an Undefined Instruction exception.', 'The same, and the session stops there.'],
    default: 'undefined',
    description: 'What an UNPREDICTABLE form of a sensitive instruction does.',
  },
  console: {
    type: 'string',
    enum: ['terminal', 'debugConsole'],
    enumDescriptions: ['A terminal: what you type goes to the guest.', 'Output only, in the Debug Console.'],
    default: 'terminal',
    description: "Where the guest's serial port appears.",
  },
  trace: {
    type: 'boolean',
    default: false,
    description: 'Write every message between VS Code and the emulator to the Trapline output, for bug reports.',
  },
};

/** The optimisation levels, in the attribute's words. */
export const LEVELS: readonly { readonly level: number; readonly text: string }[] = (
  LAUNCH_ATTRIBUTES.level.enum ?? []
).map((level, i) => ({ level: Number(level), text: LAUNCH_ATTRIBUTES.level.enumDescriptions?.[i] ?? '' }));

/** The attributes that name something to run; a configuration needs one of them. */
export const IMAGE_ATTRIBUTES = ['program', 'bios', 'kernel', 'load'] as const;

/** The values that apply where the user wrote none. */
export function defaultConfiguration(): LaunchConfiguration {
  const defaults: Record<string, unknown> = {};
  for (const [name, { default: value }] of Object.entries(LAUNCH_ATTRIBUTES)) {
    if (value !== undefined) defaults[name] = value;
  }
  return defaults as unknown as LaunchConfiguration;
}

const UNITS: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** Bytes from a number or text such as `128M`; undefined if it is neither. */
export function parseSize(value: string | number): number | undefined {
  if (typeof value === 'number') return value;
  const match = new RegExp(SIZE_PATTERN).exec(value.trim());
  return match ? Number(match[1]) * (match[2] ? UNITS[match[2][0].toLowerCase()] : 1) : undefined;
}

/** An integer from a number or text, decimal or `0x…`, possibly negative; undefined if it is neither. */
export function parseNumber(value: string | number): number | undefined {
  if (typeof value === 'number') return value;
  const text = value.trim();
  if (!new RegExp(NUMBER_PATTERN).test(text)) return undefined;
  return text.startsWith('-') ? -Number(text.slice(1)) : Number(text);
}
