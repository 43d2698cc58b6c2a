/* Copies by words and by bytes, and the length of a string. */
#include "kernel.h"

#define WORDS 1536
static u32 here[WORDS], there[WORDS];
static char line[900];

void prepare(void) {
  for (u32 i = 0; i < WORDS; i++) here[i] = next_random();
  for (u32 i = 0; i + 1 < sizeof line; i++) line[i] = (char)('a' + next_random() % 26);
}

static APART void copy_words(u32 *to, const u32 *from, u32 count) {
  for (; count >= 4; count -= 4, to += 4, from += 4) {
    const u32 a = from[0], b = from[1], c = from[2], d = from[3];
    to[0] = a;
    to[1] = b;
    to[2] = c;
    to[3] = d;
  }
  while (count--) *to++ = *from++;
}

static APART void copy_bytes(u8 *to, const u8 *from, u32 count) {
  while (count--) *to++ = *from++;
}

static APART u32 length(const char *string) {
  const char *end = string;
  while (*end) end++;
  return (u32)(end - string);
}

u32 round_(u32 number, u32 checksum) {
  copy_words(there, here, WORDS);
  copy_bytes((u8 *)here + number % 64, (const u8 *)there, 1500);
  line[number % 800] ^= 3;
  return checksum * 9 + length(line) + here[number % WORDS];
}
