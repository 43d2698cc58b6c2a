/** What the view "Registers" asks and is told, and how any view is told of a register. Values are text: `0x` and hexadecimal digits. */

/** A register or device block has these in groups, which may have groups of their own. */
export interface RegisterGroup {
  readonly id: string;
  readonly name: string;
  readonly section: 'processor' | 'devices';
  /** What the group is: an address, a few names. */
  readonly description: string;
  readonly registers: number;
  /** How many differ from what they were at the last stop. */
  readonly changed: number;
}

export interface FieldInfo {
  readonly name: string;
  /** Its bits: `31:28`, `10,3:0`. */
  readonly at: string;
  readonly bits: number;
  readonly title: string;
  readonly value: string;
  readonly meaning?: string;
  /** Values that mean something, where it can be set to one of them. */
  readonly values?: readonly { readonly value: number; readonly meaning: string }[];
  /** What it was at the last stop, if that was something else. */
  readonly before?: string;
}

export interface RegisterInfo {
  /** What `setRegister` takes. */
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly bits: number;
  readonly access: 'RO' | 'WO' | 'RW';
  /** Absent where there is nothing to read. */
  readonly value?: string;
  /** `name+offset` of an address in a known image; the number in an S or D register. */
  readonly note?: string;
  readonly before?: string;
  readonly writable: boolean;
  /** What the guest's reading does beside giving the value: the view has not done it. */
  readonly reads?: string;
  /** What writing does, where it does not simply replace the value. */
  readonly writes?: string;
  /** The part of its group that it belongs to, where that has parts. */
  readonly part?: string;
  /** How many fields it has. */
  readonly fieldCount: number;
  /** Those that were asked for. */
  readonly fields: readonly FieldInfo[];
}

/** A register to be found by its name. */
export interface RegisterName {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly group: string;
  readonly part?: string;
  /** Names of its fields. */
  readonly fields: string;
}
