import assert from 'node:assert/strict';
import type { FieldInfo, RegisterGroup, RegisterInfo } from '../../src/protocol/views/registers.js';
import {
  childrenOfGroup,
  childrenOfPart,
  childrenOfRegister,
  nodeId,
  parentOf,
} from '../../src/extension/registers/nodes.js';
import {
  choicesOf,
  editPrompt,
  fieldText,
  groupText,
  problemWith,
  registerDetails,
  registerText,
} from '../../src/extension/registers/text.js';

const M: FieldInfo = {
  name: 'M',
  at: '0',
  bits: 1,
  title: 'MMU',
  value: '1',
  meaning: 'on',
  values: [
    { value: 1, meaning: 'on' },
    { value: 0, meaning: 'off' },
  ],
  before: '0',
};
const SCTLR: RegisterInfo = {
  id: 'SCTLR',
  name: 'SCTLR',
  title: 'System Control Register',
  bits: 32,
  access: 'RW',
  value: '0x00c51879',
  before: '0x00c51878',
  writable: true,
  fieldCount: 1,
  fields: [M],
};
const UARTICR: RegisterInfo = {
  id: 'pl011:UARTICR',
  name: 'UARTICR',
  title: 'Interrupt Clear Register',
  bits: 32,
  access: 'WO',
  writable: true,
  writes: 'ones clear interrupts',
  part: 'Interrupts',
  fieldCount: 1,
  fields: [{ ...M, name: 'OEIC', at: '10', title: 'overrun error', meaning: undefined, values: undefined }],
};
const GROUP: RegisterGroup = {
  id: 'processor/Control',
  name: 'Control',
  section: 'processor',
  description: 'SCTLR, …',
  registers: 2,
  changed: 1,
};

describe('registers in words', () => {
  it('say what changed by a word, not by an icon alone', () => {
    assert.deepEqual(registerText(SCTLR), {
      label: 'SCTLR',
      description: '0x00c51879, was 0x00c51878',
      spoken: 'SCTLR, System Control Register, 0x00c51879, changed, was 0x00c51878',
    });
    assert.deepEqual(fieldText(M, SCTLR), {
      label: 'M',
      description: '1 (on), was 0 · MMU',
      spoken: 'M, MMU, bits 0, 1 (on), changed, was 0',
    });
    assert.equal(groupText(GROUP).description, 'SCTLR, … · 1 changed');
    assert.equal(registerText({ ...SCTLR, note: '_start', before: undefined }).description, '0x00c51879 <_start>');
  });

  it('do not show a value of what has none', () => {
    assert.equal(registerText(UARTICR).description, 'write-only');
    assert.match(fieldText(UARTICR.fields[0], UARTICR).description, /^write-only/);
    assert.deepEqual(registerDetails(UARTICR).slice(1), ['32 bits, write-only', 'Writing: ones clear interrupts.']);
  });

  it('are set to a value that fits, or to one that means something', () => {
    assert.equal(problemWith('0xffffffff', 32), undefined);
    assert.equal(problemWith('-1', 32), undefined);
    assert.equal(problemWith('r0 + 4', 8), undefined);
    assert.match(problemWith('0x100', 8) ?? '', /8 bits: at most 0xff/);
    assert.match(problemWith('-129', 8) ?? '', /8 bits/);
    assert.match(problemWith(' ', 8) ?? '', /Type a number/);
    assert.deepEqual(
      choicesOf(M)?.map(({ value }) => value),
      [0, 1],
    );
    assert.deepEqual(choicesOf(UARTICR.fields[0])?.length, 2);
    assert.equal(choicesOf({ ...M, bits: 4, values: undefined }), undefined);
    assert.match(editPrompt(UARTICR, UARTICR.fields[0]), /^UARTICR.OEIC, overrun error: 1 bit. Writing: ones clear/);
  });
});

describe('the tree of registers', () => {
  it('has parts where a group has, and every node has its parent', () => {
    const registers = [SCTLR, UARTICR, { ...UARTICR, id: 'pl011:other', name: 'other' }];
    const top = childrenOfGroup(GROUP, registers);
    assert.deepEqual(top.map(nodeId), ['processor/Control#SCTLR', 'processor/Control/Interrupts']);
    const inPart = childrenOfPart(GROUP, 'Interrupts', registers);
    assert.equal(inPart.length, 2);
    const [field] = childrenOfRegister(GROUP, SCTLR);
    assert.equal(nodeId(field), 'processor/Control#SCTLR.M');
    const path: string[] = [];
    for (let node = parentOf(field); node !== undefined; node = parentOf(node)) path.push(nodeId(node));
    assert.deepEqual(path, ['processor/Control#SCTLR', 'processor/Control', 'processor']);
    assert.equal(nodeId(parentOf(inPart[0]) ?? top[0]), 'processor/Control/Interrupts');
  });
});
