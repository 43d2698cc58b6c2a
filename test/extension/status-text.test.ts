import assert from 'node:assert/strict';
import { statusText, statusTooltip } from '../../src/extension/status-text.js';
import { LAUNCH_ATTRIBUTES, LEVELS } from '../../src/protocol/configuration.js';
import type { StatusInfo } from '../../src/protocol/model.js';

const STATUS: StatusInfo = {
  state: 'running',
  instructions: 2_340_000,
  virtualTime: 1.5e8,
  mips: 34.6,
  mode: 'hypervised',
  level: 2,
  cpu: 'cortex-a15',
  cpuMode: 'svc',
};
const { level: _, ...rest } = STATUS;
const BARE: StatusInfo = { ...rest, mode: 'bare' };

describe('the status bar', () => {
  it('says how a guest runs, what it does, and how fast', () => {
    assert.equal(statusText('hello', STATUS), 'hello (hypervised, level 2): running 35 MIPS');
    assert.equal(statusText('hello', { ...STATUS, level: 0, state: 'stopped' }), 'hello (hypervised, level 0): paused');
    assert.equal(statusText('hello', { ...STATUS, mips: 0.2 }), 'hello (hypervised, level 2): running');
  });

  it('says nothing of a level where there is none', () => {
    assert.equal(statusText('hello', BARE), 'hello: running 35 MIPS');
    assert.doesNotMatch(statusTooltip('hello', BARE), /[Ll]evel/);
  });

  it('tells more in its tooltip, the level in the words of the launch configuration', () => {
    assert.deepEqual(statusTooltip('hello', STATUS).split('\n'), [
      'hello, cortex-a15, hypervised: 2.3 million instructions, 0.15 s of guest time, svc mode',
      `Level 2: ${LAUNCH_ATTRIBUTES.level.enumDescriptions?.[2]}`,
      'Click for its traps.',
    ]);
  });
});

describe('the levels to choose from', () => {
  it('are those of the launch configuration, each with a text of its own', () => {
    assert.deepEqual(
      LEVELS.map(({ level }) => level),
      LAUNCH_ATTRIBUTES.level.enum,
    );
    assert.equal(new Set(LEVELS.map(({ text }) => text)).size, LEVELS.length);
    for (const { text } of LEVELS) assert.match(text, /^[A-Z].*\.$/);
  });
});
