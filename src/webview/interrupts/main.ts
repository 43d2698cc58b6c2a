/** The page of the panel "Interrupts". */
import type { FromPanel, ToPanel } from '../../protocol/panels.js';
import { connect } from '../common/host.js';
import { defineTable } from '../common/table.js';
import { TimelineElement } from './timeline.js';
import { InterruptsElement } from './view.js';

defineTable();
customElements.define('trapline-interrupt-lanes', TimelineElement);
customElements.define('trapline-interrupts', InterruptsElement);
document.querySelector<InterruptsElement>('trapline-interrupts')?.start(connect<FromPanel, ToPanel>());
