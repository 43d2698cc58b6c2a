/* Tasks that never wait and never yield: only the tick takes the processor from them. */
#ifndef SPIN_H
#define SPIN_H

#include "../kernel/types.h"

#define SPINNERS 4 /* at most */

/* Starts `count` of them at a priority. @returns whether all could be started */
bool spin_start(u32 count, u32 priority);

/* Times round of one of them so far. */
u32 spin_turns(u32 number);

/* Ends them all. */
void spin_stop(void);

#endif
