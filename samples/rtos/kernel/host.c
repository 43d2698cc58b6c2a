#include "host.h"
#include "../board/board.h"
#include "cpu.h"

#define SYS_GET_CMDLINE   0x15
#define SYS_EXIT_EXTENDED 0x20

#define ADP_STOPPED_APPLICATION_EXIT 0x20026

#define LINE_SIZE 256

char host_command_line[LINE_SIZE];
static bool present;

static int host_call(u32 operation, void *argument)
{
    register u32 r0 __asm__("r0") = operation;
    register void *r1 __asm__("r1") = argument;

    /* In Supervisor mode an SVC that nobody answers overwrites lr. */
    __asm__ volatile("svc #0x123456" : "+r"(r0) : "r"(r1) : "lr", "cc", "memory");
    return (int)r0;
}

void host_init(void)
{
    struct {
        char *buffer;
        u32 size;
    } block = { host_command_line, LINE_SIZE };

    present = host_call(SYS_GET_CMDLINE, &block) == 0;
}

void host_exit(u32 status)
{
    u32 block[2] = { ADP_STOPPED_APPLICATION_EXIT, status };

    if (present)
        host_call(SYS_EXIT_EXTENDED, block);
    board_off();
    for (;;)
        wait_for_interrupt();
}
