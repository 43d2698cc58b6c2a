/* System calls as functions; what each does is said in api.h. */
#ifndef CALLS_H
#define CALLS_H

#include "../api.h"
#include "../kernel/types.h"

/* What a call gives beside its result. */
struct results {
    u32 words[3];
};

static inline int system_call(u32 number, u32 a, u32 b, u32 c, u32 d, struct results *results)
{
    register u32 r0 __asm__("r0") = a;
    register u32 r1 __asm__("r1") = b;
    register u32 r2 __asm__("r2") = c;
    register u32 r3 __asm__("r3") = d;
    register u32 r7 __asm__("r7") = number;

    __asm__ volatile("svc #0" : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3) : "r"(r7) : "memory");
    if (results != NULL) {
        results->words[0] = r1;
        results->words[1] = r2;
        results->words[2] = r3;
    }
    return (int)r0;
}

static inline void task_exit(u32 status)
{
    system_call(CALL_EXIT, status, 0, 0, 0, NULL);
    __builtin_unreachable();
}

static inline int console_write(const char *text, u32 length)
{
    return system_call(CALL_WRITE, (u32)text, length, 0, 0, NULL);
}

static inline int task_start(u32 (*function)(u32), u32 argument, u32 priority, const char *name)
{
    return system_call(CALL_START, (u32)function, argument, priority, (u32)name, NULL);
}

static inline int task_kill(int task)
{
    return system_call(CALL_KILL, (u32)task, 0, 0, 0, NULL);
}

static inline int task_join(int task, u32 *status)
{
    struct results results;
    int ending = system_call(CALL_JOIN, (u32)task, 0, 0, 0, &results);

    if (status != NULL)
        *status = results.words[0];
    return ending;
}

static inline void task_yield(void)
{
    system_call(CALL_YIELD, 0, 0, 0, 0, NULL);
}

static inline void task_sleep(u32 ticks)
{
    system_call(CALL_SLEEP, ticks, 0, 0, 0, NULL);
}

static inline int queue_send(u32 queue, u32 a, u32 b, u32 c)
{
    return system_call(CALL_SEND, queue, a, b, c, NULL);
}

static inline int queue_receive(u32 queue, struct results *message)
{
    return system_call(CALL_RECEIVE, queue, 0, 0, 0, message);
}

static inline int semaphore_wait(u32 semaphore)
{
    return system_call(CALL_WAIT, semaphore, 0, 0, 0, NULL);
}

static inline int semaphore_signal(u32 semaphore)
{
    return system_call(CALL_SIGNAL, semaphore, 0, 0, 0, NULL);
}

struct usage {
    u32 microseconds;
    u32 instructions;
    u32 preemptions;
};

static inline int task_usage(int task, struct usage *usage)
{
    struct results results;
    int result = system_call(CALL_USAGE, (u32)task, 0, 0, 0, &results);

    usage->microseconds = results.words[0];
    usage->instructions = results.words[1];
    usage->preemptions = results.words[2];
    return result;
}

static inline int run_arguments(char *buffer, u32 size)
{
    return system_call(CALL_ARGUMENTS, (u32)buffer, size, 0, 0, NULL);
}

#endif
