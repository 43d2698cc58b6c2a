/** The Traps view's page. */
import type { FromTrapsView, ToTrapsView } from '../../protocol/panels.js';
import { connect } from '../common/host.js';
import { TrapsElement } from './view.js';

customElements.define('trapline-traps', TrapsElement);
document.querySelector<TrapsElement>('trapline-traps')?.start(connect<FromTrapsView, ToTrapsView>());
