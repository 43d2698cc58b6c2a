/* Bodies that attract each other, in doubles: multiplications, additions, square roots and divisions on a few values in registers. */
#include "kernel.h"

#define BODIES 8

static double x[BODIES], y[BODIES], z[BODIES], vx[BODIES], vy[BODIES], vz[BODIES], mass[BODIES];

static double random_number(void) { return (double)(s32)(next_random() & 0xffff) / 65536.0 + 0.25; }

void prepare(void) {
  for (u32 i = 0; i < BODIES; i++) {
    x[i] = random_number() * 8.0;
    y[i] = random_number() * 8.0;
    z[i] = random_number() * 8.0;
    mass[i] = random_number();
  }
}

static inline double root(double value) {
  __asm__("vsqrt.f64 %P0, %P0" : "+w"(value));
  return value;
}

static APART void advance(double dt) {
  for (u32 i = 0; i < BODIES; i++) {
    for (u32 k = i + 1; k < BODIES; k++) {
      const double dx = x[i] - x[k], dy = y[i] - y[k], dz = z[i] - z[k];
      const double square = dx * dx + dy * dy + dz * dz + 0.01;
      const double magnitude = dt / (square * root(square));
      vx[i] -= dx * mass[k] * magnitude;
      vy[i] -= dy * mass[k] * magnitude;
      vz[i] -= dz * mass[k] * magnitude;
      vx[k] += dx * mass[i] * magnitude;
      vy[k] += dy * mass[i] * magnitude;
      vz[k] += dz * mass[i] * magnitude;
    }
  }
  for (u32 i = 0; i < BODIES; i++) {
    x[i] += dt * vx[i];
    y[i] += dt * vy[i];
    z[i] += dt * vz[i];
  }
}

u32 round_(u32 number, u32 checksum) {
  union {
    double value;
    u32 words[2];
  } seen;
  advance(0.001);
  seen.value = x[number % BODIES];
  return checksum * 31 + (seen.words[0] ^ seen.words[1]);
}
