/** The page of the panel "MMU". */
import type { FromPanel, ToPanel } from '../../protocol/panels.js';
import { connect } from '../common/host.js';
import { defineTable } from '../common/table.js';
import { MapElement } from './map.js';
import { SignElement } from './sign.js';
import { MmuElement } from './view.js';

defineTable();
customElements.define('trapline-mmu-sign', SignElement);
customElements.define('trapline-mmu-map', MapElement);
customElements.define('trapline-mmu', MmuElement);
document.querySelector<MmuElement>('trapline-mmu')?.start(connect<FromPanel, ToPanel>());
