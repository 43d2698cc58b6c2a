/* Puts the kernel together, starts the user program's first task, and leaves the processor to it. */
#include "../board/board.h"
#include "clock.h"
#include "console.h"
#include "cpu.h"
#include "host.h"
#include "ipc.h"
#include "memory.h"
#include "scheduler.h"

extern char vectors[];
void resume(void) __attribute__((noreturn));

/* An interrupt came while a task ran. */
void interrupt(void)
{
    struct task *interrupted = current;

    board_interrupt();
    schedule();
    if (current != interrupted && interrupted->state == TASK_READY)
        interrupted->preemptions++;
}

void kernel_main(void)
{
    host_init();
    memory_init();
    WRITE_CP15(c12, 0, c0, 0, (u32)vectors); /* VBAR */
    instruction_barrier();

    scheduler_init();
    clock_init();
    ipc_init();
    board_init();
    console_print("rtos on %s, %u ticks a second\n", board_name, TICKS_PER_SECOND);

    task_start(0, 0, MAIN_PRIORITY, "main\0\0\0\0\0\0\0");
    schedule();
    resume();
}
