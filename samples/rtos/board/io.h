/* Registers of devices. */
#ifndef IO_H
#define IO_H

#include "../kernel/types.h"

static inline void io_write(u32 address, u32 value)
{
    *(volatile u32 *)address = value;
}

static inline u32 io_read(u32 address)
{
    return *(volatile u32 *)address;
}

#endif
