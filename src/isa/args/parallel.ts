/** The 36 parallel additions and subtractions: their names and sections, and the bits of either instruction set that tell them apart. */

export interface ParallelName {
  readonly name: string;
  readonly section: number;
  /** Bits 22:20 (A32) and 7:4 (T32) of the prefix. */
  readonly a32Prefix: string;
  readonly t32Prefix: string;
  /** Bits 7:5 (A32) and 22:20 (T32) of the operation. */
  readonly a32Operation: string;
  readonly t32Operation: string;
}

const PREFIXES = [
  { name: 'S', a32: '001', t32: '0000' },
  { name: 'Q', a32: '010', t32: '0001' },
  { name: 'SH', a32: '011', t32: '0010' },
  { name: 'U', a32: '101', t32: '0100' },
  { name: 'UQ', a32: '110', t32: '0101' },
  { name: 'UH', a32: '111', t32: '0110' },
] as const;

/** With the sections of the six prefixes in the order above. */
const OPERATIONS = [
  { name: 'ADD16', a32: '000', t32: '001', sections: [158, 135, 169, 243, 258, 249] },
  { name: 'ASX', a32: '001', t32: '010', sections: [160, 137, 171, 245, 260, 251] },
  { name: 'SAX', a32: '010', t32: '110', sections: [195, 140, 172, 268, 261, 252] },
  { name: 'SUB16', a32: '011', t32: '101', sections: [196, 142, 173, 269, 262, 253] },
  { name: 'ADD8', a32: '100', t32: '000', sections: [159, 136, 170, 244, 259, 250] },
  { name: 'SUB8', a32: '111', t32: '100', sections: [197, 143, 174, 270, 263, 254] },
] as const;

export const parallelNames: readonly ParallelName[] = PREFIXES.flatMap((prefix, i) =>
  OPERATIONS.map((operation) => ({
    name: prefix.name + operation.name,
    section: operation.sections[i],
    a32Prefix: prefix.a32,
    t32Prefix: prefix.t32,
    a32Operation: operation.a32,
    t32Operation: operation.t32,
  })),
);
