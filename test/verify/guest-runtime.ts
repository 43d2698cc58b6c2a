/**
 * The kernel that a random guest cannot lose: exception vectors and handlers that come back from whatever random code has done, in ARM or in
 * Thumb state, and a gate through which all that needs TLB maintenance goes, with that maintenance. Where things lie in a random guest stands
 * here, too.
 *
 *   from `ram`   0x1_0000   vectors and handlers (on raspi1 at 0, where its vectors are)
 *                0x1_1000   SAVE: frames of the handlers, their state
 *                0x1_2000   CONFIG: how the handlers are to behave; 0x1_3000 POOL: where execution begins anew
 *                0x1_4000   OPERATIONS: what the gate does, one transaction after the other
 *                0x4_0000   WILD: random code, random data
 *                0x8_0000   TABLES, which no random code finds mapped but at SECRET
 *               0x10_0000   more data, for sections
 */
import type { CpuModel } from '../../src/cpu/models.js';
import { raspi1Map } from '../../src/machine/raspi1-map.js';
import { virtMap } from '../../src/machine/virt-map.js';
import { assemble } from '../support/assemble.js';
import { MIB } from '../support/guest.js';

export const RAM_SIZE = 4 * MIB;
const RUNTIME_OFFSET = 0x1_0000;
export const SAVE = 0x1_1000;
export const CONFIG = 0x1_2000;
export const POOL = 0x1_3000;
export const POOL_ENTRIES = 64;
export const OPERATIONS = 0x1_4000;
export const OPERATIONS_END = 0x1_c000;
export const WILD = 0x4_0000;
export const WILD_SIZE = 0x4_0000;
/** What random code finds in SP after an exception. */
export const STACK = WILD + 0x2_0000;
export const TABLES = 0x8_0000;
export const TABLES_SIZE = 0x8_0000;
/** Virtual: WILD as all may use it, if the domain lets them; TABLES as the gate alone knows it. */
export const HOME = 0x5000_0000;
export const SECRET = 0x7f10_0000;

/** Offsets in SAVE. */
const RNG = 0xf00;
export const COUNT = 0xf04;
export const POINTER = 0xf08;
/** Offsets in CONFIG: by cause, in bytes; then words. */
const THRESHOLDS = 0;
const CORRECTIONS = 16;
export const CONFIG_DACR = 32;
const CONFIG_TIMER = 36;

/** By cause: Undefined Instruction, Supervisor Call, prefetch abort, data abort, IRQ, FIQ. */
export const CAUSES = { und: 1, svc: 2, pabt: 3, dabt: 4, irq: 6, fiq: 7 } as const;

/**
 * What the gate can do. Operands are r6 and r7. A transaction ends at `end`, or at `stay`, which is never passed; or at an access to a page, which may
 * abort: {@link isBoundary}.
 */
export const OPERATION_NAMES = [
  'end',
  'stay',
  'store',
  'TLBIALL',
  'TLBIMVA',
  'TLBIASID',
  'TLBIMVAA',
  'space',
  'longSpace',
  'SCTLR',
  'DACR',
  'TTBCR',
  'virtualTimer',
  'physicalTimer',
  'load',
  'write',
  'loadUser',
  'writeUser',
] as const;
export type OperationName = (typeof OPERATION_NAMES)[number];

const ACCESSES: ReadonlySet<OperationName> = new Set(['load', 'write', 'loadUser', 'writeUser']);

/** Whether the gate may be left behind an operation, whatever comes next. */
export function isBoundary(name: OperationName): boolean {
  return name === 'end' || ACCESSES.has(name);
}

export interface Operation {
  readonly name: OperationName;
  readonly a: number;
  readonly b: number;
}

/** Words of an operation in memory. */
export const OPERATION_BYTES = 16;

export interface Platform {
  readonly board: 'virt' | 'raspi1';
  readonly model: CpuModel;
  /** Where RAM begins, and the runtime. */
  readonly ram: number;
  readonly runtime: number;
  /** VBAR exists. */
  readonly vbar: boolean;
  readonly thumb2: boolean;
  readonly long: boolean;
  /** A generic timer. */
  readonly timer: boolean;
}

export function platformOf(board: 'virt' | 'raspi1', model: CpuModel): Platform {
  const ram = board === 'virt' ? virtMap.ram.base : raspi1Map.ram.base;
  const v7 = model.name !== 'arm1176';
  const virtualizable = v7 && model.name !== 'cortex-a8';
  return {
    board,
    model,
    ram,
    runtime: board === 'virt' ? ram + RUNTIME_OFFSET : ram,
    vbar: v7,
    thumb2: v7,
    long: virtualizable,
    timer: virtualizable,
  };
}

const GICC = virtMap.gicCpuInterface.base;
const GICD_SGIR = virtMap.gicDistributor.base + 0xf00;
/** A software-generated interrupt for the processor itself. */
const SGI_TO_SELF = 2 << 24;

/** Quiets what interrupts, and asks for the next interrupt some time later. r2 is a random number. */
function interruptHandler({ board, timer }: Platform): string {
  const delay = `
    lsr r6, r2, #10
    ldr r7, [r11, #${CONFIG_TIMER}]
    and r6, r6, r7
    add r6, r6, #1`;
  if (board === 'raspi1')
    return `
      ${delay}
      and r6, r6, #15
      ldr r4, =${raspi1Map.systemTimer.base}
      ldr r5, [r4]
      str r5, [r4]
      ldr r7, [r4, #4]
      add r6, r6, r7
      tst r5, #2
      it ne
      strne r6, [r4, #0x10]
      tst r5, #8
      it ne
      strne r6, [r4, #0x18]
      ldr r8, =${raspi1Map.uart.base}
      ldr r9, [r8]`;
  const timers = `
    cmp r7, #27
    it eq
    mcreq p15, 0, r6, c14, c3, 0
    cmp r7, #30
    it eq
    mcreq p15, 0, r6, c14, c2, 0`;
  return `
    ${delay}
    ldr r4, =${GICC}
    ldr r5, [r4, #0xc]
    lsl r7, r5, #22
    lsr r7, r7, #22
    ${timer ? timers : ''}
    cmp r7, #33
    ldr r8, =${virtMap.uart.base}
    it eq
    ldreq r9, [r8]
    tst r2, #0x700
    bne 1f
    ldr r8, =${GICD_SGIR}
    ldr r9, =${SGI_TO_SELF}
    and r7, r2, #15
    orr r9, r9, r7
    str r9, [r8]
  1:
    str r5, [r4, #0x10]`;
}

/** Behind the access the gate goes on as it is then: an abort's handler may have used it. What is loaded changes all further chance. */
function access(name: OperationName): string {
  const user = name.endsWith('User') ? 't' : '';
  return `
  operation_${name}:
    add r4, r4, #${OPERATION_BYTES}
    str r4, [r10, #${POINTER}]
    mov r8, #0
    ${name.startsWith('load') ? `ldr${user} r8` : `str${user} r7`}, [r6]
    ldr r9, [r10, #${RNG}]
    add r9, r9, r8
    str r9, [r10, #${RNG}]
    b next`;
}

function runtimeText(platform: Platform, thumb: boolean): string {
  const { ram } = platform;
  const w = thumb ? '.w' : '';
  const state = thumb ? 1 : 0;
  const entry = (name: keyof typeof CAUSES): string => `
    .balign 4
  on_${name}:
    ldr sp, =${ram + SAVE + 0x80 * CAUSES[name]}
    stm sp, {r0-r12, lr}
    mov r0, #${CAUSES[name]}
    b common`;
  const byLoad = `
    cmp r3, #0x100000
    bne 1f
    ldr r4, =${ram + STACK}
    str lr, [r4]
    ldm sp, {r0-r12}
    ldr sp, =${ram + STACK}
    .word 0xe8dd8000 @ ldm sp, {pc}^
  1:`;
  const random = `
    ldr r10, =${ram + SAVE}
    ldr r11, =${ram + CONFIG}
    ldr r2, [r10, #${RNG}]
    ldr r3, =1664525
    ldr r4, =1013904223
    mla r2, r2, r3, r4
    str r2, [r10, #${RNG}]`;
  return `
    b${w} start
    b${w} on_und
    b${w} on_svc
    b${w} on_pabt
    b${w} on_dabt
    b${w} start
    b${w} on_irq
    b${w} on_fiq
    ${(Object.keys(CAUSES) as (keyof typeof CAUSES)[]).map(entry).join('\n')}
  start:
    ${random}
    b fresh
    .ltorg
  common:
    cpsid if
    ${random}
    ldr r3, [r10, #${COUNT}]
    add r3, r3, #1
    str r3, [r10, #${COUNT}]
    cmp r0, #6
    blt 2f
    ${interruptHandler(platform)}
  2:
    cmp r0, #2
    beq gate
    tst r2, #0x03000000
    beq gate
  after_gate:
    add r3, r11, #${THRESHOLDS}
    ldrb r3, [r3, r0]
    cmp r3, r2, lsr #24
    bhi fresh
    add r3, r11, #${CORRECTIONS}
    ldrb r3, [r3, r0]
    ldr lr, [sp, #52]
    sub lr, lr, r3
    ands r3, r2, #0x300000
    beq by_rfe
    ${thumb ? '' : byLoad}
    str lr, [sp, #52]
    ldm sp, {r0-r12, lr}
    ldr sp, =${ram + STACK}
    movs pc, lr
  by_rfe:
    mrs r3, spsr
    ldr r4, =${ram + STACK}
    str lr, [r4]
    str r3, [r4, #4]
    ldm sp, {r0-r12}
    ldr sp, =${ram + STACK}
    rfeia sp
  fresh:
    ldr r4, =${ram + POOL}
    lsr r5, r2, #8
    and r5, r5, #${POOL_ENTRIES - 1}
    add r4, r4, r5, lsl #6
    ldr lr, [r4], #4
    ldr r6, [r4], #4
    msr spsr_cxsf, r6
    tst r2, #0x80
    beq 1f
    ldr r6, [r11, #${CONFIG_DACR}]
    mcr p15, 0, r6, c3, c0, 0
  1:
    ldm r4, {r0-r12}
    ldr sp, =${ram + STACK}
    movs pc, lr
    .ltorg
    .balign 4
  operations:
    ${OPERATION_NAMES.map((name) => `.word operation_${name} - operations + ${state}`).join('\n')}
  gate:
  next:
    ldr r4, [r10, #${POINTER}]
    ldr r5, [r4]
    ldr r6, [r4, #4]
    ldr r7, [r4, #8]
    adr r8, operations
    ldr r9, [r8, r5, lsl #2]
    add r9, r8, r9
    bx r9
  done:
    add r4, r4, #${OPERATION_BYTES}
    str r4, [r10, #${POINTER}]
    b next
  operation_end:
    add r4, r4, #${OPERATION_BYTES}
    str r4, [r10, #${POINTER}]
    b after_gate
  operation_stay:
    b after_gate
  operation_store:
    str r7, [r6]
    b done
  operation_TLBIALL:
    mcr p15, 0, r6, c8, c7, 0
    b done
  operation_TLBIMVA:
    mcr p15, 0, r6, c8, c7, 1
    b done
  operation_TLBIASID:
    mcr p15, 0, r6, c8, c7, 2
    b done
  operation_TLBIMVAA:
    mcr p15, 0, r6, c8, c7, 3
    b done
  operation_space:
    mov r8, #0
    mcr p15, 0, r8, c13, c0, 1
    mcr p15, 0, r6, c2, c0, 0
    mcr p15, 0, r7, c13, c0, 1
    b done
  operation_longSpace:
    mcrr p15, 0, r6, r7, c2
    b done
  operation_SCTLR:
    mrc p15, 0, r8, c1, c0, 0
    eor r8, r8, r6
    mcr p15, 0, r8, c1, c0, 0
    b done
  operation_DACR:
    mcr p15, 0, r6, c3, c0, 0
    b done
  operation_TTBCR:
    mcr p15, 0, r6, c2, c0, 2
    b done
  operation_virtualTimer:
    ${platform.timer ? 'mcr p15, 0, r6, c14, c3, 0\n mcr p15, 0, r7, c14, c3, 1' : ''}
    b done
  operation_physicalTimer:
    ${platform.timer ? 'mcr p15, 0, r6, c14, c2, 0\n mcr p15, 0, r7, c14, c2, 1' : ''}
    b done
    ${[...ACCESSES].map(access).join('\n')}
    .ltorg`;
}

const assembled = new Map<string, Uint8Array>();

/** The handlers' bytes. They go where `platform.runtime` says; their first word leads to a new beginning. */
export function runtime(platform: Platform, thumb: boolean): Uint8Array {
  const key = `${platform.board} ${platform.model.name} ${thumb}`;
  let bytes = assembled.get(key);
  if (bytes === undefined) {
    bytes = assemble(runtimeText(platform, thumb), { origin: platform.runtime, thumb });
    if (bytes.length > 0x1000) throw new Error(`the handlers take ${bytes.length} bytes`);
    assembled.set(key, bytes);
  }
  return bytes;
}

/** What SAVE and CONFIG hold at the beginning. */
export interface RuntimeSettings {
  readonly seed: number;
  /** By cause, of 256: how often execution begins anew elsewhere instead of going on. */
  readonly thresholds: Readonly<Record<keyof typeof CAUSES, number>>;
  readonly DACR: number;
  /** Mask of the interrupts' distances. */
  readonly timer: number;
}

export function writeSettings(view: DataView, platform: Platform, settings: RuntimeSettings): void {
  view.setUint32(SAVE + RNG, settings.seed, true);
  view.setUint32(SAVE + POINTER, platform.ram + OPERATIONS, true);
  for (const [name, threshold] of Object.entries(settings.thresholds))
    view.setUint8(CONFIG + THRESHOLDS + CAUSES[name as keyof typeof CAUSES], threshold);
  for (const name of ['dabt', 'irq', 'fiq'] as const) view.setUint8(CONFIG + CORRECTIONS + CAUSES[name], 4);
  view.setUint32(CONFIG + CONFIG_DACR, settings.DACR, true);
  view.setUint32(CONFIG + CONFIG_TIMER, settings.timer, true);
}
