/** The lanes of the chart: which there are, what they are called, and where they lie. */
import { TRAP_CLASSES, trapClassLabel } from '../../protocol/trap-classes.js';

export type LaneKind = 'user' | 'kernel' | 'asleep' | 'monitor' | 'class' | 'interrupts';

export interface Lane {
  readonly id: string;
  readonly kind: LaneKind;
  readonly label: string;
  /** What there is to know of it. */
  readonly title: string;
  /** Class of traps that it shows alone. */
  readonly cls?: string;
  /** Pixels. */
  readonly top: number;
  readonly height: number;
}

export const INTERRUPT = 'interrupt';
/** The strip that shows the whole run, and the axis below it, pixels. */
export const STRIP_HEIGHT = 26;
export const AXIS_HEIGHT = 20;
const FIRST_LANE = STRIP_HEIGHT + AXIS_HEIGHT + 4;
const GAP = 3;
const HEIGHTS: Readonly<Record<LaneKind, number>> = {
  user: 18,
  kernel: 18,
  asleep: 12,
  monitor: 34,
  class: 16,
  interrupts: 24,
};

const DESCRIPTIONS: ReadonlyMap<string, string> = new Map(TRAP_CLASSES.map(({ id, description }) => [id, description]));
const ORDER: readonly string[] = TRAP_CLASSES.map(({ id }) => id);

/** Of some classes of traps, with a lane for sleep if there was any. */
export function lanesOf(classes: readonly string[], hasSleep: boolean): readonly Lane[] {
  const shown = ORDER.filter((cls) => classes.includes(cls) && cls !== INTERRUPT);
  const wanted: Omit<Lane, 'top' | 'height'>[] = [
    { id: 'user', kind: 'user', label: 'Guest user', title: 'Time in which user code of the guest ran' },
    { id: 'kernel', kind: 'kernel', label: 'Guest kernel', title: 'Time in which privileged code of the guest ran' },
    ...(hasSleep
      ? [{ id: 'asleep', kind: 'asleep', label: 'Asleep', title: 'Time that the guest slept' } as const]
      : []),
    {
      id: 'monitor',
      kind: 'monitor',
      label: 'VMM',
      title: 'Traps that the monitor handled, all classes but interrupts',
    },
    ...shown.map((cls) => ({
      id: cls,
      kind: 'class' as const,
      label: trapClassLabel(cls),
      title: DESCRIPTIONS.get(cls) ?? '',
      cls,
    })),
    {
      id: 'interrupts',
      kind: 'interrupts',
      label: 'Interrupts',
      title: DESCRIPTIONS.get(INTERRUPT) ?? '',
      cls: INTERRUPT,
    },
  ];
  let top = FIRST_LANE;
  return wanted.map((lane) => {
    const height = HEIGHTS[lane.kind];
    const placed = { ...lane, top, height };
    top += height + GAP;
    return placed;
  });
}

export function heightOf(lanes: readonly Lane[]): number {
  const last = lanes.at(-1);
  return last ? last.top + last.height + GAP : FIRST_LANE;
}

/** The lane at a height. */
export function laneAt(lanes: readonly Lane[], y: number): Lane | undefined {
  return lanes.find(({ top, height }) => y >= top && y < top + height + GAP);
}
