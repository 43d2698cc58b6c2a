/* Reads and writes all over 8 MiB: more pages than a TLB of a few hundred entries covers. */
#include "kernel.h"

#define WORDS (1u << 21)
static u32 memory[WORDS];

void prepare(void) {}

u32 round_(u32 number, u32 checksum) {
  u32 x = number ^ checksum;
  for (u32 i = 0; i < 10000; i++) {
    x = x * 1664525u + 1013904223u;
    u32 *const word = &memory[x >> 11];
    checksum += *word;
    *word = checksum ^ i;
  }
  return checksum;
}
