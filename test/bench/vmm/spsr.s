@ Reading the SPSR and writing it: two a turn.
        .macro setup
        .endm
        .macro empty
        .endm
        .macro ready
        .endm
        .macro body
        mrs     r0, spsr
        msr     spsr_cxsf, r0
        .endm
