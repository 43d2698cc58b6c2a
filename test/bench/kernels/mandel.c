/* The iterations of points of the Mandelbrot set, in doubles: short loops of arithmetic that end with a comparison. */
#include "kernel.h"

#define WIDTH 32
#define LIMIT 100

void prepare(void) {}

static APART u32 iterations(double cr, double ci) {
  double zr = cr, zi = ci;
  u32 n = 0;
  while (n < LIMIT) {
    const double rr = zr * zr, ii = zi * zi;
    if (rr + ii > 4.0) break;
    zi = 2.0 * zr * zi + ci;
    zr = rr - ii + cr;
    n++;
  }
  return n;
}

u32 round_(u32 number, u32 checksum) {
  const double ci = ((double)(s32)(number % WIDTH) + 0.5) * (2.5 / WIDTH) - 1.25;
  for (u32 i = 0; i < WIDTH; i++) checksum = checksum * 31 + iterations((double)(s32)i * (3.0 / WIDTH) - 2.1, ci);
  return checksum;
}
