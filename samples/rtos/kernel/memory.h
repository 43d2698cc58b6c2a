/*
 * Translation: who may touch what.
 *
 *   0x0010_0000  the user program's code, shared, read-only     TTBR0: one small table a task,
 *                its data, shared: tasks are parts of one       told apart by ASIDs
 *                program
 *   0x002f_e000  the task's own stack; around it, nothing
 *   ------------ 0x0200_0000, the border of TTBR0 and TTBR1
 *   the kernel, where it was loaded: code read-only, data       TTBR1: one table, the same for all,
 *   never executed; the board's devices                         closed to tasks
 *
 * Nothing else is mapped, address 0 least of all. The caches for data stay off: then no table needs to be cleaned out of
 * them, and the processors that this is for (emulated ones) have none.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include "types.h"

/* A task's half of translation. The hardware reads it: entries as in DDI 0406C B3.5.1. */
struct space {
    u32 *table;
    u32 asid;
};

/* Makes the kernel's tables and the part of the tasks' that they share, and turns the MMU on. */
void memory_init(void);

/* Makes a task's tables, with a stack of zeroes. */
void space_init(struct space *space, u32 task);

/* Makes addresses below 32 MiB mean this task's. */
void space_switch(const struct space *space);

#endif
