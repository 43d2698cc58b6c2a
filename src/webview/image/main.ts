/** The image editor's page. */
import type { FromImageView, ToImageView } from '../../protocol/panels.js';
import { connect } from '../common/host.js';
import { ImageElement } from './view.js';

customElements.define('trapline-image', ImageElement);
document.querySelector<ImageElement>('trapline-image')?.start(connect<FromImageView, ToImageView>());
