/** The GICv2 as one interrupt controller: what its distributor and its CPU interface know of a line, put together. Has no state of its own. */
import type { Gicv2CpuInterface } from './gicv2-cpu-interface.js';
import type { Gicv2Distributor } from './gicv2-distributor.js';
import type { InterruptController, InterruptLine } from './interrupt-controller.js';

const FIRST_PPI = 16;
const FIRST_SPI = 32;
/** The one processor. GICD_ITARGETSR reads as zero where there is only one (IHI 0048B 4.3.12). */
const TARGETS = 1;

export class Gicv2Lines implements InterruptController {
  readonly part = 'GICv2';
  readonly lines: number;

  constructor(
    private readonly distributor: Gicv2Distributor,
    private readonly cpuInterface: Gicv2CpuInterface,
  ) {
    this.lines = distributor.interrupts;
  }

  label(line: number): string {
    if (line < FIRST_PPI) return `SGI ${line}`;
    return line < FIRST_SPI ? `PPI ${line - FIRST_PPI}` : `SPI ${line - FIRST_SPI}`;
  }

  line(line: number): InterruptLine {
    const { distributor } = this;
    return {
      level: distributor.levelOf(line),
      held: distributor.isHeld(line),
      enabled: distributor.isEnabled(line),
      pending: distributor.isPending(line),
      active: distributor.isActive(line),
      trigger: line < FIRST_PPI ? 'software' : distributor.isEdgeTriggered(line) ? 'edge' : 'level',
      signal: this.cpuInterface.signalOf(line),
      priority: distributor.priorityOf(line),
      group: distributor.groupOf(line),
      targets: TARGETS,
      raised: distributor.raised[line],
      acknowledged: distributor.acknowledged[line],
    };
  }

  signalled(as: 'IRQ' | 'FIQ'): number {
    return this.cpuInterface.signalled(as);
  }

  hold(line: number, high: boolean): void {
    this.distributor.hold(line, high);
  }

  get observer(): InterruptController['observer'] {
    return this.distributor.observer;
  }

  set observer(observer) {
    this.distributor.observer = observer;
  }
}
