#include "scheduler.h"
#include "../board/board.h"
#include "cpu.h"

struct task *current;

static struct link ready[PRIORITIES];
static u32 occupied; /* bit n: ready[n] has a task */

/* When the usage of the current task was last brought up to date. */
static u32 charged_microseconds;
static u32 charged_instructions;

void scheduler_init(void)
{
    for (u32 i = 0; i < PRIORITIES; i++)
        list_init(&ready[i]);
}

static void leave(struct task *task)
{
    list_remove(&task->link);
    if (list_empty(&ready[task->priority]))
        occupied &= ~(1u << task->priority);
}

void make_ready(struct task *task)
{
    list_remove(&task->link);
    list_append(&ready[task->priority], &task->link);
    occupied |= 1u << task->priority;
    task->state = TASK_READY;
}

void make_wait(struct task *task, struct link *list)
{
    leave(task);
    if (list != NULL)
        list_append(list, &task->link);
    task->state = TASK_WAITING;
}

void rotate(void)
{
    if (current != NULL && current->state == TASK_READY)
        make_ready(current);
}

void charge(void)
{
    u32 microseconds = board_microseconds();
    u32 instructions = board_instructions();

    if (current != NULL) {
        current->microseconds += microseconds - charged_microseconds;
        current->instructions += instructions - charged_instructions;
    }
    charged_microseconds = microseconds;
    charged_instructions = instructions;
}

void schedule(void)
{
    if (occupied == 0) {
        charge();
        current = NULL; /* nobody pays for the time in which nobody can run */
        while (occupied == 0) {
            wait_for_interrupt(); /* an interrupt ends it although it is masked... */
            board_interrupt();    /* ...and is served here, as a call */
        }
    }

    u32 urgent = (u32)__builtin_ctz(occupied);
    struct task *next = task_of(ready[urgent].next);

    if (next == current)
        return;
    charge();
    current = next;
    space_switch(&next->space);
    clear_exclusive();
}
