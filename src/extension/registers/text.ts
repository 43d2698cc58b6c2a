/** Registers in words, as the tree shows them and screen readers read them. Knows no editor. */
import type { FieldInfo, RegisterGroup, RegisterInfo, RegisterName } from '../../protocol/views/registers.js';

/** `1 (on)` */
export function fieldValue({ value, meaning }: FieldInfo): string {
  return meaning === undefined ? value : `${value} (${meaning})`;
}

export interface ItemText {
  readonly label: string;
  readonly description: string;
  /** What a screen reader says. */
  readonly spoken: string;
}

const was = (before: string | undefined) => (before === undefined ? '' : `, was ${before}`);

export function registerText({ name, title, value, note, before }: RegisterInfo): ItemText {
  const shown = value === undefined ? 'write-only' : note === undefined ? value : `${value} <${note}>`;
  return {
    label: name,
    description: `${shown}${was(before)}`,
    spoken: `${name}, ${title}, ${shown}${before === undefined ? '' : `, changed${was(before)}`}`,
  };
}

export function fieldText(field: FieldInfo, { value }: RegisterInfo): ItemText {
  const { name, title, at, before } = field;
  const shown = value === undefined ? 'write-only' : fieldValue(field);
  return {
    label: name,
    description: `${shown}${was(before)} · ${title}`,
    spoken: `${name}, ${title}, bits ${at}, ${shown}${before === undefined ? '' : `, changed${was(before)}`}`,
  };
}

export function groupText({ name, description, changed }: RegisterGroup): ItemText {
  const count = changed === 0 ? '' : ` · ${changed} changed`;
  return {
    label: name,
    description: `${description}${count}`,
    spoken: `${name}, ${description}${changed === 0 ? '' : `, ${changed} changed since the last stop`}`,
  };
}

const ACCESS: Readonly<Record<RegisterInfo['access'], string>> = {
  RO: 'read-only',
  WO: 'write-only',
  RW: 'read and write',
};

/** Everything about a register, one sentence or field in a line. */
export function registerDetails(register: RegisterInfo): readonly string[] {
  const { name, title, bits, access, reads, writes, before } = register;
  return [
    `${name}: ${title}`,
    `${bits} bits, ${access === 'RW' && !register.writable ? 'shown only' : ACCESS[access]}`,
    ...(reads === undefined ? [] : [`When the guest reads it, it ${reads}. This view does not.`]),
    ...(writes === undefined ? [] : [`Writing: ${writes}.`]),
    ...(before === undefined ? [] : [`At the last stop it was ${before}.`]),
  ];
}

/** What an input box asks of whoever sets a register or a field. */
export function editPrompt({ name, title, bits, writes }: RegisterInfo, field: FieldInfo | undefined): string {
  const what =
    field === undefined
      ? `${name}, ${title}: ${bits} bits`
      : `${name}.${field.name}, ${field.title}: ${field.bits} ${field.bits === 1 ? 'bit' : 'bits'}`;
  return writes === undefined ? what : `${what}. Writing: ${writes}.`;
}

const NUMBER = /^-?(0x[\da-f]+|0b[01]+|\d+)$/i;

/** What is wrong with what was typed for so many bits, in a sentence; undefined if nothing is, or only the session can tell. */
export function problemWith(text: string, bits: number): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return 'Type a number, or an expression such as r0 + 4.';
  if (!NUMBER.test(trimmed)) return undefined;
  const negative = trimmed.startsWith('-');
  const value = BigInt(negative ? trimmed.slice(1) : trimmed) * (negative ? -1n : 1n);
  if (value >= 1n << BigInt(bits) || value < -(1n << BigInt(bits - 1))) {
    return `It has ${bits} ${bits === 1 ? 'bit' : 'bits'}: at most 0x${((1n << BigInt(bits)) - 1n).toString(16)}.`;
  }
  return undefined;
}

/** Values of a field to pick from; undefined where there are too many to list. */
export function choicesOf({
  bits,
  values,
}: FieldInfo): readonly { readonly value: number; readonly meaning: string }[] | undefined {
  if (values !== undefined) return [...values].sort((a, b) => a.value - b.value);
  return bits === 1 ? [0, 1].map((value) => ({ value, meaning: '' })) : undefined;
}

/** Where a register lies, for lists of many. */
export function whereabouts({ group, part }: RegisterName): string {
  const name = group.slice(group.indexOf('/') + 1);
  return part === undefined ? name : `${name}, ${part}`;
}
