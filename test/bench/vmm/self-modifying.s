@ A store to an instruction, and a call of the function that it is in: each turn it becomes another.
        .text   1
        .balign 64
callee: mov     r0, #1
        bx      lr
        .balign 64
spare:  .word   0, 0
        .macro setup
        ldr     r4, =callee
        ldr     r5, =spare
        ldr     r6, =0xe3a00001                @ mov r0, #1
        .endm
        .macro empty
        eor     r6, r6, #3
        str     r6, [r5]
        mcr     p15, 0, r4, c7, c11, 1         @ DCCMVAU, ICIMVAU
        dsb
        mcr     p15, 0, r4, c7, c5, 1
        dsb
        isb
        bl      callee
        .endm
        .macro ready
        .endm
        .macro body
        eor     r6, r6, #3
        str     r6, [r4]
        mcr     p15, 0, r4, c7, c11, 1
        dsb
        mcr     p15, 0, r4, c7, c5, 1
        dsb
        isb
        bl      callee
        .endm
