/** Processor modes and the bits of the program status registers (DDI 0406C B1.3). */

export const Mode = {
  usr: 0x10,
  fiq: 0x11,
  irq: 0x12,
  svc: 0x13,
  mon: 0x16,
  abt: 0x17,
  hyp: 0x1a,
  und: 0x1b,
  sys: 0x1f,
} as const;
export type ModeName = keyof typeof Mode;

/** Bits of CPSR and SPSR (B1.3.3). */
export const Psr = {
  N: 1 << 31,
  Z: 1 << 30,
  C: 1 << 29,
  V: 1 << 28,
  Q: 1 << 27,
  J: 1 << 24,
  E: 1 << 9,
  A: 1 << 8,
  I: 1 << 7,
  F: 1 << 6,
  T: 1 << 5,
  M: 0x1f,
} as const;

/** Index of a mode's bank (usr, fiq, irq, svc, abt, und, mon, hyp), or -1 for a reserved mode number. Sys shares usr's. */
export function bankOf(mode: number): number {
  switch (mode) {
    case Mode.usr:
    case Mode.sys:
      return 0;
    case Mode.fiq:
      return 1;
    case Mode.irq:
      return 2;
    case Mode.svc:
      return 3;
    case Mode.abt:
      return 4;
    case Mode.und:
      return 5;
    case Mode.mon:
      return 6;
    case Mode.hyp:
      return 7;
    default:
      return -1;
  }
}

/** The manual's lower-case letters of a mode number, or `0x..` for a reserved one. */
export function modeName(mode: number): string {
  for (const [name, value] of Object.entries(Mode)) if (value === mode) return name;
  return '0x' + mode.toString(16);
}
