/** What `trapline report` does at the end of its run: asks for the metrics, and writes them three times, as JSON, Markdown and HTML. */
import fs from 'node:fs';
import type { SessionClient } from '../../protocol/client.js';
import type { FilePort } from '../../protocol/prepare.js';
import { sessionErrors } from '../../util/errors.js';
import { ASSUMED, predict, readCostModel, type CostModel } from './cost-model.js';
import { reportDocument, type RunFacts } from './document.js';
import { htmlOf } from './html.js';
import { markdownOf } from './markdown.js';
import { trustedPart } from './sizes.js';

export interface ReportRequest {
  /** Files are named so, with .json, .md and .html behind it. */
  readonly output: string;
  readonly costModel?: string;
}

export interface Reporter {
  /** Writes the report of the run that is over. @returns the names of the files */
  write(client: SessionClient, facts: RunFacts): Promise<readonly string[]>;
}

/** Reads what the report needs before the guest runs, so that a mistake shows at once. */
export async function reporter({ output, costModel }: ReportRequest, files: FilePort): Promise<Reporter> {
  const model: CostModel = costModel === undefined ? ASSUMED : await readCostModel(files, costModel);
  return {
    async write(client, run) {
      const report = await client.request('report', {});
      const prediction = predict(report, model);
      const trusted = trustedPart();
      const document = reportDocument(run, report, prediction, trusted);
      const written: readonly (readonly [string, string])[] = [
        [`${output}.json`, `${JSON.stringify({ run, ...report, trusted, prediction }, null, 2)}\n`],
        [`${output}.md`, markdownOf(document)],
        [`${output}.html`, htmlOf(document)],
      ];
      for (const [file, text] of written) {
        try {
          fs.writeFileSync(file, text);
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          throw sessionErrors.usage(`The report ${file} cannot be written: ${why}.`);
        }
      }
      return written.map(([file]) => file);
    },
  };
}
