/* Entry of a kernel's image for a Cortex-M0, and for what executes its instructions: a stack, then main. Leaves by BKPT, what main returned in r0. */
        .syntax unified
        .cpu    cortex-m0
        .thumb
        .section .text.start, "ax"
        .global _start
        .type   _start, %function
_start:
        ldr     r0, =stack_top
        mov     sp, r0
        bl      main
        bkpt    #0
        .ltorg
        .bss
        .balign 8
        .space  4096
stack_top:
