/** The page of the panel "Blocks". */
import type { FromPanel, ToPanel } from '../../protocol/panels.js';
import { connect } from '../common/host.js';
import { defineTable } from '../common/table.js';
import { GraphElement } from './graph.js';
import { SearchField } from './search-field.js';
import { StripElement } from './strip.js';
import { BlocksElement } from './view.js';

defineTable();
customElements.define('trapline-graph', GraphElement);
customElements.define('trapline-block-search', SearchField);
customElements.define('trapline-strip', StripElement);
customElements.define('trapline-blocks', BlocksElement);
document.querySelector<BlocksElement>('trapline-blocks')?.start(connect<FromPanel, ToPanel>());
