/* Runs a kernel ROUNDS times. */
#include "kernel.h"

u32 main(void) {
  u32 checksum = 0;
  prepare();
  for (u32 i = 0; i < ROUNDS; i++) checksum = round_(i, checksum);
  return checksum;
}

void *memset(void *target, int value, unsigned length) {
  volatile u8 *p = target;
  while (length--) *p++ = (u8)value;
  return target;
}

void *memcpy(void *target, const void *source, unsigned length) {
  volatile u8 *p = target;
  const u8 *q = source;
  while (length--) *p++ = *q++;
  return target;
}
