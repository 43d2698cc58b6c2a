@ STM^ and LDM^ of the user bank's sp and lr: two a turn.
        .macro setup
        ldr     r0, =stacks
        .endm
        .macro empty
        stmia   r0, {r1, r2}
        ldmia   r0, {r1, r2}
        nop
        .endm
        .macro ready
        .endm
        .macro body
        stmia   r0, {r13, r14}^
        ldmia   r0, {r13, r14}^
        nop
        .endm
