@ What is around every attack: stacks, exception vectors, and the verdict, which the semihosting console shows. Exit code 0: held; 1: escaped;
@ 2: an exception came that the attack does not know.

        .include "common/attack.s"

        .section .text.start, "ax"
        .arm
        .global _start
_start: cpsid   aif
        .irp    mode, FIQ, IRQ, ABT, UND, SYS, SVC
        cps     #\mode
        load    sp, stacks + 0x400 * (\mode & 7) + 0x400
        .endr
        load    r0, vectors
        mcr     p15, 0, r0, c12, c0, 0          @ VBAR
        bl      attack
        load    r4, held
        mov     r5, #0
        b       verdict

        .global escaped
        .type   escaped, %function
escaped:
        load    r4, text_escaped
        mov     r5, #1
        b       verdict
unexpected:
        load    r4, text_unexpected
        mov     r5, #2
verdict:
        mov     r1, r4
        mov     r0, #4                          @ SYS_WRITE0
        svc     0x123456
        load    r1, exit_block
        str     r5, [r1, #4]
        mov     r0, #0x20                       @ SYS_EXIT_EXTENDED: a reason and a code
        svc     0x123456
        b       .

        .balign 32
        .global vectors
vectors:
        b       unexpected
        b       handle_und
        b       handle_svc
        b       handle_pabt
        b       handle_dabt
        b       unexpected
        b       handle_irq
        b       handle_fiq
        .irp    name, und, svc, pabt, dabt, irq, fiq
        .weak   handle_\name
        .endr
        @ SVC ends what call_user began.
handle_svc:
        load    lr, comeback
        ldr     lr, [lr]
        msr     cpsr_c, #(PSR_I | PSR_F | SVC)
        bx      lr
handle_und:
handle_pabt:
handle_dabt:
handle_irq:
handle_fiq:
        b       unexpected
        .ltorg

        .data
        .global comeback
comeback:
        .word   0
exit_block:
        .word   0x20026, 0                      @ ADP_Stopped_ApplicationExit
held:   .asciz  "held\r\n"
text_escaped:
        .asciz  "escaped\r\n"
text_unexpected:
        .asciz  "an exception that nobody expects\r\n"

        .bss
        .balign 8
        .space  0x400 * 8
stacks = . - 0x400 * 8
