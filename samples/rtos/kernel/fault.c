/* Tasks that do what they may not: said why, and ended. A fault of the kernel itself ends the run. */
#include "console.h"
#include "cpu.h"
#include "host.h"
#include "scheduler.h"

/* What the Fault Status Registers say, DDI 0406C table B3-23. */
static const char *reason(u32 status)
{
    switch ((status & 15) | (status >> 6 & 16)) {
    case 0x01:
        return "alignment";
    case 0x05:
    case 0x07:
        return "nothing is mapped there";
    case 0x0d:
    case 0x0f:
        return "no right to";
    default:
        return "external abort";
    }
}

void fault(u32 kind)
{
    struct task *task = current;
    u32 pc = task->context.pc;

    console_print("kernel: task %u (%s) ended at %x: ", task->number, task->name, pc);
    switch (kind) {
    case FAULT_UNDEFINED:
        console_print("undefined instruction\n");
        break;
    case FAULT_FETCH:
        console_print("fetch (%s)\n", reason(READ_CP15(c5, 0, c0, 1)));
        break;
    default: {
        u32 status = READ_CP15(c5, 0, c0, 0);
        const char *access = status & 1u << 11 ? "write" : "read";

        console_print("%s at %x (%s)\n", access, READ_CP15(c6, 0, c0, 0), reason(status));
    }
    }
    task_end(task, ENDED_BY_FAULT, kind);
    schedule();
}

void kernel_fault_report(u32 pc, u32 cpsr)
{
    console_print("kernel: fault in itself at %x, CPSR %x\n", pc, cpsr);
    host_exit(1);
}
