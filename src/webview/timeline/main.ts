/** The page of the panel "Trap Timeline". */
import type { FromPanel, ToPanel } from '../../protocol/panels.js';
import { connect } from '../common/host.js';
import { defineTable } from '../common/table.js';
import { ChartElement } from './chart-element.js';
import { TimelineElement } from './view.js';

defineTable();
customElements.define('trapline-timeline-chart', ChartElement);
customElements.define('trapline-timeline', TimelineElement);
document.querySelector<TimelineElement>('trapline-timeline')?.start(connect<FromPanel, ToPanel>());
