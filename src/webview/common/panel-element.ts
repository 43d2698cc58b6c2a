/**
 * What the panels of a session have in common: they ask for what they show when something may have changed, one question at a time, say what is wrong
 * in place, and say what will appear here while there is nothing to show.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { StatusInfo } from '../../protocol/model.js';
import type {
  AddressBreakpoint,
  FromPanel,
  PanelEventMessage,
  PanelPlace,
  PanelSession,
  ToPanel,
} from '../../protocol/panels.js';
import type { Host } from './host.js';
import { Outdated, PanelConnection, type PanelListener } from './panel-session.js';

export const panelStyles = css`
  .welcome {
    max-width: 70ch;
    padding: 10px;
  }
  .problem {
    padding: 4px 10px;
    color: var(--vscode-errorForeground);
  }
`;

/** `Kept`: what is still there after the panel was hidden or the window reloaded. */
export abstract class PanelElement<Kept, Out = never, In = never> extends LitElement implements PanelListener {
  protected host!: Host<FromPanel | Out, ToPanel | In>;
  protected connection!: PanelConnection;
  /** Why what is shown is not up to date, in a sentence. */
  protected problem: string | undefined;
  private asking = false;
  private askAgain = false;

  /** To be called once, when the page is up. */
  start(host: Host<FromPanel | Out, ToPanel | In>): void {
    this.host = host;
    this.connection = new PanelConnection(host as Host<FromPanel, ToPanel>, this);
    const kept = host.recall<Kept>();
    if (kept !== undefined) this.restore(kept);
    this.connection.ready();
    this.requestUpdate();
  }

  /** What was kept. */
  protected abstract restore(kept: Kept): void;

  /** Asks the session for what is to be shown, and keeps it in the element. It is drawn anew afterwards. */
  protected abstract load(): Promise<void>;

  /** Another guest: forgets what was loaded. */
  protected abstract reset(): void;

  /** What will appear here, and how, for a panel without a session. */
  protected abstract readonly purpose: string;

  /** Why a bare guest has nothing to show here; undefined where it has. */
  protected readonly bareNote: string | undefined;

  /** What is shown of a session. */
  protected abstract draw(session: PanelSession): TemplateResult;

  protected get session(): PanelSession | null {
    return this.connection.session;
  }

  protected get status(): StatusInfo | undefined {
    return this.connection.status;
  }

  sessionChanged(): void {
    this.reset();
    this.problem = undefined;
    this.requestUpdate();
  }

  statusChanged(_status: StatusInfo): void {
    this.refresh();
  }

  show(_place: PanelPlace): void {
    // most panels have nothing in particular to show
  }

  breakpointsChanged(_breakpoints: readonly AddressBreakpoint[]): void {
    // most panels show none
  }

  eventHeard(_message: PanelEventMessage): void {
    // most panels look when the status changes
  }

  /** Has {@link load} run: now, or once more when the present one is done. */
  protected refresh(): void {
    this.askAgain = true;
    if (this.asking) return;
    this.asking = true;
    void this.loadUntilCurrent();
  }

  /** Says in place why something could not be shown. */
  protected fail(error: unknown): void {
    if (error instanceof Outdated) return;
    this.problem = error instanceof Error ? error.message : String(error);
    this.requestUpdate();
  }

  private async loadUntilCurrent(): Promise<void> {
    while (this.askAgain) {
      this.askAgain = false;
      const { session } = this;
      if (!session || (this.bareNote !== undefined && session.status.mode === 'bare')) break;
      try {
        await this.load();
        this.problem = undefined;
      } catch (error) {
        this.fail(error);
      }
      this.requestUpdate();
    }
    this.asking = false;
  }

  override render(): TemplateResult {
    const { session, bareNote } = this;
    if (!session) return this.welcome();
    if (session.status.mode === 'bare' && bareNote !== undefined) {
      return html`<div class="welcome dim">
        <p>${session.name} runs bare: ${bareNote}</p>
        <p>
          Set <span class="mono">"mode": "hypervised"</span> in its launch configuration to watch the monitor at work.
        </p>
      </div>`;
    }
    return html`${this.problem === undefined ? nothing : html`<div class="problem" role="alert">${this.problem}</div>`}
    ${this.draw(session)}`;
  }

  private welcome(): TemplateResult {
    return html`<div class="welcome">
      <p>${this.purpose}</p>
      <p>
        <button
          class="action"
          @click=${() => {
            this.connection.send({ kind: 'command', command: 'trapline.openSamples' });
          }}
        >
          Open Samples
        </button>
      </p>
    </div>`;
  }
}
