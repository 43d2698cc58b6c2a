/* Counts primes: byte stores at a stride. */
#include "kernel.h"

#define LIMIT 30000
static u8 composite[LIMIT];

void prepare(void) {}

u32 round_(u32 number, u32 checksum) {
  u32 primes = 0, last = 0;
  for (u32 i = 2; i < LIMIT; i++) composite[i] = 0;
  for (u32 i = 2; i < LIMIT; i++) {
    if (composite[i]) continue;
    primes++;
    last = i;
    for (u32 multiple = 2 * i; multiple < LIMIT; multiple += i) composite[multiple] = 1;
  }
  return checksum * 5 + primes + last + number;
}
