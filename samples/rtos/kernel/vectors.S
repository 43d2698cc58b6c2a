/*
 * The way into the kernel and out of it.
 *
 * While a task runs, sp_svc points at the registers in its `struct context`. So an entry is three instructions: SRS stores
 * the return address and the CPSR just below that point, and STM^ stores the task's own registers from there on, the user
 * bank's sp and lr included. Then the kernel takes its one stack, always from the top: it never waits in the middle of
 * something, so nothing of it needs to survive until the next entry. LDM^ and RFE are the way back.
 *
 * Interrupts stay masked in the kernel. Nothing of it is ever interrupted, and no structure needs a lock.
 */
#include "../api.h"
#include "modes.h"

        .syntax unified
        .arm
        .text

        .balign 32
        .global vectors
vectors:
        b       .                               @ reset does not come here
        b       undefined_entry
        b       call_entry
        b       fetch_entry
        b       access_entry
        b       .
        b       interrupt_entry
        b       .                               @ no device uses FIQ, and it stays masked

/* Saves the task. lr is where it goes on (or, after a fault, the instruction that it could not execute). */
        .macro  save_task
        srsdb   sp, #MODE_SVC
        cps     #MODE_SVC
        stmia   sp, {r0-r14}^
        ldr     sp, =kernel_stack_top
        .endm

/* Goes on only if the exception came from a task; the kernel's own faults are errors in it. */
        .macro  from_task_else elsewhere
        push    {r0}
        mrs     r0, spsr
        tst     r0, #(MODE_MASK & ~MODE_USR)    @ of all modes only USR has none of these bits
        pop     {r0}
        bne     \elsewhere
        .endm

call_entry:
        save_task
        bl      call
        b       resume

interrupt_entry:
        sub     lr, lr, #4
        save_task
        bl      interrupt
        b       resume

undefined_entry:
        sub     lr, lr, #4
        from_task_else kernel_fault
        save_task
        mov     r0, #FAULT_UNDEFINED
        bl      fault
        b       resume

fetch_entry:
        sub     lr, lr, #4
        from_task_else kernel_fault
        save_task
        mov     r0, #FAULT_FETCH
        bl      fault
        b       resume

access_entry:
        sub     lr, lr, #8
        from_task_else user_access_fault
        save_task
        mov     r0, #FAULT_ACCESS
        bl      fault
        b       resume

/* Runs the current task. */
        .global resume
resume:
        ldr     r0, =current
        ldr     r0, [r0]
        add     sp, r0, #8                      @ its context, behind pc and cpsr
        ldmia   sp, {r0-r14}^
        nop                                     @ ARMv6 wants one between LDM^ and a use of a banked register
        rfedb   sp

/*
 * Memory of the task, touched with the task's own rights: LDRBT and STRBT are checked as if in USR mode, so a task cannot
 * have the kernel read or write for it what it may not itself. On a fault the instruction is left for the sentence
 * "that did not work".
 *
 *   int load_user_byte(u32 address)              the byte, or -1
 *   int store_user_byte(u32 address, u8 byte)    0, or -1
 */
        .global load_user_byte, store_user_byte
load_user_byte:
        mov     r1, r0
        ldrbt   r0, [r1]
        bx      lr
store_user_byte:
        strbt   r1, [r0]
        mov     r0, #0
        bx      lr
user_access_end:
user_access_failed:
        mvn     r0, #0
        bx      lr

user_access_fault:
        push    {r0, r1}
        ldr     r0, =load_user_byte
        ldr     r1, =user_access_end
        cmp     lr, r0
        cmphs   r1, lr                          @ begin <= lr < end
        pop     {r0, r1}
        ldrhi   lr, =user_access_failed
        movshi  pc, lr

kernel_fault:
        mov     r0, lr
        mrs     r1, spsr
        cps     #MODE_SVC
        ldr     sp, =kernel_stack_top
        bl      kernel_fault_report
