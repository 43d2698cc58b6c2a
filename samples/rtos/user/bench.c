#include "bench.h"
#include "calls.h"
#include "print.h"
#include "spin.h"

#define BENCH_PRIORITY (MAIN_PRIORITY + 1)

/* What the task is to do, and what it found. */
static const struct benchmark *running;
static u32 rounds_right;
static struct usage usage;

/* @returns whether it checked itself well */
static u32 bench_task(u32 rounds)
{
    if (running->check != NULL && !running->check())
        return false;
    while (rounds_right < rounds && running->round())
        rounds_right++;
    task_usage(MAIN_TASK + 1, &usage);
    return rounds_right == rounds;
}

bool bench_run(const struct benchmark *benchmark, u32 rounds, u32 spinners)
{
    u32 checked = false;
    u32 turns = 0;

    running = benchmark;
    rounds_right = 0;
    int task = task_start(bench_task, rounds, BENCH_PRIORITY, benchmark->name);
    bool good = task == MAIN_TASK + 1 && spin_start(spinners, BENCH_PRIORITY);

    if (good)
        good = task_join(task, &checked) == ENDED_BY_ITSELF && checked;
    for (u32 i = 0; i < spinners; i++)
        turns += spin_turns(i);
    spin_stop();

    print("%s: %u times %s: %s\n", benchmark->name, rounds_right, benchmark->about, good ? "ok" : "FAILED");
    print("  took %u us, was preempted %u times; others spun %u times\n", usage.microseconds, usage.preemptions, turns);
    if (usage.instructions != 0)
        print("  executed %u instructions\n", usage.instructions);
    return good;
}
