import assert from 'node:assert/strict';
import { isAbsolute, joinPath, matchPath, normalize } from '../../src/debug/paths.js';

describe('source paths', () => {
  it('are joined and normalised', () => {
    assert.equal(joinPath('/a/b', 'c.s'), '/a/b/c.s');
    assert.equal(joinPath('/a/b', '../c.s'), '/a/c.s');
    assert.equal(joinPath('/a/b', '/c.s'), '/c.s');
    assert.equal(joinPath('.', 'c.s'), 'c.s');
    assert.equal(joinPath('', './x//c.s'), 'x/c.s');
    assert.equal(joinPath('..', '../c.s'), '../../c.s');
    assert.equal(normalize('/../../a'), '/a');
    assert.equal(normalize('c:\\work\\..\\a.c'), 'C:/a.c');
    assert.equal(isAbsolute('c:\\x'), true);
    assert.equal(isAbsolute('x/y'), false);
  });

  it('match by the longest common end', () => {
    const known = ['hello.s', '/build/lib/util.c', '/build/app/util.c', '/build/app/main.c', 'sub/main.c'];
    assert.deepEqual(matchPath('/build/app/util.c', known), ['/build/app/util.c'], 'itself');
    assert.deepEqual(matchPath('/home/me/lib/util.c', known), ['/build/lib/util.c']);
    assert.deepEqual(
      matchPath('/home/me/other/util.c', known),
      ['/build/lib/util.c', '/build/app/util.c'],
      'nothing tells them apart',
    );
    assert.deepEqual(matchPath('/samples/hello/hello.s', known), ['hello.s']);
    assert.deepEqual(matchPath('C:\\samples\\hello\\hello.s', known), ['hello.s']);
    assert.deepEqual(matchPath('/x/sub/main.c', known), ['sub/main.c']);
    assert.deepEqual(
      matchPath('/x/elsewhere/main.c', known),
      ['/build/app/main.c'],
      'a relative path must match as a whole',
    );
    assert.deepEqual(matchPath('/x/none.c', known), []);
    assert.deepEqual(matchPath('', known), []);
  });
});
