@ Interrupts off and on, with none pending: two a turn.
        .macro setup
        .endm
        .macro empty
        .endm
        .macro ready
        .endm
        .macro body
        cpsid   i
        cpsie   i
        .endm
