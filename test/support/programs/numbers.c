/* Numbers in every way that a compiler has for this architecture: scalar and vectorised loops, NEON intrinsics, doubles through libm. Prints
   exact bit patterns, and checks what it can check by itself. Runs on Linux by system calls alone. */
#ifdef __ARM_NEON
#include <arm_neon.h>
#endif
#include <math.h>
#include <stdint.h>
#include <string.h>

static void systemCall(int number, int a, const void *b, int c) {
  register int r7 __asm__("r7") = number;
  register int r0 __asm__("r0") = a;
  register const void *r1 __asm__("r1") = b;
  register int r2 __asm__("r2") = c;
  __asm__ volatile("svc 0" : "+r"(r0) : "r"(r7), "r"(r1), "r"(r2) : "memory");
}

static char line[256];
static int used, failures;

static void put(const char *text) {
  int length = strlen(text);
  memcpy(line + used, text, length);
  used += length;
}
static void flush(void) {
  line[used++] = '\n';
  systemCall(4, 1, line, used);
  used = 0;
}
static void hex(uint32_t word) {
  for (int i = 28; i >= 0; i -= 4) line[used++] = "0123456789abcdef"[(word >> i) & 15];
  line[used++] = ' ';
}
static void single(float x) {
  uint32_t word;
  memcpy(&word, &x, 4);
  hex(word);
}
static void real(double x) {
  uint64_t word;
  memcpy(&word, &x, 8);
  hex(word >> 32);
  used--;
  hex((uint32_t)word);
}
static void check(const char *name, int good) {
  put(good ? "pass " : "FAIL ");
  put(name);
  flush();
  failures += !good;
}

static uint32_t seed = 12345;
static uint32_t chance(void) { return seed = seed * 1664525u + 1013904223u; }

#define N 24
static float a[N][N], b[N][N], c[N][N], d[N][N] __attribute__((aligned(16)));

static void matrices(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) a[i][j] = (int)(chance() >> 20) - 2048, b[i][j] = (int)(chance() >> 22) - 512;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      float sum = 0;
      for (int k = 0; k < N; k++) sum += a[i][k] * b[k][j];
      c[i][j] = sum;
    }
#ifdef __ARM_NEON
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j += 4) {
      float32x4_t sum = vdupq_n_f32(0);
      for (int k = 0; k < N; k++) sum = vmlaq_n_f32(sum, vld1q_f32(&b[k][j]), a[i][k]);
      vst1q_f32(&d[i][j], sum);
    }
#else
  for (int k = 0; k < N; k++)
    for (int i = 0; i < N; i++)
      for (int j = 0; j < N; j++) d[i][j] += a[i][k] * b[k][j];
#endif
  put("matrix ");
  for (int i = 0; i < 8; i++) single(c[i][N - 1 - i]);
  flush();
  check("matrix product, in two ways", memcmp(c, d, sizeof c) == 0);
}

#define POINTS 128
static double re[POINTS], im[POINTS], input[POINTS];

static void fourier(int sign) {
  for (int i = 1, j = 0; i < POINTS; i++) {
    int bit = POINTS >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      double x = re[i], y = im[i];
      re[i] = re[j], im[i] = im[j], re[j] = x, im[j] = y;
    }
  }
  for (int length = 2; length <= POINTS; length <<= 1)
    for (int i = 0; i < POINTS; i += length)
      for (int k = 0; k < length / 2; k++) {
        double angle = sign * 2 * M_PI * k / length, wr = cos(angle), wi = sin(angle);
        double *xr = &re[i + k], *xi = &im[i + k], *yr = xr + length / 2, *yi = xi + length / 2;
        double tr = *yr * wr - *yi * wi, ti = *yr * wi + *yi * wr;
        *yr = *xr - tr, *yi = *xi - ti, *xr += tr, *xi += ti;
      }
}

static void transforms(void) {
  for (int i = 0; i < POINTS; i++) re[i] = input[i] = (int)chance() / 65536.0, im[i] = 0;
  fourier(1);
  put("spectrum ");
  for (int i = 0; i < 6; i++) real(re[i * 9]), real(im[i * 11]);
  flush();
  fourier(-1);
  double worst = 0;
  for (int i = 0; i < POINTS; i++) worst = fmax(worst, fabs(re[i] / POINTS - input[i]));
  check("transform and back", worst < 1e-9);
}

static void mandelbrot(void) {
  uint32_t sum = 0, sumDouble = 0;
  for (int y = 0; y < 24; y++)
    for (int x = 0; x < 32; x++) {
      float cr = x / 12.0f - 2.0f, ci = y / 12.0f - 1.0f, zr = 0, zi = 0;
      double er = cr, ei = ci, fr = 0, fi = 0;
      int n = 0, m = 0;
      for (; n < 60 && zr * zr + zi * zi < 4; n++) {
        float t = zr * zr - zi * zi + cr;
        zi = 2 * zr * zi + ci, zr = t;
      }
      for (; m < 60 && fr * fr + fi * fi < 4; m++) {
        double t = fr * fr - fi * fi + er;
        fi = 2 * fr * fi + ei, fr = t;
      }
      sum = sum * 31 + n, sumDouble = sumDouble * 31 + m;
    }
  put("mandelbrot "), hex(sum), hex(sumDouble);
  flush();
}

static void functions(void) {
  for (int i = 0; i < 24; i++) {
    double x = (int)chance() / 1e8;
    put("libm "), real(sin(x)), real(exp(x / 4)), real(pow(fabs(x), 1.7)), real(atan2(x, 3)), single(sqrtf(fabsf((float)x)));
    real(fma(x, x, -x)), single(fmaf((float)x, 3.5f, 1e-3f));
    flush();
  }
  check("square root squared", fabs(sqrt(2.0) * sqrt(2.0) - 2) < 1e-15);
  check("logarithm of the exponential", fabs(log(exp(1.25)) - 1.25) < 1e-15);
}

static uint8_t bytes[1024], other[1024];
static int16_t samples[512], coefficients[512];
static int32_t words[256];
static float floats[256];

static void vectors(void) {
  for (int i = 0; i < 1024; i++) bytes[i] = chance() >> 24;
  for (int i = 0; i < 512; i++) samples[i] = chance() >> 16, coefficients[i] = chance() >> 17;
  for (int i = 0; i < 1024; i++) other[i] = bytes[i] > 100 ? bytes[i] - 100 : 100 - bytes[i];
  uint32_t sum = 0;
  for (int i = 0; i < 1024; i++) sum += other[i];
  int32_t product = 0;
  for (int i = 0; i < 512; i++) product += samples[i] * coefficients[i];
  for (int i = 0; i < 256; i++) words[i] = samples[i] * 65537 >> 3, floats[i] = words[i] * 0.125f;
  int32_t most = words[0];
  for (int i = 1; i < 256; i++) most = words[i] > most ? words[i] : most;
  float total = 0;
  for (int i = 0; i < 256; i++) total += fabsf(floats[i]);
  uint32_t back = 0;
  for (int i = 0; i < 256; i++) back ^= (int32_t)(floats[i] / 3.0f);
  put("loops "), hex(sum), hex(product), hex(most), single(total), hex(back);
  flush();
#ifdef __ARM_NEON
  uint8x16_t table = vld1q_u8(bytes), low = vdupq_n_u8(15);
  uint16x8_t wide = vdupq_n_u16(0);
  int16x8_t saturated = vdupq_n_s16(0);
  for (int i = 0; i < 1024; i += 16) {
    uint8x16_t x = vld1q_u8(bytes + i), index = vandq_u8(x, low);
    uint8x8x2_t pair = {{vget_low_u8(table), vget_high_u8(table)}};
    uint8x16_t looked = vcombine_u8(vtbl2_u8(pair, vget_low_u8(index)), vtbl2_u8(pair, vget_high_u8(index)));
    wide = vpadalq_u8(wide, veorq_u8(looked, vrev32q_u8(x)));
    saturated = vqaddq_s16(saturated, vqrdmulhq_s16(vld1q_s16(samples + i / 4), vld1q_s16(coefficients + i / 8)));
    uint8x16x2_t woven = vzipq_u8(x, looked);
    vst2q_u8(other, woven);
    wide = vabal_u8(wide, vget_low_u8(vld1q_u8(other)), vget_high_u8(vld1q_u8(other + 16)));
  }
  uint16_t lanes[8];
  int16_t more[8];
  vst1q_u16(lanes, wide), vst1q_s16(more, saturated);
  put("lanes ");
  for (int i = 0; i < 8; i++) hex(lanes[i] << 16 | (uint16_t)more[i]);
  flush();
  float32x4_t x = vld1q_f32(floats), estimate = vrecpeq_f32(x);
  estimate = vmulq_f32(vrecpsq_f32(x, estimate), estimate);
  float32x4_t root = vrsqrteq_f32(vabsq_f32(x));
  float results[8];
  vst1q_f32(results, estimate), vst1q_f32(results + 4, root);
  put("estimates ");
  for (int i = 0; i < 8; i++) single(results[i]);
  flush();
#endif
}

static void strings(void) {
  static char text[600], copy[600];
  for (int i = 0; i < 599; i++) text[i] = 'a' + chance() % 26;
  memcpy(copy + 1, text, 598);
  memmove(copy + 3, copy + 1, 500);
  uint32_t sum = 0;
  for (int i = 0; i < 600; i++) sum = sum * 33 + (uint8_t)copy[i];
  put("strings "), hex(sum), hex(strlen(text)), hex(memcmp(copy + 3, text, 500) != 0), hex(strchr(text, 'q') - text);
  flush();
  check("memmove", memcmp(copy + 3, text, 500) == 0);
  uint64_t big = 1;
  for (int i = 1; i <= 20; i++) big *= i;
  put("integers "), hex(big >> 32), hex((uint32_t)big), hex((uint32_t)(big / 1000003)), hex((uint32_t)(big % 1000003));
  flush();
}

int run(void) {
  matrices();
  transforms();
  mandelbrot();
  functions();
  vectors();
  strings();
  check("all of it", failures == 0);
  return failures;
}

__attribute__((naked, used)) void _start(void) {
  __asm__("bl run\n mov r7, #248\n svc 0");
}
