/* Fibonacci numbers the slow way: nothing but calls and returns. */
#include "bench.h"

#define NUMBER 20
#define RESULT 6765

/* The compiler may neither turn the recursion into a loop nor unfold it. */
static __attribute__((noinline, optimize("no-inline", "no-optimize-sibling-calls"))) u32 fibonacci(u32 n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static bool fib_round(void)
{
    volatile u32 number = NUMBER; /* so that the result is not known when it is compiled */

    return fibonacci(number) == RESULT;
}

const struct benchmark fib_benchmark = { "fib", "the 20th Fibonacci number by recursion", 40, NULL, fib_round };
