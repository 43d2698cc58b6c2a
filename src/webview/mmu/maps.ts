/** The maps of address spaces side by side, with their legend, and what lies in a cell in words. */
import { html, type TemplateResult } from 'lit';
import { cells, within, type CellKind, type MarkedRange } from './model.js';
import { present } from './range-tree.js';
import { KINDS } from './sign.js';
import { physical } from './walk.js';

const MIB = 0x10_0000;
/** Of a cell, pixels: several maps side by side, or one. */
const SMALL_CELL = 5;
const LARGE_CELL = 8;

export interface SpaceMap {
  readonly space: string;
  readonly label: string;
  readonly marked: readonly MarkedRange[];
}

/** What lies in the MiB at an address. */
export function describeCell(marked: readonly MarkedRange[], address: number): string {
  const here = within(present(marked), address, MIB);
  if (here.length === 0) return 'not mapped';
  const [{ PL1, PL0, pa, pieces, target, fault }] = here;
  const rights = [PL1 && `PL1 ${PL1}`, `PL0 ${PL0}`].filter(Boolean).join(', ');
  const what = fault ?? `${rights}, at ${pieces === 1 ? physical(pa) : 'several places'}, ${target}`;
  return here.length === 1 ? what : `${what}, and ${here.length - 1} more`;
}

const LEGEND = (Object.keys(KINDS) as CellKind[]).filter((kind) => kind !== 'none');

/** @param open shows the range at an address of a space */
export function mapsTemplate(
  maps: readonly SpaceMap[],
  open: (space: string, address: number) => void,
): TemplateResult {
  return html`<div class="scroll">
    <ul class="legend">
      ${LEGEND.map((kind) => html`<li><trapline-mmu-sign .kind=${kind}></trapline-mmu-sign>${KINDS[kind].name}</li>`)}
      <li>faint: in part; framed: changed since the last stop; a line for each GiB</li>
    </ul>
    <div class="maps">
      ${maps.map(
        ({ space, label, marked }) =>
          html`<trapline-mmu-map
            .size=${maps.length > 1 ? SMALL_CELL : LARGE_CELL}
            .cells=${cells(marked)}
            .label=${label}
            .describe=${(address: number) => describeCell(marked, address)}
            @cell-open=${({ detail }: CustomEvent<number>) => {
              open(space, detail);
            }}
          ></trapline-mmu-map>`,
      )}
    </div>
  </div>`;
}
