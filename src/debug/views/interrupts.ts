/** The interrupt controller for people: its lines, what it tells the processor, and what happened lately. Every answer comes from the controller itself. */
import { Psr } from '../../arm/modes.js';
import { Word } from '../../arm/state.js';
import type { BoardInterrupts } from '../../machine/board.js';
import type { Guest } from '../../machine/guest.js';
import { classIndex } from '../../vmm/classes.js';
import type { Hypervisor } from '../../vmm/hypervisor.js';
import { debugErrors } from '../errors.js';
import { deviceRegisterNamed, infoOf } from '../registers/listed.js';
import { InterruptRecorder } from './interrupt-recorder.js';
import type {
  ProcessorInputs,
  InterruptQuery,
  InterruptsInfo,
  InterruptLineInfo,
  LineDrive,
} from '../../protocol/views/interrupts.js';

const INTERRUPT = classIndex('interrupt');

function inputsOf(name: ProcessorInputs['name'], cpu: Guest['cpu']): ProcessorInputs {
  const psr = cpu.state[Word.PSR];
  return {
    name,
    irq: cpu.irqLine,
    fiq: cpu.fiqLine,
    irqMasked: (psr & Psr.I) !== 0,
    fiqMasked: (psr & Psr.F) !== 0,
  };
}

export class InterruptsView {
  private readonly interrupts: BoardInterrupts;
  private readonly recorder: InterruptRecorder;

  constructor(
    private readonly guest: Guest,
    private readonly vmm: Hypervisor | undefined,
  ) {
    this.interrupts = guest.board.interruptLines;
    this.recorder = new InterruptRecorder(this.interrupts.controller, () => guest.machine.clock.instructions());
  }

  /** The guest takes an exception, as it sees it. */
  exceptionTaken(kind: number): void {
    this.recorder.exceptionTaken(kind);
  }

  /** What there is to see now; recording goes on for as long as this is asked. */
  look({ all, after, maximum }: InterruptQuery): InterruptsInfo {
    const { recorder, guest, vmm } = this;
    recorder.watch();
    const { controller, cpuInterface } = this.interrupts;
    const { device, registers } = cpuInterface;
    const lines: InterruptLineInfo[] = [];
    let enabled = 0;
    let pending = 0;
    let active = 0;
    for (let line = 0; line < controller.lines; line++) {
      const info = this.lineInfo(line);
      if (info.enabled) enabled++;
      if (info.pending) pending++;
      if (info.active) active++;
      if (all || inUse(info)) lines.push(info);
    }
    return {
      part: controller.part,
      acknowledges: controller.line(0).priority !== undefined,
      lines,
      total: controller.lines,
      enabled,
      pending,
      active,
      registers: registers.map((name) => infoOf(deviceRegisterNamed(device, name), 'telling')),
      processors:
        vmm === undefined
          ? [inputsOf('processor', guest.cpu)]
          : [inputsOf('virtual', guest.cpu), inputsOf('physical', vmm.machine.processor)],
      ...(vmm && {
        monitor: { taken: vmm.metrics.exitsOf(INTERRUPT), injected: vmm.metrics.injectedInterrupts },
      }),
      events: recorder.events(after, maximum),
      since: recorder.since,
      now: guest.machine.clock.instructions(),
    };
  }

  /** Drives the input of a line by hand, beside whatever else does. @throws UserError 252 */
  drive({ line, to }: LineDrive): void {
    const { controller } = this.interrupts;
    if (!Number.isInteger(line) || line < 0 || line >= controller.lines) {
      throw debugErrors.noSuchLine(line, controller.part, controller.lines - 1);
    }
    if (to !== 'low') controller.hold(line, true);
    // what software makes pending stays so until it is taken
    if (to === 'low' || (to === 'pulse' && controller.line(line).trigger !== 'software')) controller.hold(line, false);
  }

  private lineInfo(line: number): InterruptLineInfo {
    const { controller, names } = this.interrupts;
    const latency = this.recorder.latencyOf(line);
    return {
      line,
      label: controller.label(line),
      ...names.get(line),
      ...controller.line(line),
      ...(latency && { latency }),
    };
  }
}

/** Software generated interrupts are always enabled. */
function inUse({ enabled, trigger, pending, active, level, held, raised }: InterruptLineInfo): boolean {
  return (enabled && trigger !== 'software') || pending || active || level || held || raised > 0;
}
