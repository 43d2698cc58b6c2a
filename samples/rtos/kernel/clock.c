#include "clock.h"
#include "scheduler.h"

static u32 now; /* ticks since the start */
static struct link sleeping;

void clock_init(void)
{
    list_init(&sleeping);
}

void clock_sleep(u32 ticks)
{
    current->wake_at = now + ticks;
    make_wait(current, &sleeping);
}

void clock_tick(void)
{
    struct link *next;

    now++;
    rotate();
    for (struct link *link = sleeping.next; link != &sleeping; link = next) {
        struct task *task = task_of(link);

        next = link->next;
        if ((int)(now - task->wake_at) >= 0)
            make_ready(task);
    }
}
