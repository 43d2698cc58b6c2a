/*
 * Benchmarks: work that is cut into rounds of the same length, each of which checks itself. Every round begins anew, so its
 * result is known.
 */
#ifndef BENCH_H
#define BENCH_H

#include "../kernel/types.h"

struct benchmark {
    const char *name;  /* the word for it on the command line */
    const char *about; /* a round, in words */
    u32 rounds;        /* as long as nothing else is asked for */
    bool (*check)(void); /* once, before the first round; may be NULL */
    bool (*round)(void);
};

extern const struct benchmark fib_benchmark;
extern const struct benchmark dhry_benchmark;
extern const struct benchmark aes_benchmark;

/*
 * Runs a benchmark as a task of its own, beside `spinners` tasks of the same priority that do nothing but take time.
 * @returns whether all was right
 */
bool bench_run(const struct benchmark *benchmark, u32 rounds, u32 spinners);

#endif
