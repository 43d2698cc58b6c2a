/* Quicksort with a comparison by function pointer. */
#include "kernel.h"

#define COUNT 900
static s32 numbers[COUNT];

void prepare(void) {}

static APART s32 compare(const s32 *a, const s32 *b) { return *a < *b ? -1 : *a > *b ? 1 : 0; }

static APART void sort(s32 *first, s32 *last, s32 (*order)(const s32 *, const s32 *)) {
  while (last - first > 6) {
    const s32 pivot = first[(last - first) / 2];
    s32 *low = first, *high = last;
    while (low <= high) {
      while (order(low, &pivot) < 0) low++;
      while (order(high, &pivot) > 0) high--;
      if (low <= high) {
        const s32 swap = *low;
        *low++ = *high;
        *high-- = swap;
      }
    }
    sort(first, high, order);
    first = low;
  }
  for (s32 *next = first + 1; next <= last; next++) {
    const s32 value = *next;
    s32 *at = next;
    for (; at > first && order(at - 1, &value) > 0; at--) *at = at[-1];
    *at = value;
  }
}

u32 round_(u32 number, u32 checksum) {
  for (u32 i = 0; i < COUNT; i++) numbers[i] = (s32)(next_random() ^ checksum);
  sort(numbers, numbers + COUNT - 1, compare);
  return checksum + (u32)numbers[number % COUNT] * 3 + (u32)numbers[COUNT / 2];
}
