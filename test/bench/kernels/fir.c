/* A filter of 16 taps over samples of 16 bits, eight results at a time: shifted windows, long products by scalars, saturation. */
#include "kernel.h"
#include <arm_neon.h>

#define SAMPLES 1024
#define TAPS 16

static short samples[SAMPLES + TAPS], taps[TAPS], results[SAMPLES];

void prepare(void) {
  for (u32 i = 0; i < SAMPLES + TAPS; i++) samples[i] = (short)next_random();
  for (u32 i = 0; i < TAPS; i++) taps[i] = (short)next_random() >> 4;
}

static APART void filter(void) {
  const int16x4_t t0 = vld1_s16(taps), t1 = vld1_s16(taps + 4), t2 = vld1_s16(taps + 8), t3 = vld1_s16(taps + 12);
  for (u32 i = 0; i < SAMPLES; i += 8) {
    const int16x8_t a = vld1q_s16(samples + i), b = vld1q_s16(samples + i + 8), c = vld1q_s16(samples + i + 16);
    int32x4_t low = vdupq_n_s32(0), high = vdupq_n_s32(0);
#define TAP(n, from, with, vector)                                                        \
  {                                                                                       \
    const int16x8_t window = (n) % 8 == 0 ? (from) : vextq_s16(from, with, (n) % 8);      \
    low = vmlal_lane_s16(low, vget_low_s16(window), vector, (n) % 4);                     \
    high = vmlal_lane_s16(high, vget_high_s16(window), vector, (n) % 4);                  \
  }
    TAP(0, a, b, t0) TAP(1, a, b, t0) TAP(2, a, b, t0) TAP(3, a, b, t0)
    TAP(4, a, b, t1) TAP(5, a, b, t1) TAP(6, a, b, t1) TAP(7, a, b, t1)
    TAP(8, b, c, t2) TAP(9, b, c, t2) TAP(10, b, c, t2) TAP(11, b, c, t2)
    TAP(12, b, c, t3) TAP(13, b, c, t3) TAP(14, b, c, t3) TAP(15, b, c, t3)
    vst1q_s16(results + i, vcombine_s16(vqshrn_n_s32(low, 12), vqshrn_n_s32(high, 12)));
  }
}

u32 round_(u32 number, u32 checksum) {
  samples[number % SAMPLES] ^= (short)checksum;
  filter();
  return checksum * 31 + (u32)(u16)results[number * 7 % SAMPLES];
}
