/* CRC-32 over a buffer, a byte at a time by table. */
#include "kernel.h"

static u32 table[256];
static u8 message[12288];

void prepare(void) {
  for (u32 byte = 0; byte < 256; byte++) {
    u32 remainder = byte;
    for (u32 bit = 0; bit < 8; bit++) remainder = (remainder >> 1) ^ ((remainder & 1) ? 0xedb88320u : 0);
    table[byte] = remainder;
  }
  for (u32 i = 0; i < sizeof message; i++) message[i] = (u8)next_random();
}

static APART u32 crc32(u32 crc, const u8 *data, u32 length) {
  crc = ~crc;
  for (const u8 *end = data + length; data != end; data++) crc = (crc >> 8) ^ table[(crc ^ *data) & 0xff];
  return ~crc;
}

u32 round_(u32 number, u32 checksum) { return crc32(checksum + number, message, sizeof message); }
