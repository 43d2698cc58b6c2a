/* Tasks that do what they may not. The kernel says what each did, and ends it; the others go on. */
#include "faults.h"
#include "calls.h"
#include "print.h"

extern char kernel_begin[]; /* the address alone: rtos.ld */
extern char user_data[];

static u32 read(u32 address)
{
    return *(volatile u32 *)address;
}

static u32 write(u32 address)
{
    *(volatile u32 *)address = 0;
    return 0;
}

static u32 run(u32 address)
{
    return ((u32(*)(void))address)();
}

/* No page lies below the stack: it cannot grow into another task's. */
static u32 overflow_stack(u32 depth)
{
    volatile u32 frame[64];

    frame[0] = depth;
    return depth == ~0u ? 0 : overflow_stack(depth + 1) + frame[0];
}

static u32 touch_system_register(u32 unused)
{
    u32 value;

    (void)unused;
    __asm__ volatile("mrc p15, 0, %0, c1, c0, 0" : "=r"(value));
    return value;
}

static u32 execute_undefined(u32 unused)
{
    (void)unused;
    __asm__ volatile("udf #0");
    return 0;
}

static const struct {
    const char *name;
    u32 (*function)(u32);
    u32 argument;
    u32 expected;
} faults[] = {
    { "null", read, 4, FAULT_ACCESS },
    { "peek", read, (u32)kernel_begin, FAULT_ACCESS },
    { "poke", write, USER_BASE, FAULT_ACCESS },
    { "overflow", overflow_stack, 0, FAULT_ACCESS },
    { "run data", run, (u32)user_data, FAULT_FETCH },
    { "run nothing", run, STACK_TOP, FAULT_FETCH },
    { "cp15", touch_system_register, 0, FAULT_UNDEFINED },
    { "undefined", execute_undefined, 0, FAULT_UNDEFINED },
};

#define FAULTS (sizeof faults / sizeof faults[0])

/* The processor ignores what a task writes to the privileged bits of the CPSR, and CPS altogether. */
static bool stays_user(void)
{
    u32 cpsr;

    __asm__ volatile("cpsid aif\n msr cpsr_c, #0xd3\n mrs %0, cpsr" : "=r"(cpsr) : : "memory", "cc");
    return (cpsr & 0xff) == 0x10;
}

/* The kernel reads and writes for a task only what the task itself may. */
static bool calls_are_checked(void)
{
    return console_write(kernel_begin, 4) == ERROR_ADDRESS && console_write(NULL, 4) == ERROR_ADDRESS &&
           run_arguments((char *)USER_BASE, 4) == ERROR_ADDRESS &&
           run_arguments(kernel_begin, 4) == ERROR_ADDRESS;
}

bool faults_run(void)
{
    u32 right = 0;

    for (u32 i = 0; i < FAULTS; i++) {
        u32 status;
        int task = task_start(faults[i].function, faults[i].argument, MAIN_PRIORITY - 1, faults[i].name);

        if (task > 0 && task_join(task, &status) == ENDED_BY_FAULT && status == faults[i].expected)
            right++;
    }
    bool good = right == FAULTS && stays_user() && calls_are_checked();

    print("faults: %u of %u tasks ended, the rest unharmed: %s\n", right, (u32)FAULTS, good ? "ok" : "FAILED");
    return good;
}
