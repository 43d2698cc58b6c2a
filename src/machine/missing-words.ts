/** What a processor model, by its name, lacks to know a word: for those who explain words and see no processor. */
import { missingFeature } from '../cpu/missing.js';
import type { Isa } from '../isa/row.js';
import { cpuModel } from './machine.js';

/** One sentence if the model takes the word for UNDEFINED because it lacks something, else undefined. @throws UserError 121 */
export function missingOn(cpu: string, isa: Isa, word: number): string | undefined {
  return missingFeature(cpuModel(cpu), isa, word);
}
