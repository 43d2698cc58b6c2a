/** Assembly files as their text says: statements, definitions and uses, the files of a workspace together, outline and folding. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { foldsOf } from '../../src/extension/assembly/folding.js';
import { linesOf } from '../../src/extension/assembly/lines.js';
import { assemblyOf, numericTarget, numericUsesOf, pointedAt } from '../../src/extension/assembly/model.js';
import { outlineOf, type OutlineEntry } from '../../src/extension/assembly/outline.js';
import { Program } from '../../src/extension/assembly/program.js';
import { isReserved, registerNamed } from '../../src/extension/assembly/registers.js';

const samples = path.resolve(import.meta.dirname, '../../samples');
const read = (name: string): string => fs.readFileSync(path.join(samples, name), 'utf8');

/** `label,label head|operands`, for each statement. */
const statements = (text: string): string[] =>
  linesOf(text).statements.map(
    ({ labels, head, operands }) =>
      `${labels.map((label) => label.text).join(',')} ${head?.text ?? ''}|${operands.text.trim()}`,
  );

describe('statements of assembly', () => {
  it('are apart from comments and strings', () => {
    assert.deepEqual(statements('a: b: mov r0, #1 @ c\n  1: nop // x: y\n  # z: nop\n#define X 1\n'), [
      'a,b mov|r0, #1',
      '1 nop|',
      ' X|1',
    ]);
    assert.deepEqual(statements('mov r0, r1; bx lr @ ; nop'), [' mov|r0, r1', ' bx|lr']);
    assert.deepEqual(statements('.asciz "a: ; @ /* b"; nop'), [' .asciz|"           "', ' nop|']);
    assert.deepEqual(statements("mov r0, #'@'; mov r1, #';'; cmp r0, #'\\''"), [
      " mov|r0, #' '",
      " mov|r1, #' '",
      " cmp|r0, #'  '",
    ]);
    assert.deepEqual(statements('nop /* a\nb: nop */ ; c: nop'), [' nop|', 'c nop|']);
    assert.deepEqual(statements('l\\@: nop\n\\op\\cond \\rd, [\\rn]\n'), ['l\\@ nop|', ' \\op\\cond|\\rd, [\\rn]']);
    assert.deepEqual(statements('SIZE = 4 * N\ncount .req r4\nx == 5\n'), [' SIZE|4 * N', ' count|r4', ' x|5']);
  });

  it('keep their columns', () => {
    const [{ labels, head, operands }] = linesOf('start:  ldr r0, =UART @ c').statements;
    assert.deepEqual(labels, [{ text: 'start', line: 0, start: 0, end: 5 }]);
    assert.deepEqual(head, { text: 'ldr', line: 0, start: 8, end: 11 });
    assert.equal(operands.start, 11);
  });

  it('never throw, and never lose a column, on anything', () => {
    const pieces = ['"', "'", '/*', '*/', '@', '\\', ';', ':', '#', ' ', 'a', '1', '.', '\n', '=', '//', '(', '🙂'];
    let seed = 1;
    const next = (limit: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % limit;
    };
    for (let round = 0; round < 3000; round++) {
      const text = Array.from({ length: next(30) }, () => pieces[next(pieces.length)]).join('');
      const { code } = linesOf(text);
      assert.deepEqual(
        code.map(({ length }) => length),
        text.split('\n').map(({ length }) => length),
        JSON.stringify(text),
      );
      foldsOf(assemblyOf(text), text);
    }
  });
});

describe('names of assembly', () => {
  const text = `
        .global start
        .equ    UART, 0x09000000
count   .req    r4
        .macro  send what, times=1
        ldr     r0, =\\what
inner:  b       inner
        .endm
        .include "board.s"
        .thumb_func
start:  ldr     r1, =UART
        movw    r2, #:lower16:message
        send    message, 2
1:      subs    count, count, #1
        bne     1b
        bl      work
        b       1f
1:      b       1b
work:   bx      lr
        .type   work, %function
message: .asciz "start"
        .word   start + 4, .
`;
  const assembly = assemblyOf(text);
  const names = (words: readonly { readonly text: string }[]): string => words.map((word) => word.text).join(' ');

  it('are defined', () => {
    assert.deepEqual(
      assembly.definitions.map(({ text: name, kind, inMacro }) => `${name} ${kind}${inMacro ? ' in a macro' : ''}`),
      [
        'UART constant',
        'count alias',
        'send macro',
        'inner label in a macro',
        'start label',
        'work label',
        'message label',
      ],
    );
    assert.deepEqual([...assembly.exported], ['start']);
    assert.deepEqual([...assembly.functions].sort(), ['start', 'work']);
    assert.equal(names(assembly.includes), 'board.s');
  });

  it('are used', () => {
    const uses = assembly.uses.filter(({ calls }) => !calls);
    assert.equal(names(uses), 'start inner UART message message count count work work start');
    assert.ok(assembly.uses.some(({ text: name, calls }) => name === 'send' && calls));
  });

  it('are found at a place', () => {
    const at = (line: number, character: number) => pointedAt(assembly, { line, character });
    const lines = text.split('\n');
    const column = (line: number, word: string): number => lines[line].indexOf(word);
    const line = lines.findIndex((each) => each.includes('=UART'));
    assert.equal(at(line, column(line, 'UART'))?.word.text, 'UART');
    assert.equal(at(line, column(line, 'r1')), undefined);
    assert.equal(at(line, 0)?.kind, 'name');
    const include = lines.findIndex((each) => each.includes('.include'));
    assert.equal(at(include, column(include, 'board'))?.kind, 'file');
    const back = lines.findIndex((each) => each.includes('bne'));
    assert.deepEqual(
      { ...at(back, column(back, '1b')), word: undefined },
      {
        kind: 'number',
        word: undefined,
        number: 1,
        forwards: false,
      },
    );
  });

  it('of digits mean the nearest', () => {
    const lines = text.split('\n');
    const [first, second] = assembly.numbers;
    const bne = lines.findIndex((each) => each.includes('bne'));
    assert.equal(numericTarget(assembly, bne, 1, false)?.line, first.line);
    assert.equal(numericTarget(assembly, bne, 1, true)?.line, second.line);
    assert.deepEqual(names(numericUsesOf(assembly, first)), '1b');
    assert.deepEqual(names(numericUsesOf(assembly, second)), '1f 1b');
  });

  it('of registers are none, and have one spelling for debuggers', () => {
    for (const name of ['r0', 'R15', 'sp_irq', 'cpsr', 'spsr_cxsf', 'd31', 'p15', 'c7', 'lsl', 'fp'])
      assert.ok(isReserved(name), name);
    for (const name of ['r16', 'd32', 's32', 'start', 'spx', 'p16', 'a5']) assert.ok(!isReserved(name), name);
    const spelt = ['r13', 'FP', 'ip', 'a1', 'v1', 'APSR_nzcvq', 'spsr_fc', 'S31', 'r7', 'x'].map(registerNamed);
    assert.deepEqual(spelt, ['sp', 'r11', 'r12', 'r0', 'r4', 'cpsr', 'spsr', 's31', 'r7', undefined]);
  });
});

describe('the files of a workspace', () => {
  const program = (files: Readonly<Record<string, string>>): Program =>
    new Program(new Map(Object.entries(files).map(([name, text]) => [name, assemblyOf(text)])));
  const where = (places: readonly { readonly file: string; readonly word: { readonly line: number } }[]): string =>
    places
      .map(({ file, word }) => `${file}:${word.line}`)
      .sort()
      .join(' ');

  it('see their own names first, then what is exported', () => {
    const files = program({
      '/a.s': '.global shared\nshared: b local\nlocal: b shared\n',
      '/b.s': 'bl shared\nlocal: b local\n',
      '/c.s': 'shared: b shared\n',
    });
    assert.equal(where(files.definitions('/b.s', 'shared', false)), '/a.s:1');
    assert.equal(where(files.definitions('/b.s', 'local', false)), '/b.s:1');
    assert.equal(where(files.definitions('/c.s', 'shared', false)), '/c.s:0');
    const shared = files.mentions('/b.s', 'shared', false);
    assert.equal(where(shared.definitions), '/a.s:1');
    assert.equal(where(shared.uses), '/a.s:0 /a.s:2 /b.s:0');
    assert.equal(where(files.mentions('/c.s', 'shared', false).uses), '/c.s:0');
    assert.equal(where(files.mentions('/b.s', 'local', false).uses), '/b.s:1');
  });

  it('see what they include, and what those see that include them', () => {
    const files = program({
      '/x/one.s': '.include "common/start.s"\nmain: ret_now\n',
      '/x/two.s': '.include "common/start.s"\nmain: nop\n',
      '/x/common/start.s': '.macro ret_now\nbx lr\n.endm\nbl main\nbl nowhere\n',
      '/y/start.s': 'other:\n',
    });
    assert.equal(files.included('/x/one.s', 'common/start.s'), '/x/common/start.s');
    assert.equal(files.included('/y/start.s', 'start.s'), '/y/start.s');
    assert.equal(where(files.definitions('/x/one.s', 'ret_now', true)), '/x/common/start.s:0');
    assert.equal(where(files.definitions('/x/one.s', 'main', false)), '/x/one.s:1');
    assert.equal(where(files.definitions('/x/common/start.s', 'main', false)), '/x/one.s:1 /x/two.s:1');
    // one of the two cannot get another name without the other
    assert.equal(where(files.mentions('/x/one.s', 'main', false).definitions), '/x/one.s:1 /x/two.s:1');
    assert.equal(where(files.mentions('/x/common/start.s', 'nowhere', false).uses), '/x/common/start.s:4');
  });

  it('include each other without end only in the text', () => {
    const files = program({ '/a.s': '.include "b.s"\nx: nop', '/b.s': '.include "a.s"\n b x' });
    assert.equal(where(files.definitions('/b.s', 'x', false)), '/a.s:1');
  });

  it('are those of the samples', () => {
    const names = fs.readdirSync(samples, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[sS]$/.test(name));
    const files = new Map(names.map((name) => [`/${name}`, assemblyOf(read(name))]));
    const all = new Program(files);
    for (const file of ['/tiny/tiny.s', '/hello/hello.s', '/privilege/privilege.s']) {
      for (const { text, calls, line } of files.get(file)?.uses ?? []) {
        if (!calls) assert.ok(all.definitions(file, text, false).length > 0, `${file}:${line + 1} ${text}`);
      }
    }
    const calls = (files.get('/attacks/mode-user.s')?.uses ?? []).filter((use) => use.calls);
    const macros = calls.flatMap(({ text }) => all.definitions('/attacks/mode-user.s', text, true));
    assert.ok(macros.some(({ file }) => file === '/attacks/common/attack.s'));
  });
});

describe('outline and folding', () => {
  const shown = (entries: readonly OutlineEntry[], depth = 0): string[] =>
    entries.flatMap(({ name, kind, at, lastLine, children }) => [
      `${' '.repeat(depth)}${name} ${kind} ${at.line + 1}-${lastLine + 1}`,
      ...shown(children, depth + 1),
    ]);

  it('shows sections, and labels with their local ones', () => {
    const text = [
      '.equ N, 4', // 1
      '.macro two', // 2
      ' nop', // 3
      '.endm', // 4
      '.text', // 5
      '.global go', // 6
      'go: nop', // 7
      '.Lagain: nop', // 8
      ' b .Lagain', // 9
      '', // 10
      '@ data now', // 11
      '.section .data.x, "aw"', // 12
      'value: .word N', // 13
      '1: .word 1b', // 14
    ].join('\n');
    assert.deepEqual(shown(outlineOf(assemblyOf(text))), [
      'N constant 1-1',
      'two macro 2-4',
      '.text section 5-9',
      ' go function 7-9',
      '  .Lagain label 8-9',
      '.data.x section 12-14',
      ' value label 13-14',
    ]);
  });

  it('shows the kernel of a sample', () => {
    const entries = outlineOf(assemblyOf(read('privilege/privilege.s')));
    const sections = entries.filter(({ kind }) => kind === 'section').map(({ name }) => name);
    assert.deepEqual(sections, ['.text.start', '.bss', '.user']);
    const inside = entries.find(({ name }) => name === '.user')?.children.map(({ name }) => name);
    assert.deepEqual(inside, ['user_main', 'wait', 'greeting', 'kept', 'lost', 'ticked']);
  });

  it('folds functions, blocks, comments and regions', () => {
    const text = [
      '@ one', // 0
      '@ two', // 1
      '@ three', // 2
      '.if X', // 3
      'a: nop', // 4
      ' nop', // 5
      '.else', // 6
      ' nop', // 7
      '.endif', // 8
      '@ region data', // 9
      '.rept 3', // 10
      ' .word 0', // 11
      '.endr', // 12
      '@ endregion', // 13
      '#ifdef Y', // 14
      ' nop', // 15
      '#endif', // 16
    ].join('\n');
    const folds = foldsOf(assemblyOf(text), text).map(({ first, last, kind }) =>
      `${first}-${last} ${kind ?? ''}`.trim(),
    );
    assert.deepEqual(folds.sort(), ['0-2 comment', '10-12', '14-16', '3-5', '4-16', '6-8', '9-13 region']);
  });
});
