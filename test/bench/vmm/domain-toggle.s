@ A domain closed and opened again, as Linux does around accesses to user memory, with a load after each opening: two writes to DACR a turn.
        .macro  setup
        ldr     r0, =LEVEL1 + 0x1800
        ldr     r1, =LEVEL2 + 0x21             @ the window is in domain 1
        str     r1, [r0]
        mov     r4, #5
        mcr     p15, 0, r4, c3, c0, 0
        mcr     p15, 0, r0, c8, c7, 0
        dsb
        isb
        ldr     r0, =WINDOW
        mov     r5, #1
        .endm
        .macro  empty
        isb
        isb
        ldr     r1, [r0]
        .endm
        .macro  ready
        .endm
        .macro  body
        mcr     p15, 0, r5, c3, c0, 0          @ DACR
        isb
        mcr     p15, 0, r4, c3, c0, 0
        isb
        ldr     r1, [r0]
        .endm
