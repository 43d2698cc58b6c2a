/** One address translated: what is asked, and every step of the answer. */
import { html, nothing, type TemplateResult } from 'lit';
import type { AccessName, TranslationInfo } from '../../protocol/views/mmu.js';
import { hex32 } from '../../util/bits.js';
import { isShadow } from './spaces.js';
import { ACCESSES, walkTemplate } from './walk.js';

/** As whom the guest accesses the address, and how. */
export interface AccessChoice {
  readonly privileged: boolean;
  readonly access: AccessName;
}

export interface Translated extends AccessChoice {
  readonly space: string;
  readonly expression: string;
  /** What the expression is; undefined where nobody knows yet. */
  readonly address: number | undefined;
  /** Why it is nothing. */
  readonly addressProblem: string | undefined;
  readonly translation: TranslationInfo | undefined;
  /** There are other tables beside these. */
  readonly beside: boolean;
}

/** What a person can do here. */
export interface TranslateActions {
  type(expression: string): void;
  choose(choice: Partial<AccessChoice>): void;
  openMemory(address: number): void;
  openListing(address: number): void;
}

export function translateTemplate(shown: Translated, does: TranslateActions): TemplateResult {
  const { translation, addressProblem, address, expression, privileged, access, space, beside } = shown;
  const real = isShadow(space);
  return html`<div class="form" role="search">
      <label
        >Address
        <input
          type="text"
          spellcheck="false"
          placeholder="0x40010000, pc, main+8"
          .value=${expression}
          @input=${(event: Event) => {
            does.type((event.target as HTMLInputElement).value);
          }}
      /></label>
      ${address === undefined || addressProblem !== undefined ? nothing : html`<span class="mono">${hex32(address)}</span>`}
      <fieldset>
        <legend hidden>Privilege</legend>
        ${[true, false].map(
          (level) =>
            html`<label
              ><input
                type="radio"
                name="level"
                .checked=${privileged === level}
                ?disabled=${real}
                @change=${() => {
                  does.choose({ privileged: level });
                }}
              />PL${level ? 1 : 0}</label
            >`,
        )}
      </fieldset>
      <fieldset>
        <legend hidden>Access</legend>
        ${ACCESSES.map(
          ({ id, name }) =>
            html`<label
              ><input
                type="radio"
                name="access"
                .checked=${access === id}
                @change=${() => {
                  does.choose({ access: id });
                }}
              />${name}</label
            >`,
        )}
      </fieldset>
      ${
        address === undefined
          ? nothing
          : html`<button
                class="link"
                @click=${() => {
                  does.openMemory(address);
                }}
              >
                Show in Memory</button
              ><button
                class="link"
                @click=${() => {
                  does.openListing(address);
                }}
              >
                Show in Listing
              </button>`
      }
    </div>
    ${addressProblem === undefined ? nothing : html`<div class="problem" role="alert">${addressProblem}</div>`}
    <div class="scroll">
      ${translation === undefined ? nothing : walkTemplate(translation, { privileged, access })}
      ${
        real
          ? html`<p class="dim">
              Under the monitor everything runs at PL0 of the real processor. A fault of these tables comes to the
              monitor: it fills the entry, or gives the guest the fault of its own tables.
            </p>`
          : beside
            ? html`<p class="dim">
                These are the guest's tables, as the virtual processor walks them. The real processor walks the shadow
                tables.
              </p>`
            : nothing
      }
    </div>`;
}
