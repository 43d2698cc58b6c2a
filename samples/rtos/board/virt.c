/* QEMU's `virt` with a Cortex-A15: GICv2 (ARM IHI 0048B), generic timer (DDI 0406C B8), performance monitors (C12). */
#include "../api.h"
#include "../kernel/clock.h"
#include "../kernel/cpu.h"
#include "board.h"
#include "pl011.h"

#define UART 0x09000000
#define GICD 0x08000000
#define GICC 0x08010000

#define GICD_CTLR      (GICD + 0x000)
#define GICD_ISENABLER (GICD + 0x100)
#define GICC_CTLR      (GICC + 0x00)
#define GICC_PMR       (GICC + 0x04)
#define GICC_IAR       (GICC + 0x0c)
#define GICC_EOIR      (GICC + 0x10)

#define INTERRUPT_ID 0x3ff
#define SPURIOUS     1023
#define TIMER        27 /* the virtual timer's private interrupt */

#define TIMER_HZ   62500000u
#define TICK       (TIMER_HZ / TICKS_PER_SECOND)
#define CNTV_ENABLE 1u

#define INSTRUCTION_EXECUTED 0x08 /* the event */
#define PMCR_E               1u

const char board_name[] = "virt";
const u32 board_devices[] = { GICD, UART };
const u32 board_device_count = 2;

static u64 next_tick;

static u64 read_counter(void)
{
    u64 value;

    __asm__ volatile("mrrc p15, 1, %Q0, %R0, c14" : "=r"(value)); /* CNTVCT */
    return value;
}

static void set_timer(u64 value)
{
    __asm__ volatile("mcrr p15, 3, %Q0, %R0, c14" : : "r"(value)); /* CNTV_CVAL */
}

/* Event counter 0 counts instructions. On a processor that does not know the event it stays at 0. */
static void count_instructions(void)
{
    WRITE_CP15(c9, 0, c12, 5, 0); /* PMSELR */
    instruction_barrier();
    WRITE_CP15(c9, 0, c13, 1, INSTRUCTION_EXECUTED); /* PMXEVTYPER */
    WRITE_CP15(c9, 0, c12, 1, 1u << 0);              /* PMCNTENSET */
    WRITE_CP15(c9, 0, c12, 0, PMCR_E);               /* PMCR */
}

void board_init(void)
{
    pl011_init(UART);

    io_write(GICD_ISENABLER, 1u << TIMER);
    io_write(GICD_CTLR, 1);
    io_write(GICC_PMR, 0xf0); /* all priorities but the last */
    io_write(GICC_CTLR, 1);

    next_tick = read_counter() + TICK;
    set_timer(next_tick);
    WRITE_CP15(c14, 0, c3, 1, CNTV_ENABLE); /* CNTV_CTL */

    count_instructions();
}

void board_write(char character)
{
    pl011_write(UART, character);
}

void board_interrupt(void)
{
    u32 acknowledged = io_read(GICC_IAR);

    switch (acknowledged & INTERRUPT_ID) {
    case SPURIOUS:
        return; /* it went away in the meantime, and wants no end */
    case TIMER:
        next_tick += TICK; /* from the last one, not from now: ticks do not drift */
        set_timer(next_tick);
        clock_tick();
    }
    io_write(GICC_EOIR, acknowledged);
}

/* The counter runs 125 counts in two microseconds. What is left of a division goes into the next. */
u32 board_microseconds(void)
{
    static u32 seen, rest, microseconds;
    u32 counter = (u32)read_counter();
    u32 halves = (counter - seen) * 2 + rest;

    seen = counter;
    microseconds += halves / 125;
    rest = halves % 125;
    return microseconds;
}

u32 board_instructions(void)
{
    return READ_CP15(c9, 0, c13, 2); /* PMXEVCNTR */
}

/* Power State Coordination Interface (ARM DEN 0022), by HVC. */
void board_off(void)
{
    register u32 r0 __asm__("r0") = 0x84000008; /* SYSTEM_OFF */

    __asm__ volatile("hvc #0" : "+r"(r0) : : "r1", "r2", "r3", "memory");
}
