/* Ticks: their count, and the tasks that wait for one. */
#ifndef CLOCK_H
#define CLOCK_H

#include "types.h"

void clock_init(void);

/* Makes the current task wait. */
void clock_sleep(u32 ticks);

/* The board calls it, TICKS_PER_SECOND times a second. */
void clock_tick(void);

#endif
