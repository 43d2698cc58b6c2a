/* PrimeCell UART (ARM DDI 0183), by polling. */
#ifndef PL011_H
#define PL011_H

#include "io.h"

#define UARTDR 0x00
#define UARTFR 0x18
#define UARTCR 0x30

#define UARTFR_TXFF   (1u << 5)
#define UARTCR_UARTEN (1u << 0)
#define UARTCR_TXE    (1u << 8)
#define UARTCR_RXE    (1u << 9)

/* Speed and format are left as the firmware set them. */
static inline void pl011_init(u32 base)
{
    io_write(base + UARTCR, UARTCR_UARTEN | UARTCR_TXE | UARTCR_RXE);
}

static inline void pl011_write(u32 base, char character)
{
    while (io_read(base + UARTFR) & UARTFR_TXFF)
        ;
    io_write(base + UARTDR, (u8)character);
}

#endif
