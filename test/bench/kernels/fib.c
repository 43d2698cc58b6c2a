/* Recursion: calls, returns, the stack. */
#include "kernel.h"

void prepare(void) {}

static APART u32 fibonacci(u32 n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

u32 round_(u32 number, u32 checksum) { return checksum * 7 + fibonacci(18 + (number & 1)); }
