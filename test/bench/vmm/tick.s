@ A tick of the timer while USR mode spins, every 1,000 counts: the exception, acknowledge, the next tick set, end, return. A turn is 1,000 instructions.
        .macro  enable_interrupts line
        ldr     r6, =GICD
        ldr     r7, =GICC
        mov     r0, #(1 << \line)
        str     r0, [r6, #0x100]               @ GICD_ISENABLER
        mov     r0, #1
        str     r0, [r6]
        mov     r0, #0xf0
        str     r0, [r7, #4]                   @ GICC_PMR
        mov     r0, #1
        str     r0, [r7]
        .endm
        .text   1
on_interrupt:
        sub     lr, lr, #4
        ldr     r0, [r7, #0xc]
        adds    r4, r4, #1000
        adc     r5, r5, #0
        mcrr    p15, 3, r4, r5, c14
        str     r0, [r7, #0x10]
        movs    pc, lr
        .macro setup
        enable_interrupts 27
        .endm
        .macro empty
        ldr     r3, =499
2:      subs    r3, r3, #1
        bne     2b
        .endm
        .macro ready
        mrrc    p15, 1, r4, r5, c14
        adds    r4, r4, #1000
        adc     r5, r5, #0
        mcrr    p15, 3, r4, r5, c14
        mov     r0, #1
        mcr     p15, 0, r0, c14, c3, 1
        cpsie   i
        .endm
        .macro body
        ldr     r3, =499
2:      subs    r3, r3, #1
        bne     2b
        .endm
        .macro finish
        cpsid   i
        mov     r0, #0
        mcr     p15, 0, r0, c14, c3, 1
        .endm
        .equ    IN_USER, 1
        .equ    FINISHES, 1
