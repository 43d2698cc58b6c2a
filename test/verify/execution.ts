/** Random sequences on every processor model against `qemu-arm`, as a function of its options: see test/support/sequence-fuzz.ts. */
import { cpuModels, type CpuModel } from '../../src/cpu/models.js';
import type { Isa } from '../../src/isa/row.js';
import { Contestants } from '../support/sequence-rig.js';
import { fuzz, hasThumb2 } from '../support/sequence-fuzz.js';
import { comparableRows } from '../support/vectors.js';

/** An instruction set on a model, from a seed. */
export interface ExecutionTask {
  readonly isa: Isa;
  readonly model: string;
  readonly seed: number;
  readonly vectors: number;
}

export interface ExecutionResult {
  readonly task: ExecutionTask;
  readonly rows: number;
  readonly vectors: number;
  readonly sequences: number;
  readonly explained: readonly (readonly [what: string, count: number])[];
  readonly unexplained: readonly string[];
}

const ISAS = ['A32', 'T16', 'T32'] as const;

/** Every instruction set of every model, each a share of `vectors` for the instruction set. */
export function executionTasks(seed: number, vectors: number, tasksOfEach = 1): ExecutionTask[] {
  const tasks: ExecutionTask[] = [];
  for (const isa of ISAS) {
    const models = [...cpuModels.values()].filter((model) => isa !== 'T32' || hasThumb2(model));
    models.forEach(({ name }, i) => {
      for (let part = 0; part < tasksOfEach; part++)
        tasks.push({
          isa,
          model: name,
          // Blocks count on from a task's seed.
          seed: (seed + 0x10_0000 * (i * tasksOfEach + part)) | 0,
          vectors: Math.ceil(vectors / models.length / tasksOfEach),
        });
    });
  }
  return tasks;
}

const contestants = new Map<string, Contestants>();

function contestantsOf(model: CpuModel): Contestants {
  let own = contestants.get(model.name);
  if (own === undefined) contestants.set(model.name, (own = new Contestants(model)));
  return own;
}

/** Runs one task. */
export function execute(task: ExecutionTask): ExecutionResult {
  const { isa, seed, vectors } = task;
  const model = cpuModels.get(task.model)!;
  const rows = comparableRows(isa);
  try {
    const result = fuzz({ isa, seed, vectors, rows, model }, contestantsOf(model));
    const unexplained = result.unreached.map((row) => `${isa} on ${model.name}: no operands were found for ${row}`);
    return {
      task,
      rows: rows.length,
      vectors: result.vectors,
      sequences: result.sequences,
      explained: [...result.explained],
      unexplained,
    };
  } catch (error) {
    const unexplained = [error instanceof Error ? error.message : String(error)];
    return { task, rows: rows.length, vectors: 0, sequences: 0, explained: [], unexplained };
  }
}
