@ A sensitive instruction whose condition fails.
        .macro setup
        .endm
        .macro empty
        cmp     r0, r0
        .endm
        .macro ready
        .endm
        .macro body
        cmp     r0, r0
        mrsne   r1, cpsr
        .endm
