/* Scalar products and scaled sums of vectors, in singles, one element at a time: loads, a multiplication that is added, stores. */
#include "kernel.h"

#define LENGTH 512

static float a[LENGTH], b[LENGTH];

void prepare(void) {
  for (u32 i = 0; i < LENGTH; i++) {
    a[i] = (float)(s32)(next_random() & 0xffff) / 65536.0f - 0.5f;
    b[i] = (float)(s32)(next_random() & 0xffff) / 65536.0f - 0.5f;
  }
}

static APART float product(void) {
  float sum = 0.125f;
  for (u32 i = 0; i < LENGTH; i++) sum += a[i] * b[i];
  return sum;
}

static APART void add_scaled(float factor) {
  for (u32 i = 0; i < LENGTH; i++) b[i] = b[i] * 0.9375f + a[i] * factor;
}

u32 round_(u32 number, u32 checksum) {
  union {
    float value;
    u32 word;
  } seen;
  seen.value = product();
  add_scaled(number & 1 ? 0.125f : -0.0625f);
  return checksum * 31 + seen.word;
}
