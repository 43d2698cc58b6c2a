/*
 * The first task: reads what the run is to do, has it done, and ends the run.
 *
 *   demo fault fib dhry aes    what to run; all: the three benchmarks. Without any: everything
 *   rounds=N                   rounds of each benchmark
 *   spin=N                     tasks that spin beside it, 0 to 4
 */
#include "bench.h"
#include "calls.h"
#include "demo.h"
#include "faults.h"
#include "print.h"
#include "spin.h"

#define LINE_SIZE 256

static const struct benchmark *const benchmarks[] = { &fib_benchmark, &dhry_benchmark, &aes_benchmark };

#define BENCHMARKS (sizeof benchmarks / sizeof benchmarks[0])

#define RUN_DEMO   1u
#define RUN_FAULTS 2u
#define RUN_BENCH  4u /* the first; the others follow */
#define RUN_ALL    (RUN_BENCH * ((1u << BENCHMARKS) - 1))

struct options {
    u32 run; /* RUN_... */
    u32 rounds; /* 0: as each benchmark likes it */
    u32 spinners;
};

static bool same(const char *a, const char *b)
{
    while (*a != 0 && *a == *b)
        a++, b++;
    return *a == *b;
}

/* The number behind `name` and '='. @returns false if the word is something else */
static bool setting(const char *word, const char *name, u32 *value)
{
    while (*name != 0 && *name == *word)
        name++, word++;
    if (*name != 0 || *word != '=' || word[1] == 0)
        return false;
    u32 number = 0;
    while (*++word != 0) {
        if (*word < '0' || *word > '9')
            return false;
        number = number * 10 + (u32)(*word - '0');
    }
    *value = number;
    return true;
}

static bool take_word(const char *word, struct options *options)
{
    for (u32 i = 0; i < BENCHMARKS; i++) {
        if (same(word, benchmarks[i]->name)) {
            options->run |= RUN_BENCH << i;
            return true;
        }
    }
    if (same(word, "demo"))
        options->run |= RUN_DEMO;
    else if (same(word, "fault"))
        options->run |= RUN_FAULTS;
    else if (same(word, "all"))
        options->run |= RUN_ALL;
    else
        return setting(word, "rounds", &options->rounds) ||
               (setting(word, "spin", &options->spinners) && options->spinners <= SPINNERS);
    return true;
}

/* Some emulators put the program's name in front of its command line. */
static bool program_name(const char *word)
{
    for (; *word != 0; word++)
        if (same(word, ".elf"))
            return true;
    return false;
}

static bool take_line(char *line, struct options *options)
{
    bool good = true;

    for (char *end = line; *line != 0; line = end) {
        while (*line == ' ')
            line++;
        for (end = line; *end != 0 && *end != ' '; end++)
            ;
        if (*end != 0)
            *end++ = 0;
        if (*line != 0 && !program_name(line) && !take_word(line, options)) {
            print("'%s' means nothing here; demo, fault, fib, dhry, aes, all, rounds=N, spin=0..4 do\n", line);
            good = false;
        }
    }
    if (options->run == 0)
        options->run = RUN_DEMO | RUN_FAULTS | RUN_ALL;
    return good;
}

/* @returns the run's exit code */
int main(void)
{
    static char line[LINE_SIZE];
    struct options options = { .run = 0, .rounds = 0, .spinners = 2 };

    if (run_arguments(line, sizeof line) < 0 || !take_line(line, &options))
        return 2;

    bool good = true;

    if (options.run & RUN_DEMO)
        good = demo_run() && good;
    if (options.run & RUN_FAULTS)
        good = faults_run() && good;
    for (u32 i = 0; i < BENCHMARKS; i++) {
        const struct benchmark *benchmark = benchmarks[i];

        if (options.run & RUN_BENCH << i)
            good = bench_run(benchmark, options.rounds == 0 ? benchmark->rounds : options.rounds, options.spinners) && good;
    }
    print("rtos: %s\n", good ? "all checks passed" : "SOMETHING WENT WRONG");
    return good ? 0 : 1;
}
