#include "spin.h"
#include "calls.h"

static volatile u32 turns[SPINNERS];
static int started[SPINNERS];
static u32 count_started;

static __attribute__((noreturn)) u32 spin(u32 number)
{
    for (;;)
        turns[number]++;
}

bool spin_start(u32 count, u32 priority)
{
    for (count_started = 0; count_started < count; count_started++) {
        turns[count_started] = 0;
        started[count_started] = task_start(spin, count_started, priority, "spinner");
        if (started[count_started] < 0)
            return false;
    }
    return true;
}

u32 spin_turns(u32 number)
{
    return turns[number];
}

void spin_stop(void)
{
    while (count_started > 0) {
        int task = started[--count_started];

        task_kill(task);
        task_join(task, NULL);
    }
}
