/** The page of the panel "Memory". */
import type { FromPanel, ToPanel } from '../../protocol/panels.js';
import { connect } from '../common/host.js';
import { HexElement } from './hex.js';
import { MemoryElement } from './view.js';

customElements.define('trapline-hex', HexElement);
customElements.define('trapline-memory', MemoryElement);
document.querySelector<MemoryElement>('trapline-memory')?.start(connect<FromPanel, ToPanel>());
