/* Two images mixed by an alpha for each byte, eight at a time: widening products, rounding, narrowing. */
#include "kernel.h"
#include <arm_neon.h>

#define BYTES 4096

static u8 source[BYTES], alpha[BYTES], target[BYTES];

void prepare(void) {
  for (u32 i = 0; i < BYTES; i++) {
    source[i] = next_random();
    alpha[i] = next_random();
    target[i] = next_random();
  }
}

static APART void blend(void) {
  for (u32 i = 0; i < BYTES; i += 16) {
    const uint8x16_t s = vld1q_u8(source + i), a = vld1q_u8(alpha + i), t = vld1q_u8(target + i);
    const uint8x16_t rest = vmvnq_u8(a);
    uint16x8_t low = vmull_u8(vget_low_u8(s), vget_low_u8(a));
    uint16x8_t high = vmull_u8(vget_high_u8(s), vget_high_u8(a));
    low = vmlal_u8(low, vget_low_u8(t), vget_low_u8(rest));
    high = vmlal_u8(high, vget_high_u8(t), vget_high_u8(rest));
    /* x / 255, rounded: (x + 128 + ((x + 128) >> 8)) >> 8 */
    low = vrsraq_n_u16(low, low, 8);
    high = vrsraq_n_u16(high, high, 8);
    vst1q_u8(target + i, vcombine_u8(vrshrn_n_u16(low, 8), vrshrn_n_u16(high, 8)));
  }
}

u32 round_(u32 number, u32 checksum) {
  source[number % BYTES] += 77;
  blend();
  return checksum * 31 + target[number * 7 % BYTES];
}
