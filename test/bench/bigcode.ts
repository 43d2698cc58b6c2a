/**
 * Writes the C source of the kernel `bigcode`: some thousand functions of which no single one is hot, as in code that boots a machine. What
 * each does follows from a seed.
 */
import { seededRandom, type RandomSource } from '../../src/isa/random.js';

const FUNCTIONS = 2200;

/** A random statement over `x`, `y` and the table `cells`, in function `index`. */
function statement(random: RandomSource, index: number): string {
  const below = (n: number): number => random() % n;
  switch (below(8)) {
    case 0:
      return `if (x & ${1 << below(9)}) y += x >> ${1 + below(7)}; else x ^= y << ${1 + below(5)};`;
    case 1:
      return `cells[(x >> ${below(13)}) & 1023] ^= y;`;
    case 2:
      return `for (u32 i = x & 3; i; i--) y = y * ${2 * below(30) + 3} + cells[i + ${below(900)}];`;
    case 3:
      return `switch ((x + y) & 7) { case 0: x -= y; break; case 2: y ^= ${below(65536)}; break; case 3: x = y >> 3; break; case 6: y += cells[${below(1024)}]; break; default: x = x * 3 + 7; }`;
    case 4:
      return `y = (y >> ${1 + below(30)} | y << ${1 + below(30)}) - x; if (y > x) x += ${below(4096)};`;
    case 5:
      return index > 16
        ? `if ((y & 7) == ${below(8)}) x += f${index - 1 - below(Math.min(index - 1, 300))}(y, x) & 0xfff;`
        : `x += ${below(256)};`;
    case 6:
      return `x ^= ((u8 *)cells)[(y >> ${below(9)}) & 4095];`;
    default:
      return `((u16 *)cells)[(x >> ${below(6)}) & 2047] = (u16)(x + y); y -= x >> 1;`;
  }
}

/** The source, to be compiled like the other kernels. */
export function bigcodeSource(): string {
  const random = seededRandom(4711);
  const lines = ['#include "kernel.h"', 'static u32 cells[1024];'];
  for (let index = 0; index < FUNCTIONS; index++) {
    const statements = Array.from({ length: 4 + (random() % 6) }, () => '  ' + statement(random, index));
    lines.push(
      `static APART u32 f${index}(u32 x, u32 y) {`,
      `  x += ${random() % 997};`,
      ...statements,
      '  return x ^ y;',
      '}',
    );
  }
  const names = Array.from({ length: FUNCTIONS }, (_, index) => `f${index}`);
  lines.push(
    `static u32 (*const functions[])(u32, u32) = {${names.join(', ')}};`,
    'void prepare(void) { for (u32 i = 0; i < 1024; i++) cells[i] = next_random(); }',
    // Some functions are called much more often than others: the product of two random numbers.
    'u32 round_(u32 number, u32 checksum) {',
    '  for (u32 i = 0; i < 1000; i++) {',
    '    const u32 a = next_random() & 0xffff, b = next_random() & 0xffff;',
    `    checksum = functions[((a * b) >> 16) * ${FUNCTIONS}u >> 16](checksum, number + i);`,
    '  }',
    '  return checksum;',
    '}',
    '',
  );
  return lines.join('\n');
}
