/* System calls: checks what a task asks for, and has it done. Entered from vectors.S with the task's registers saved. */
#include "clock.h"
#include "console.h"
#include "host.h"
#include "ipc.h"
#include "scheduler.h"
#include "user.h"

static int call_write(u32 text, u32 length)
{
    for (u32 i = 0; i < length; i++) {
        int character = load_user_byte(text + i);

        if (character < 0)
            return ERROR_ADDRESS;
        console_put((char)character);
    }
    return (int)length;
}

static int call_start(u32 function, u32 argument, u32 priority, u32 name_address)
{
    char name[NAME_SIZE];
    u32 length = 0;
    int character;

    if (priority >= PRIORITIES)
        return ERROR_NUMBER;
    do {
        character = load_user_byte(name_address + length);
        if (character < 0)
            return ERROR_ADDRESS;
        name[length++] = (char)character;
    } while (character != 0 && length < NAME_SIZE);
    while (length < NAME_SIZE)
        name[length++] = 0;
    name[NAME_SIZE - 1] = 0;

    struct task *task = task_start(function, argument, priority, name);

    return task == NULL ? ERROR_FULL : (int)task->number;
}

static int call_kill(u32 number)
{
    struct task *task = task_find(number);

    if (task == NULL)
        return ERROR_NUMBER;
    if (task->state != TASK_ENDED)
        task_end(task, ENDED_BY_KILL, 0);
    return 0;
}

static int call_join(u32 number)
{
    struct task *task = task_find(number);

    if (task == NULL || task == current)
        return ERROR_NUMBER;
    task_join(task);
    return (int)current->context.r[0];
}

static int call_usage(u32 number)
{
    struct task *task = task_find(number);
    u32 *r = current->context.r;

    if (task == NULL)
        return ERROR_NUMBER;
    charge();
    r[1] = task->microseconds;
    r[2] = task->instructions;
    r[3] = task->preemptions;
    return 0;
}

static int call_arguments(u32 buffer, u32 size)
{
    for (u32 i = 0; i < size; i++) {
        if (store_user_byte(buffer + i, (u8)host_command_line[i]) < 0)
            return ERROR_ADDRESS;
        if (host_command_line[i] == 0)
            return (int)i;
    }
    return ERROR_FULL;
}

/* Of calls that take the number of an object: whether there is one. */
static bool exists(u32 number, u32 count, u32 *result)
{
    *result = number < count ? 0 : (u32)ERROR_NUMBER;
    return number < count;
}

/* The result of a call is written before the call is carried out where that may let others run or write results itself. */
void call(void)
{
    struct task *caller = current;
    u32 *r = caller->context.r;
    u32 a = r[0];

    switch (r[7]) {
    case CALL_EXIT:
        task_end(caller, ENDED_BY_ITSELF, a);
        break;
    case CALL_WRITE:
        r[0] = (u32)call_write(a, r[1]);
        break;
    case CALL_START:
        r[0] = (u32)call_start(a, r[1], r[2], r[3]);
        break;
    case CALL_KILL:
        r[0] = (u32)call_kill(a);
        break;
    case CALL_JOIN:
        r[0] = (u32)call_join(a);
        break;
    case CALL_YIELD:
        r[0] = 0;
        rotate();
        break;
    case CALL_SLEEP:
        r[0] = 0;
        clock_sleep(a);
        break;
    case CALL_SEND:
        if (exists(a, QUEUES, &r[0]))
            queue_send(a);
        break;
    case CALL_RECEIVE:
        if (exists(a, QUEUES, &r[0]))
            queue_receive(a);
        break;
    case CALL_WAIT:
        if (exists(a, SEMAPHORES, &r[0]))
            semaphore_wait(a);
        break;
    case CALL_SIGNAL:
        if (exists(a, SEMAPHORES, &r[0]))
            semaphore_signal(a);
        break;
    case CALL_USAGE:
        r[0] = (u32)call_usage(a);
        break;
    case CALL_ARGUMENTS:
        r[0] = (u32)call_arguments(a, r[1]);
        break;
    default:
        r[0] = (u32)ERROR_CALL;
    }
    schedule();
}
