@ A direct call and its return.
        .text   1
callee: bx      lr
        .macro setup
        .endm
        .macro empty
        .endm
        .macro ready
        .endm
        .macro body
        bl      callee
        .endm
