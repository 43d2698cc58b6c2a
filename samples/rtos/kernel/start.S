/*
 * The first instructions: stacks, memory that C expects to be zero, then kernel_main. Until that has everything in place,
 * exceptions go to vectors of their own, which know one thing: an SVC here is a semihosting call that nobody answered.
 */
#include "modes.h"

        .syntax unified
        .arm

        .section .text.start, "ax"
        .global start
start:
        cpsid   aif, #MODE_ABT
        ldr     sp, =abort_stack_top
        cps     #MODE_UND
        ldr     sp, =undefined_stack_top
        cps     #MODE_SVC
        ldr     sp, =kernel_stack_top

        ldr     r0, =kernel_bss
        ldr     r1, =kernel_end
        bl      clear
        ldr     r0, =user_bss_load              @ the user program's, where it lies before translation is on
        ldr     r1, =user_end_load
        bl      clear

        ldr     r0, =start_vectors
        mcr     p15, 0, r0, c12, c0, 0          @ VBAR
        bl      kernel_main
1:      b       1b                              @ it does not return

/* Zeroes words from r0 up to r1. */
clear:
        mov     r2, #0
1:      cmp     r0, r1
        strlo   r2, [r0], #4
        blo     1b
        bx      lr
        .ltorg

        .balign 32
start_vectors:
        b       .
        b       .
        b       no_host
        b       .
        b       .
        b       .
        b       .
        b       .
no_host:
        mvn     r0, #0
        movs    pc, lr

        .bss
        .balign 8
        .space  4096
        .global kernel_stack_top
kernel_stack_top:
        .space  64
abort_stack_top:
        .space  64
undefined_stack_top:
