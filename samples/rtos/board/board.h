/* What the kernel needs from a board. Each board is one file, with the parts that it alone has. */
#ifndef BOARD_H
#define BOARD_H

#include "../kernel/types.h"

extern const char board_name[];

/* Addresses of the devices that the kernel touches, one for each MiB. */
extern const u32 board_devices[];
extern const u32 board_device_count;

/* Switches the serial port, the interrupt controller and the tick on. */
void board_init(void);

/* A character for the serial port. */
void board_write(char character);

/* Serves the interrupts that are asserted; calls clock_tick. */
void board_interrupt(void);

/* Microseconds and instructions since some moment, modulo 2^32. A processor that cannot count instructions says 0. */
u32 board_microseconds(void);
u32 board_instructions(void);

/* Switches the board off. Where it has no switch, returns. */
void board_off(void);

#endif
