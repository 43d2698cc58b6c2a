/* Raspberry Pi 1: BCM2835 with an ARM1176. Registers as in Broadcom's "BCM2835 ARM Peripherals". */
#include "../api.h"
#include "../kernel/clock.h"
#include "../kernel/cpu.h"
#include "board.h"
#include "pl011.h"

#define SYSTEM_TIMER 0x20003000
#define INTERRUPTS   0x2000b200
#define POWER        0x20100000
#define UART         0x20201000

/* System timer: one counter of a MHz, and four registers to compare it with. The GPU uses 0 and 2. */
#define CS  (SYSTEM_TIMER + 0x00)
#define CLO (SYSTEM_TIMER + 0x04)
#define C3  (SYSTEM_TIMER + 0x18)
#define MATCH_3 (1u << 3)

#define IRQ_PENDING_1 (INTERRUPTS + 0x04)
#define ENABLE_IRQS_1 (INTERRUPTS + 0x10)

#define RSTC (POWER + 0x1c)
#define RSTS (POWER + 0x20)
#define WDOG (POWER + 0x24)
#define PASSWORD 0x5a000000u
#define FULL_RESET 0x20u
#define PARTITION_63 0x555u /* to the firmware: do not start again */

#define TICK (1000000u / TICKS_PER_SECOND)
#define MARGIN 100u /* microseconds in which a match may yet be missed */

const char board_name[] = "raspi1";
const u32 board_devices[] = { 0x20000000, POWER, 0x20200000 };
const u32 board_device_count = 3;

static u32 next_tick;

/* The timer matches when counter and register are equal, not when the counter is past: it must be set ahead. */
static void set_timer(void)
{
    do
        next_tick += TICK;
    while ((int)(next_tick - io_read(CLO) - MARGIN) < 0);
    io_write(C3, next_tick);
}

void board_init(void)
{
    pl011_init(UART);
    next_tick = io_read(CLO);
    set_timer();
    io_write(CS, MATCH_3);
    io_write(ENABLE_IRQS_1, MATCH_3); /* interrupts 0 to 3 are the timer's */
}

void board_write(char character)
{
    pl011_write(UART, character);
}

void board_interrupt(void)
{
    if ((io_read(IRQ_PENDING_1) & MATCH_3) == 0)
        return;
    io_write(CS, MATCH_3);
    set_timer();
    clock_tick();
}

u32 board_microseconds(void)
{
    return io_read(CLO);
}

u32 board_instructions(void)
{
    return 0;
}

/* The watchdog resets the board, and the firmware finds a word that says to stay off. */
void board_off(void)
{
    io_write(RSTS, PASSWORD | PARTITION_63);
    io_write(WDOG, PASSWORD | 10);
    io_write(RSTC, PASSWORD | FULL_RESET);
}
