/** What stands for the classes of instructions, the kinds of edges and the uses of memory: a colour of the theme, and each time a second sign beside it. */
import { trapClassLabel } from '../../protocol/trap-classes.js';
import type { BlockEdgeKind, BlockStubKind, MemoryUse } from '../../protocol/views/blocks.js';

/** Names of colours, as `theme.ts` finds them. */
export type ColourName = 'red' | 'orange' | 'yellow' | 'green' | 'blue' | 'purple' | 'foreground' | 'dim';

export interface ClassSign {
  /** Two letters; none for what runs untouched. */
  readonly letters: string;
  readonly colour: ColourName;
  readonly label: string;
}

const CLASSES: Readonly<Record<string, Omit<ClassSign, 'label'>>> = {
  'status-register': { letters: 'SR', colour: 'orange' },
  'exception-return': { letters: 'XR', colour: 'purple' },
  'exception-call': { letters: 'XC', colour: 'purple' },
  'indirect-branch': { letters: 'IB', colour: 'blue' },
  coprocessor: { letters: 'CP', colour: 'red' },
  'user-access': { letters: 'UA', colour: 'yellow' },
  'state-store': { letters: 'SS', colour: 'yellow' },
  wait: { letters: 'WF', colour: 'green' },
  undefined: { letters: 'UN', colour: 'red' },
  branch: { letters: '', colour: 'blue' },
  innocuous: { letters: '', colour: 'foreground' },
};

const OTHER_LABELS: Readonly<Record<string, string>> = { branch: 'direct branch', innocuous: 'innocuous' };

export function classSign(cls: string): ClassSign {
  const { letters, colour } = CLASSES[cls] ?? { letters: '??', colour: 'red' };
  return { letters, colour, label: OTHER_LABELS[cls] ?? trapClassLabel(cls) };
}

/** The classes that a graph shows, for its legend. */
export const SIGNED_CLASSES = Object.keys(CLASSES).filter((cls) => CLASSES[cls].letters !== '');

export interface EdgeSign {
  readonly colour: ColourName;
  /** Lengths of dashes and gaps; empty for a whole line. */
  readonly dash: readonly number[];
  /** What it is called, as seen from where it starts and from where it ends. */
  readonly out: string;
  readonly into: string;
}

export const EDGES: Readonly<Record<BlockEdgeKind, EdgeSign>> = {
  'runs on': { colour: 'dim', dash: [], out: 'runs on into', into: 'falls through from' },
  taken: { colour: 'green', dash: [], out: 'branch taken to', into: 'branch from' },
  'not taken': { colour: 'red', dash: [6, 3], out: 'branch not taken', into: 'branch not taken from' },
  called: { colour: 'purple', dash: [2, 3], out: 'calls', into: 'called from' },
  'returned to': { colour: 'dim', dash: [10, 4], out: 'call returns to', into: 'call returns from' },
  indirect: { colour: 'blue', dash: [8, 3, 2, 3], out: 'seen to go to', into: 'seen to come from' },
};

/** Where a branch is told apart from another by a letter at its start. */
export const EDGE_LETTERS: Partial<Readonly<Record<BlockEdgeKind, string>>> = { taken: 'T', 'not taken': 'N' };

export const STUBS: Readonly<Record<BlockStubKind, string>> = {
  unscanned: 'not reached yet',
  elsewhere: 'outside of this graph',
  unknown: 'target not known',
};

export const USES: Readonly<Record<MemoryUse, { readonly colour: ColourName; readonly label: string }>> = {
  unanalysed: { colour: 'dim', label: 'unanalysed' },
  user: { colour: 'blue', label: 'user code' },
  data: { colour: 'yellow', label: 'reached as data' },
  innocuous: { colour: 'green', label: 'innocuous' },
  site: { colour: 'red', label: 'callback sites' },
};
