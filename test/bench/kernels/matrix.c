/* Product of integer matrices. */
#include "kernel.h"

#define SIZE 36
static s32 left[SIZE][SIZE], right[SIZE][SIZE], product[SIZE][SIZE];

void prepare(void) {
  for (u32 i = 0; i < SIZE; i++)
    for (u32 j = 0; j < SIZE; j++) {
      left[i][j] = (s32)(next_random() & 0x1ff) - 256;
      right[i][j] = (s32)(next_random() & 0x1ff) - 256;
    }
}

static APART void multiply(void) {
  for (u32 row = 0; row < SIZE; row++)
    for (u32 column = 0; column < SIZE; column++) {
      s32 sum = 0;
      for (u32 k = 0; k < SIZE; k++) sum += left[row][k] * right[k][column];
      product[row][column] = sum;
    }
}

u32 round_(u32 number, u32 checksum) {
  left[number % SIZE][checksum % SIZE] ^= 1;
  multiply();
  return checksum * 3 + (u32)product[number % SIZE][(number / SIZE) % SIZE];
}
