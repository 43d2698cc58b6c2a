/** The page of the panel "Callback Sites". */
import type { FromPanel, ToPanel } from '../../protocol/panels.js';
import { connect } from '../common/host.js';
import { defineTable } from '../common/table.js';
import { SitesElement } from './view.js';

defineTable();
customElements.define('trapline-sites', SitesElement);
document.querySelector<SitesElement>('trapline-sites')?.start(connect<FromPanel, ToPanel>());
