/* What the kernel offers, each thing used once and checked. */
#include "demo.h"
#include "calls.h"
#include "print.h"
#include "spin.h"

#define MESSAGES 32
#define ROUNDS   50

#define MESSAGE_QUEUE 0
#define ORDER_QUEUE   1
#define LOCK          0

#define URGENT (MAIN_PRIORITY - 1)
#define EQUAL  MAIN_PRIORITY
#define LATER  (MAIN_PRIORITY + 1)

static bool report(const char *what, bool good)
{
    print("demo: %s: %s\n", what, good ? "ok" : "FAILED");
    return good;
}

/* ---- a queue: more messages than it holds, so that both ends have to wait */

static u32 producer(u32 count)
{
    for (u32 i = 1; i <= count; i++)
        queue_send(MESSAGE_QUEUE, i, i * i, ~i);
    return 0;
}

static bool demo_queue(void)
{
    int task = task_start(producer, MESSAGES, EQUAL, "producer");
    u32 sum = 0;
    bool good = task > 0;

    for (u32 i = 1; good && i <= MESSAGES; i++) {
        struct results message;

        good = queue_receive(MESSAGE_QUEUE, &message) == 0 && message.words[0] == i && message.words[2] == ~i;
        sum += message.words[1];
        if (i % 8 == 0)
            task_sleep(1); /* long enough for the queue to fill up */
    }
    task_join(task, NULL);
    return good && sum == MESSAGES * (MESSAGES + 1) * (2 * MESSAGES + 1) / 6;
}

/* ---- a semaphore: two tasks count in the same variable, each letting the other in at the worst moment */

static volatile u32 shared;

static u32 counter(u32 rounds)
{
    for (u32 i = 0; i < rounds; i++) {
        semaphore_wait(LOCK);
        u32 seen = shared;
        task_yield();
        shared = seen + 1;
        semaphore_signal(LOCK);
    }
    return 0;
}

static bool demo_semaphore(void)
{
    shared = 0;
    semaphore_signal(LOCK);

    int one = task_start(counter, ROUNDS, LATER, "counter 1");
    int other = task_start(counter, ROUNDS, LATER, "counter 2");
    bool good = task_join(one, NULL) == ENDED_BY_ITSELF && task_join(other, NULL) == ENDED_BY_ITSELF;

    semaphore_wait(LOCK);
    return good && shared == 2 * ROUNDS;
}

/* ---- time: who sleeps less is back first */

static u32 sleeper(u32 ticks)
{
    task_sleep(ticks);
    queue_send(ORDER_QUEUE, ticks, 0, 0);
    return ticks;
}

static bool demo_sleep(void)
{
    static const u32 ticks[] = { 9, 3, 6 };
    int sleepers[3];
    u32 last = 0;
    bool good = true;

    for (int i = 0; i < 3; i++)
        sleepers[i] = task_start(sleeper, ticks[i], EQUAL, "sleeper");
    for (int i = 0; i < 3; i++) {
        struct results message;

        queue_receive(ORDER_QUEUE, &message);
        good = good && message.words[0] > last;
        last = message.words[0];
    }
    for (int i = 0; i < 3; i++) {
        u32 status;

        good = task_join(sleepers[i], &status) == ENDED_BY_ITSELF && status == ticks[i] && good;
    }
    return good;
}

/* ---- priorities: a more urgent task runs before the call that starts it returns, a less urgent one only when we wait */

static volatile u32 mark;

static u32 marker(u32 value)
{
    mark = value;
    return 0;
}

static bool demo_priority(void)
{
    mark = 0;
    int urgent = task_start(marker, 1, URGENT, "urgent");
    bool good = mark == 1;
    int later = task_start(marker, 2, LATER, "later");
    good = good && mark == 1;
    task_join(later, NULL);
    task_join(urgent, NULL);
    return good && mark == 2;
}

/* ---- preemption: of two tasks that never give way, both get on */

static bool demo_preemption(void)
{
    bool good = spin_start(2, LATER);

    for (u32 patience = 100; patience > 0 && (spin_turns(0) == 0 || spin_turns(1) == 0); patience--)
        task_sleep(2);
    good = good && spin_turns(0) > 0 && spin_turns(1) > 0;
    spin_stop();
    return good;
}

/* ---- calls that ask for what is not there */

static bool demo_errors(void)
{
    return system_call(CALLS, 0, 0, 0, 0, NULL) == ERROR_CALL && task_join(TASKS, NULL) == ERROR_NUMBER &&
           task_join(MAIN_TASK, NULL) == ERROR_NUMBER && queue_send(QUEUES, 0, 0, 0) == ERROR_NUMBER &&
           semaphore_wait(SEMAPHORES) == ERROR_NUMBER && task_start(marker, 0, PRIORITIES, "x") == ERROR_NUMBER;
}

bool demo_run(void)
{
    bool good = report("messages through a queue", demo_queue());

    good = report("a semaphore keeps a variable whole", demo_semaphore()) && good;
    good = report("sleepers wake in order", demo_sleep()) && good;
    good = report("the urgent go first", demo_priority()) && good;
    good = report("spinning tasks take turns", demo_preemption()) && good;
    return report("wrong calls give errors", demo_errors()) && good;
}
