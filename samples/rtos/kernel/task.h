/*
 * Tasks: what the kernel knows of each, and their lives from start to end. Who runs is the scheduler's business
 * (scheduler.h).
 */
#ifndef TASK_H
#define TASK_H

#include "../api.h"
#include "list.h"
#include "memory.h"
#include "types.h"

/* A task's registers while it does not run. vectors.S knows this layout: it addresses r[0] and finds the rest around it. */
struct context {
    u32 pc;
    u32 cpsr;
    u32 r[15]; /* r0 to r12, sp, lr */
};

enum state {
    TASK_FREE,    /* no task: may be started */
    TASK_READY,   /* runs, or would */
    TASK_WAITING, /* for time, a message, a semaphore, the end of another */
    TASK_ENDED,   /* until somebody asks how */
};

struct task {
    struct context context; /* first: see vectors.S */
    enum state state;
    u32 number;
    u32 priority;
    char name[NAME_SIZE];
    struct link link;    /* in the ready list of its priority, or where it waits */
    struct link joiners; /* tasks that wait for the end of this one */
    u32 wake_at;         /* tick */
    u32 ending;          /* ENDED_... */
    u32 status;
    u32 microseconds; /* of the processor's time */
    u32 instructions;
    u32 preemptions; /* how often it had to make room though it could have gone on */
    struct space space;
};

extern struct task tasks[TASKS];
extern struct task *current;

static inline struct task *task_of(struct link *link)
{
    return owner_of(link, struct task, link);
}

/* A task that is there, or NULL. */
struct task *task_find(u32 number);

/* Makes a task and lets it take part. @returns NULL if there are too many */
struct task *task_start(u32 function, u32 argument, u32 priority, const char *name);

/* Ends a task, whatever it is doing. */
void task_end(struct task *task, u32 ending, u32 status);

/* Makes the current task wait for the end of another; its slot is free then. */
void task_join(struct task *task);

#endif
