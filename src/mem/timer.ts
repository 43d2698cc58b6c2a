/** The generic timer's port as devices see it: devices may import mem, and mem the processor's interfaces. */
export { TimerKind } from '../arm/timer-port.js';
export type { GenericTimerPort, TimerKindValue } from '../arm/timer-port.js';
