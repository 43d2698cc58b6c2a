/** A guest that stores a word in the second sector of the second flash, once: it says `w` when it did so, and `k` and powers off when it finds the word kept. */
import { FLASH_SECTOR } from '../../src/devices/cfi-flash.js';
import { virtMap } from '../../src/machine/virt-map.js';
import { assemble } from './assemble.js';
import { ORIGIN } from './guest.js';

/** The word, and where it lies in the flash. */
export const KEPT = 0x600dcafe;
export const KEPT_AT = FLASH_SECTOR;

/** What the guest does when it has stored the word. */
const AFTERWARDS = {
  reset: 'ldr r0, =0x84000009\n hvc #0', // PSCI SYSTEM_RESET
  spin: 'b .',
  sleep: 'cpsid aif\n 0: wfi\n b 0b',
} as const;

/** A raw image. Needs {@link ASSEMBLER}. */
export function flashGuest(afterwards: keyof typeof AFTERWARDS): Uint8Array {
  return assemble(
    `
      ldr r4, =${virtMap.uart.base}
      movw r0, #0x301
      str r0, [r4, #0x30]
      ldr r5, =${virtMap.flash1.base + KEPT_AT}
      ldr r6, =${KEPT}
      ldr r0, [r5]
      cmp r0, r6
      beq kept
      ldr r0, =0x00400040
      str r0, [r5]
      str r6, [r5]
      ldr r0, =0x00ff00ff
      str r0, [r5]
      mov r0, #'w'
      str r0, [r4]
      ${AFTERWARDS[afterwards]}
    kept:
      mov r0, #'k'
      str r0, [r4]
      ldr r0, =0x84000008
      hvc #0
      .ltorg
    `,
    { origin: ORIGIN },
  );
}
