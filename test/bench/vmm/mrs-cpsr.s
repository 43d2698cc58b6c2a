@ Reading the CPSR.
        .macro setup
        .endm
        .macro empty
        .endm
        .macro ready
        .endm
        .macro body
        mrs     r0, cpsr
        .endm
