/**
 * Says in words why a word is Undefined that another processor model executes: which feature it needs, which models have it. For people;
 * decides nothing.
 */
import { decode, extractFields } from '../isa/decode.js';
import { featureInWords, featuresOf } from '../isa/features.js';
import type { CompiledRow, Isa } from '../isa/row.js';
import { findSystemRegister, findSystemRegister64, hasRegister, type SystemRegister } from '../isa/sysreg.js';
import { cpuModels, type CpuModel } from './models.js';

/** `cortex-a7 and cortex-a15 have it`. */
function owners(names: readonly string[]): string {
  const sorted = [...names].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const last = sorted.pop()!;
  return sorted.length === 0 ? `${last} has it` : `${sorted.join(', ')} and ${last} have it`;
}

function lacks(what: string, needs: string, model: CpuModel, having: readonly string[]): string {
  const who =
    having.length === 0 ? `which no processor here has in use` : `which ${model.name} lacks; ${owners(having)}`;
  return `${what} needs ${needs}, ${who}.`;
}

function modelsWith(has: (model: CpuModel) => boolean): string[] {
  return [...cpuModels.values()].filter(has).map(({ name }) => name);
}

/** The mnemonic, where the syntax begins with one; else the manual's heading. */
function instructionName({ syntax, name }: CompiledRow): string {
  const mnemonic = /^([A-Z][A-Z0-9]*)(?=[<{ .]|$)/.exec(syntax)?.[1];
  return mnemonic === undefined || mnemonic === 'V' ? name : mnemonic;
}

function missingInstruction(model: CpuModel, row: CompiledRow): string | undefined {
  const missing = featuresOf(row.needs & ~model.features);
  const own = row.extension === 'base' ? undefined : row.extension;
  if (missing.length > 0) {
    const feature = missing.find((f) => f === own) ?? missing[0];
    const having = modelsWith(({ features }) => (row.needs & ~features) === 0);
    return lacks(instructionName(row), featureInWords(feature), model, having);
  }
  // Recognised, needs nothing that is missing, and still has no operation: what it belongs to is not in use on boards without EL2 and EL3.
  return row.operation !== null || own === undefined ? undefined : lacks(row.name, featureInWords(own), model, []);
}

/** The register that a transfer instruction names, the architecture's where models differ. */
function registerOf(row: CompiledRow, word: number): SystemRegister | undefined {
  const { coproc, opc1, CRn, CRm, opc2 } = row.args(extractFields(row, word));
  return CRn === undefined ? findSystemRegister64(coproc, opc1, CRm) : findSystemRegister(coproc, opc1, CRn, CRm, opc2);
}

function missingRegister(model: CpuModel, register: SystemRegister): string | undefined {
  const what = `${register.name} (${register.title})`;
  if (hasRegister(model, register)) {
    if (register.kind !== 'absent' || register.extension === undefined) return undefined;
    return lacks(what, featureInWords(register.extension), model, []);
  }
  const having = modelsWith((other) => hasRegister(other, register));
  if (register.only !== undefined) return `${what} is a register that ${model.name} lacks; ${owners(having)}.`;
  return lacks(what, featureInWords(register.extension!), model, register.kind === 'absent' ? [] : having);
}

/** Operations of transfers between core registers and system registers. */
const TRANSFERS: readonly (string | null)[] = ['MRC', 'MCR', 'MRRC', 'MCRR'];

/**
 * Why `model` takes a word for UNDEFINED that it would execute if it had more: one sentence, such as "UDIV needs the divide extension, which
 * cortex-a8 lacks; cortex-a7 and cortex-a15 have it." Undefined where that is not the reason. A T32 word has its first halfword high.
 */
export function missingFeature(model: CpuModel, isa: Isa, word: number): string | undefined {
  const row = decode(isa, word | 0);
  if (row === undefined) return undefined;
  const sentence = missingInstruction(model, row);
  if (sentence !== undefined || !TRANSFERS.includes(row.operation)) return sentence;
  const register = registerOf(row, word | 0);
  return register === undefined ? undefined : missingRegister(model, register);
}
