/*
 * Who runs: the first of the most urgent ready list. At a tick the task that runs goes to the end of its list, so tasks of
 * one priority take turns; a more urgent one runs as soon as it is ready.
 */
#ifndef SCHEDULER_H
#define SCHEDULER_H

#include "task.h"

void scheduler_init(void);

/* Lets a task take part, from wherever it waits. */
void make_ready(struct task *task);

/* Takes a task out of the running, into a list of those who wait for the same thing, or none. */
void make_wait(struct task *task, struct link *list);

/* Sends the current task to the end of its list. */
void rotate(void);

/* Chooses the current task, waiting for an interrupt as long as there is none. What runs next is what `resume` finds. */
void schedule(void);

/* Brings the current task's usage up to date. */
void charge(void);

#endif
