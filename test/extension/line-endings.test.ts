import assert from 'node:assert/strict';
import { LineEndings } from '../../src/extension/line-endings.js';

const translate = (endings: LineEndings, text: string): string =>
  new TextDecoder().decode(endings.translate(new TextEncoder().encode(text)));

describe('line ends of the console', () => {
  it('get a carriage return where the guest sends none, also across batches', () => {
    const endings = new LineEndings();
    assert.equal(translate(endings, 'a\nb\r\nc\r'), 'a\r\nb\r\nc\r');
    assert.equal(translate(endings, '\nd\n\n'), '\nd\r\n\r\n');
    assert.equal(translate(endings, '\n'), '\r\n');
  });
});
