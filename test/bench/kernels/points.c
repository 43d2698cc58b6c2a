/* Points in space by a matrix, four at a time, and to unit length by an estimate that is refined twice; then to integers. Singles. */
#include "kernel.h"
#include <arm_neon.h>

#define POINTS 512

static float xs[POINTS], ys[POINTS], zs[POINTS];
static long results[3][POINTS];
static float turn[9] = {0.36f, 0.48f, -0.8f, -0.8f, 0.6f, 0.0f, 0.48f, 0.64f, 0.6f};

static float coordinate(void) { return (float)(s32)(next_random() & 0xffff) - 32768.5f; }

void prepare(void) {
  for (u32 i = 0; i < POINTS; i++) {
    xs[i] = coordinate();
    ys[i] = coordinate();
    zs[i] = coordinate();
  }
}

static inline float32x4_t row(const float *m, float32x4_t x, float32x4_t y, float32x4_t z) {
  return vmlaq_n_f32(vmlaq_n_f32(vmulq_n_f32(x, m[0]), y, m[1]), z, m[2]);
}

static APART void transform(float scale) {
  for (u32 i = 0; i < POINTS; i += 4) {
    const float32x4_t x0 = vld1q_f32(xs + i), y0 = vld1q_f32(ys + i), z0 = vld1q_f32(zs + i);
    const float32x4_t x = row(turn, x0, y0, z0), y = row(turn + 3, x0, y0, z0), z = row(turn + 6, x0, y0, z0);
    const float32x4_t square = vfmaq_f32(vfmaq_f32(vmulq_f32(x, x), y, y), z, z);
    float32x4_t inverse = vrsqrteq_f32(square);
    inverse = vmulq_f32(vrsqrtsq_f32(vmulq_f32(square, inverse), inverse), inverse);
    inverse = vmulq_f32(vrsqrtsq_f32(vmulq_f32(square, inverse), inverse), inverse);
    inverse = vmulq_n_f32(inverse, scale);
    vst1q_s32(results[0] + i, vcvtq_s32_f32(vmulq_f32(x, inverse)));
    vst1q_s32(results[1] + i, vcvtq_s32_f32(vmulq_f32(y, inverse)));
    vst1q_s32(results[2] + i, vcvtq_s32_f32(vmaxq_f32(vmulq_f32(z, inverse), vnegq_f32(z))));
  }
}

u32 round_(u32 number, u32 checksum) {
  xs[number % POINTS] += (float)(s32)(checksum & 0xff);
  transform((float)(s32)((number & 0xfff) + 1));
  return checksum * 31 + (u32)results[number % 3][number * 7 % POINTS];
}
