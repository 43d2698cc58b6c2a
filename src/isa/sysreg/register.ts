/**
 * The shape of a system register row, and the compact notation in which the tables beside this file are written. Knows no register and no
 * storage layout, and of processor models nothing but names.
 */
import { featureMask, type Feature } from '../features.js';

/** What an access at one privilege level may do; `none` makes the access Undefined. */
export type SysregAccess = 'none' | 'RO' | 'WO' | 'RW';

/**
 * What an access does.
 * - `storage`: keeps what is written, subject to the register's own rules; has words in the state block.
 * - `constant`: reads a fixed value; writes, where allowed, are ignored.
 * - `computed`: reads and writes go through logic (timers, counters, views of another register). May have words as well.
 * - `operation`: writing performs something (cache, TLB, translation, barrier).
 * - `absent`: belongs to an extension that no model here has; every access is Undefined.
 */
export type SysregKind = 'storage' | 'constant' | 'computed' | 'operation' | 'absent';

/**
 * A control that software has over PL0's access. The PL0 right of the row holds only while the control permits it.
 * - `PMUSERENR`: PMUSERENR.EN is 1.
 * - `CNTKCTL.PL0PCTEN`, `.PL0VCTEN`, `.PL0PTEN`, `.PL0VTEN`: that bit is 1; `CNTKCTL.PL0xCTEN`: either of the first two is.
 * - `TEECR`: TEECR.XED is 0.
 * - `DBGDSCR`: DBGDSCR.UDCCdis is 0.
 * - `SUNAVCR`: SUNAVCR.V is 1 (the ARM1176's performance monitor).
 */
export type SysregControl =
  | 'PMUSERENR'
  | 'CNTKCTL.PL0PCTEN'
  | 'CNTKCTL.PL0VCTEN'
  | 'CNTKCTL.PL0xCTEN'
  | 'CNTKCTL.PL0PTEN'
  | 'CNTKCTL.PL0VTEN'
  | 'TEECR'
  | 'DBGDSCR'
  | 'SUNAVCR';

/** One access encoding of a system register. Registers that are reached in two ways (TTBR0) have two rows. */
export interface SystemRegister {
  /** The manual's name; unique. The 64-bit access to a register that also has a 32-bit one appends `_64`. */
  readonly name: string;
  /** Other names for the same encoding and storage (MAIR0 for PRRR). */
  readonly aliases: readonly string[];
  /** What the register is called in full. */
  readonly title: string;
  readonly coproc: number;
  readonly opc1: number;
  /** Primary register; of no meaning (0) for a 64-bit access. */
  readonly CRn: number;
  readonly CRm: number;
  /** Of no meaning (0) for a 64-bit access. */
  readonly opc2: number;
  /** Bits: 32 is reached by MRC and MCR, 64 by MRRC and MCRR. */
  readonly width: 32 | 64;
  readonly kind: SysregKind;
  readonly PL0: SysregAccess;
  readonly PL1: SysregAccess;
  readonly PL0control?: SysregControl;
  /** Value after reset where the architecture or this project fixes it (UNKNOWN resets to 0), or `model` where the processor model does. */
  readonly reset: number | 'model';
  /** Where the manual has it, e.g. `DDI 0406C B3.18.2`. */
  readonly section: string;
  /** The feature that the register came with, if not all processors have it. */
  readonly extension?: Feature;
  /** The same as a mask of features.ts. */
  readonly needs: number;
  /** The processor models that have it, where it is no register of the architecture: names of cpu/models.ts. */
  readonly only?: readonly string[];
  /** Name of the row whose words this one uses. */
  readonly shares?: string;
  /** Words of storage (0 where the row has none or shares another's). */
  readonly words: number;
}

/** What a table states beyond name, encoding and access. */
export interface RegisterOptions {
  readonly kind?: SysregKind;
  readonly reset?: number | 'model';
  readonly control?: SysregControl;
  readonly shares?: string;
  readonly words?: number;
  readonly aliases?: readonly string[];
  readonly extension?: Feature;
  readonly only?: readonly string[];
}

const ACCESS: Readonly<Record<string, SysregAccess>> = { '-': 'none', RO: 'RO', WO: 'WO', RW: 'RW' };

/**
 * Writes one row. `section` is the architecture manual's unless it names a document. `encoding` is `p15 opc1 cN cM opc2` for 32 bits or `p15 opc1 cM` for 64; `access` is PL0's and PL1's right, `-/RW`.
 * The kind is `storage` unless stated.
 */
export function register(
  section: string,
  name: string,
  encoding: string,
  access: string,
  title: string,
  options: RegisterOptions = {},
): SystemRegister {
  const parts = encoding.split(' ').map((part) => Number(part.replace(/^[pc]/, '')));
  const wide = parts.length === 3;
  if ((!wide && parts.length !== 5) || parts.some((part) => !(part >= 0 && part <= 15))) {
    throw new Error(`system register ${name}: bad encoding '${encoding}'`);
  }
  const [PL0, PL1] = access.split('/').map((right) => ACCESS[right]);
  if (PL0 === undefined || PL1 === undefined) throw new Error(`system register ${name}: bad access '${access}'`);
  const kind = options.kind ?? 'storage';
  const width = wide ? 64 : 32;
  return {
    name,
    aliases: options.aliases ?? [],
    title,
    coproc: parts[0],
    opc1: parts[1],
    CRn: wide ? 0 : parts[2],
    CRm: wide ? parts[2] : parts[3],
    opc2: wide ? 0 : parts[4],
    width,
    kind,
    PL0,
    PL1,
    PL0control: options.control,
    reset: options.reset ?? 0,
    section: section.startsWith('DDI') ? section : `DDI 0406C ${section}`,
    extension: options.extension,
    needs: options.extension === undefined ? 0 : featureMask([options.extension]),
    only: options.only,
    shares: options.shares,
    words: options.words ?? (kind === 'storage' && options.shares === undefined ? width / 32 : 0),
  };
}
