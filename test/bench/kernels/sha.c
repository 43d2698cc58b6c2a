/* The compression function of SHA-256 (FIPS 180-4): rotations, exclusive ors, long straight code. The constants are computed, not listed:
 * they are the fractional parts of roots of primes only in spirit, so the digest is ours alone. */
#include "kernel.h"

static u32 constants[64], hash[8], block[16];

void prepare(void) {
  for (u32 i = 0; i < 64; i++) constants[i] = next_random() << 7 ^ next_random();
  for (u32 i = 0; i < 8; i++) hash[i] = next_random();
  for (u32 i = 0; i < 16; i++) block[i] = next_random();
}

static inline u32 rotate(u32 x, u32 n) { return x >> n | x << (32 - n); }

static APART void compress(void) {
  u32 w[64], s[8];
  for (u32 t = 0; t < 16; t++) w[t] = block[t];
  for (u32 t = 16; t < 64; t++) {
    const u32 p = w[t - 2], q = w[t - 15];
    w[t] = (rotate(p, 17) ^ rotate(p, 19) ^ p >> 10) + w[t - 7] + (rotate(q, 7) ^ rotate(q, 18) ^ q >> 3) + w[t - 16];
  }
  u32 a = hash[0], b = hash[1], c = hash[2], d = hash[3], e = hash[4], f = hash[5], g = hash[6], h = hash[7];
  for (u32 t = 0; t < 64; t++) {
    const u32 first = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (g ^ (e & (f ^ g))) + constants[t] + w[t];
    const u32 second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) | (c & (a | b)));
    h = g, g = f, f = e, e = d + first, d = c, c = b, b = a, a = first + second;
  }
  s[0] = a, s[1] = b, s[2] = c, s[3] = d, s[4] = e, s[5] = f, s[6] = g, s[7] = h;
  for (u32 i = 0; i < 8; i++) hash[i] += s[i];
}

u32 round_(u32 number, u32 checksum) {
  block[number & 15] += checksum;
  compress();
  return hash[0] ^ hash[5];
}
