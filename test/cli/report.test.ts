/** `trapline report`: the metrics of a run, three times, and the cost model that a user may exchange. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { ASSUMED, predict } from '../../src/cli/report/cost-model.js';
import { exitClasses } from '../../src/vmm/classes.js';
import type { VmmReport } from '../../src/protocol/model.js';
import { buildCli, type CliProcess } from './process.js';

const PRIVILEGE = path.resolve(import.meta.dirname, '../../samples/privilege/privilege.elf');

describe('trapline report', function () {
  this.timeout(60_000);
  let cli: CliProcess;

  before(async () => {
    cli = await buildCli();
  });
  after(() => {
    cli.remove();
  });

  const written = (name: string): string => fs.readFileSync(path.join(cli.folder, name), 'utf8');
  const model = (value: unknown): string => {
    const file = path.join(cli.folder, 'model.json');
    fs.writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
    return file;
  };

  it('writes figures that agree with each other and with the statistics of a run', async () => {
    for (const level of ['0', '1', '2']) {
      const { code, stderr } = await cli.run(['report', PRIVILEGE, '--level', level, '--output', 'r']);
      assert.equal(code, 0, stderr);
      const report = JSON.parse(written('r.json')) as VmmReport & { prediction: { ratio: number } };
      assert.equal(report.level, Number(level));
      assert.equal(report.kernelInstructions + report.userInstructions, report.instructions);
      assert.ok(report.userInstructions > 1000);
      for (const { cls, count, verdicts, timed, leastNs, averageNs, mostNs } of report.exits) {
        assert.equal(
          Object.values(verdicts).reduce((a, b) => a + b),
          count,
          cls,
        );
        assert.ok(timed <= count && leastNs <= averageNs && averageNs <= mostNs, cls);
      }
      const run = await cli.run(['run', PRIVILEGE, '--level', level, '--stats', 'json']);
      const statistics = JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? '') as {
        instructions: number;
        exits: Record<string, number>;
      };
      assert.equal(report.instructions, statistics.instructions);
      const counted = Object.fromEntries(report.exits.map(({ cls, count }) => [cls, count]));
      assert.deepEqual(counted, statistics.exits);
      assert.ok(report.analysis.ns > 0 && report.memoryUse.site > 0 && report.memoryUse.user > 0);
      assert.ok(report.prediction.ratio > 1);
    }
  });

  it('writes Markdown and an HTML page that needs nothing else', async () => {
    const { stderr } = await cli.run(['report', PRIVILEGE, '--output', 'r']);
    assert.match(stderr, /r\.json, r\.md, r\.html/);
    const markdown = written('r.md');
    const html = written('r.html');
    for (const title of ['Exits', 'Analysis', 'Busiest sites', 'Memory held', 'Predicted overhead on a real core']) {
      assert.ok(markdown.includes(`\n## ${title}\n`), title);
      assert.ok(html.includes(`<h2>${title}</h2>`), title);
    }
    assert.match(markdown, /This is a prediction, not a measurement/);
    assert.doesNotMatch(html, /(src|href)=|@import|url\(/);
  });

  it('ends well at the instruction limit that it was given, and reports until there', async () => {
    const { code } = await cli.run(['report', PRIVILEGE, '--max-instructions', '5000', '--output', 'r']);
    assert.equal(code, 0);
    assert.equal((JSON.parse(written('r.json')) as VmmReport).instructions, 5000);
  });

  it('predicts by the model that it is given', async () => {
    const cyclesPerExit = Object.fromEntries(exitClasses.map(({ id }) => [id, 10]));
    const file = model({ name: 'mine', cyclesPerInstruction: 2, otherExit: 10, cyclesPerExit });
    await cli.run(['report', PRIVILEGE, '--cost-model', file, '--output', 'r']);
    const { instructions, exits, prediction } = JSON.parse(written('r.json')) as VmmReport & {
      prediction: { ratio: number };
    };
    const total = exits.reduce((sum, { count }) => sum + count, 0);
    assert.equal(prediction.ratio, 1 + (10 * total) / (2 * instructions));
  });

  it('says what is wrong with a model, before the guest runs', async () => {
    for (const [value, message] of [
      ['{', /it is no JSON/],
      [[], /it must be one JSON object/],
      [{ cycles: 1 }, /it has "cycles"; a model has name, /],
      [{ cyclesPerInstruction: -1 }, /"cyclesPerInstruction" must be a number of cycles/],
      [{ cyclesPerExit: { svc: 1 } }, /there is no exit class "svc"; there are /],
    ] as const) {
      const { code, stdout, stderr } = await cli.run(['report', PRIVILEGE, '--cost-model', model(value)]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.equal(stdout, '');
    }
    const { stderr } = await cli.run(['report', PRIVILEGE, '--cost-model', 'nowhere.json']);
    assert.match(stderr, /nowhere\.json/);
  });
});

describe('the assumed cost model', () => {
  it('knows every exit class', () => {
    assert.deepEqual(Object.keys(ASSUMED.cyclesPerExit).sort(), exitClasses.map(({ id }) => id).sort());
  });

  it('predicts no overhead for a run without exits', () => {
    const none = { instructions: 0, exits: [] } as unknown as VmmReport;
    assert.equal(predict(none, ASSUMED).ratio, 1);
  });
});
