/* The current task's memory, with the task's own rights (vectors.S). */
#ifndef USER_H
#define USER_H

#include "types.h"

/* @returns the byte, or -1 if the task may not read it */
int load_user_byte(u32 address);

/* @returns 0, or -1 if the task may not write it */
int store_user_byte(u32 address, u8 byte);

#endif
