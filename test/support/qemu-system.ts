/**
 * Runs a bare program on `qemu-system-arm -M virt` and on this project's reference processor, and gives what each wrote to its OUT area. The
 * program starts at ORIGIN in ARM state, Supervisor mode, MMU off; it ends by the semihosting call that `END` names. Only RAM exists in both.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Stop } from '../../src/arm/engine.js';
import { Word } from '../../src/arm/state.js';
import type { CpuRig } from './cpu-rig.js';

export const ORIGIN = 0x4020_0000;
export const OUT = 0x4080_0000;
/** Nothing answers there, on either side. */
export const NOWHERE = 0x0a10_0000;
/** Assembly text that ends a program: the OUT pointer is in r0. */
export const END = `
    ldr r1, =${OUT}
    sub r2, r0, r1
    ldr r3, =end_parameters
    str r1, [r3, #4]
    str r2, [r3, #8]
    mov r0, #1              @ SYS_OPEN, the console
    ldr r1, =end_open
    svc 0x123456
    ldr r1, =end_parameters
    str r0, [r1]
    mov r0, #5              @ SYS_WRITE
    svc 0x123456
    mov r0, #0x18           @ SYS_EXIT
    ldr r1, =0x20026
    svc 0x123456
    b .
  end_open: .word end_path, 4, 3
  end_path: .asciz ":tt"
    .balign 4
  end_parameters: .word 0, 0, 0
    .ltorg`;

/** The words that the program writes on QEMU's `virt` board. */
export function runOnQemu(program: Uint8Array, cpu = 'cortex-a15'): Uint32Array {
  return run(program, ['-M', 'virt,gic-version=2,highmem=off', '-cpu', cpu, '-m', '128']);
}

/**
 * The same on a machine that is a processor and RAM from address 0, with any of QEMU's models. Vectors lie at 0, in RAM.
 * @param secure with the Security Extensions, in Secure state
 */
export function runOnBareQemu(program: Uint8Array, cpu: string, secure = false): Uint32Array {
  const less = [...(secure ? [] : [',has_el3=off']), ...(/a15|a7/.test(cpu) ? [',has_el2=off'] : [])].join('');
  return run(program, ['-M', 'none', '-cpu', `${cpu}${less}`, '-m', '1100']);
}

function run(program: Uint8Array, board: readonly string[]): Uint32Array {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trapline-system-'));
  try {
    const image = path.join(folder, 'program.bin');
    const output = path.join(folder, 'out');
    fs.writeFileSync(image, program);
    const out = fs.openSync(output, 'w');
    const machine = [...board, '-nic', 'none', '-display', 'none'];
    const io = ['-monitor', 'none', '-serial', 'none', '-semihosting'];
    const loader = ['-device', `loader,file=${image},addr=0x${ORIGIN.toString(16)},cpu-num=0`];
    try {
      execFileSync('qemu-system-arm', [...machine, ...io, ...loader], {
        stdio: ['ignore', out, 'pipe'],
        timeout: 60_000,
      });
    } finally {
      fs.closeSync(out);
    }
    const bytes = fs.readFileSync(output);
    return new Uint32Array(new Uint8Array(bytes).buffer, 0, bytes.length >>> 2);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** The same on the reference processor. @throws if the program does not end within `limit` instructions. */
export function runOnReference(rig: CpuRig, program: Uint8Array, limit = 50_000_000): Uint32Array {
  rig.cpu.reset();
  rig.bus.writeBlock(ORIGIN, program);
  rig.state[Word.PC] = ORIGIN;
  let length = 0;
  rig.cpu.firmware = {
    hypervisorCall: () => false,
    secureMonitorCall: () => false,
    semihosting: () => {
      if (rig.r(0) !== 5) return true;
      length = rig.peek(rig.r(1) + 8);
      rig.cpu.requestStop();
      return true;
    },
  };
  for (let left = limit; ; left = rig.state[Word.COUNT]) {
    const stop = rig.engine.run(left, false);
    if (stop === Stop.Host) break;
    if (stop !== Stop.Attention) throw new Error(`the program does not end: PC ${rig.pc.toString(16)}`);
  }
  return Uint32Array.from({ length: length >>> 2 }, (_, i) => rig.peek(OUT + 4 * i));
}
