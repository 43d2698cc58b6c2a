/** What the tree of registers consists of: sections, groups, their parts, registers, fields. Nodes are told apart by their ids alone. */
import type { FieldInfo, RegisterGroup, RegisterInfo } from '../../protocol/views/registers.js';

export type RegisterNode =
  | { readonly kind: 'section'; readonly section: RegisterGroup['section'] }
  | { readonly kind: 'group'; readonly group: RegisterGroup }
  | { readonly kind: 'part'; readonly group: RegisterGroup; readonly part: string }
  | { readonly kind: 'register'; readonly group: RegisterGroup; readonly register: RegisterInfo }
  | {
      readonly kind: 'field';
      readonly group: RegisterGroup;
      readonly register: RegisterInfo;
      readonly field: FieldInfo;
    };

/** The roots: the same objects always, by which VS Code knows what is to be drawn anew. */
export const SECTIONS = {
  processor: { kind: 'section', section: 'processor' },
  devices: { kind: 'section', section: 'devices' },
} as const satisfies Readonly<Record<RegisterGroup['section'], RegisterNode>>;

export function nodeId(node: RegisterNode): string {
  switch (node.kind) {
    case 'section':
      return node.section;
    case 'group':
      return node.group.id;
    case 'part':
      return `${node.group.id}/${node.part}`;
    case 'register':
      return `${node.group.id}#${node.register.id}`;
    case 'field':
      return `${node.group.id}#${node.register.id}.${node.field.name}`;
  }
}

export function parentOf(node: RegisterNode): RegisterNode | undefined {
  switch (node.kind) {
    case 'section':
      return undefined;
    case 'group':
      return SECTIONS[node.group.section];
    case 'part':
      return { kind: 'group', group: node.group };
    case 'register': {
      const { group, register } = node;
      return register.part === undefined ? { kind: 'group', group } : { kind: 'part', group, part: register.part };
    }
    case 'field':
      return { kind: 'register', group: node.group, register: node.register };
  }
}

/** What lies directly in a group: registers without a part, and the parts. */
export function childrenOfGroup(group: RegisterGroup, registers: readonly RegisterInfo[]): readonly RegisterNode[] {
  const parts = new Set<string>();
  return registers.flatMap((register): readonly RegisterNode[] => {
    const { part } = register;
    if (part === undefined) return [{ kind: 'register', group, register }];
    if (parts.has(part)) return [];
    parts.add(part);
    return [{ kind: 'part', group, part }];
  });
}

export function childrenOfPart(
  group: RegisterGroup,
  part: string,
  registers: readonly RegisterInfo[],
): readonly RegisterNode[] {
  return registers
    .filter((register) => register.part === part)
    .map((register) => ({ kind: 'register', group, register }));
}

export function childrenOfRegister(group: RegisterGroup, register: RegisterInfo): readonly RegisterNode[] {
  return register.fields.map((field) => ({ kind: 'field', group, register, field }));
}
