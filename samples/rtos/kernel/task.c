#include "task.h"
#include "host.h"
#include "modes.h"
#include "scheduler.h"

struct task tasks[TASKS];

struct task *task_find(u32 number)
{
    return number < TASKS && tasks[number].state != TASK_FREE ? &tasks[number] : NULL;
}

struct task *task_start(u32 function, u32 argument, u32 priority, const char *name)
{
    u32 number = 0;

    while (number < TASKS && tasks[number].state != TASK_FREE)
        number++;
    if (number == TASKS)
        return NULL;

    struct task *task = &tasks[number];

    task->number = number;
    task->priority = priority;
    for (u32 i = 0; i < NAME_SIZE; i++)
        task->name[i] = name[i];
    for (u32 i = 0; i < 15; i++)
        task->context.r[i] = 0;
    task->context.pc = USER_BASE;
    task->context.cpsr = MODE_USR;
    task->context.r[0] = argument;
    task->context.r[1] = function;
    task->context.r[13] = STACK_TOP;
    task->microseconds = task->instructions = task->preemptions = 0;
    list_init(&task->link);
    list_init(&task->joiners);
    space_init(&task->space, number);
    make_ready(task);
    return task;
}

/* Tells a joiner how it went: in the registers that its call will find when it goes on. */
static void tell(struct task *joiner, const struct task *ended)
{
    joiner->context.r[0] = ended->ending;
    joiner->context.r[1] = ended->status;
}

void task_end(struct task *task, u32 ending, u32 status)
{
    if (task->number == MAIN_TASK)
        host_exit(ending == ENDED_BY_ITSELF ? status : 1);
    task->ending = ending;
    task->status = status;
    make_wait(task, NULL);
    task->state = TASK_ENDED;
    while (!list_empty(&task->joiners)) {
        struct task *joiner = task_of(task->joiners.next);

        tell(joiner, task);
        make_ready(joiner);
        task->state = TASK_FREE;
    }
}

void task_join(struct task *task)
{
    if (task->state == TASK_ENDED) {
        tell(current, task);
        task->state = TASK_FREE;
    } else {
        make_wait(current, &task->joiners);
    }
}
