/*
 * Semihosting: what the emulator or debug probe around the board does for the program, if there is one. The call is
 * SVC 0x123456 with the operation in r0 and its argument in r1.
 */
#ifndef HOST_H
#define HOST_H

#include "types.h"

/* The run's command line, empty if nobody knows one. To be called before the vectors are the kernel's own. */
void host_init(void);
extern char host_command_line[];

/* Ends the run: 0 means that all went well. Without a host the board is switched off. */
void host_exit(u32 status) __attribute__((noreturn));

#endif
