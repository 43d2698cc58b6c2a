/** The boards by name. */
import type { BoardModel } from './board.js';
import { boardErrors } from './errors.js';
import { raspi1 } from './raspi1.js';
import { virt } from './virt.js';

export const boards: ReadonlyMap<string, BoardModel> = new Map([virt, raspi1].map((model) => [model.name, model]));

/** The board of a name. @throws UserError 120 */
export function boardModel(name: string): BoardModel {
  const model = boards.get(name);
  if (model === undefined) throw boardErrors.unknownBoard(name, [...boards.keys()].join(', '));
  return model;
}
