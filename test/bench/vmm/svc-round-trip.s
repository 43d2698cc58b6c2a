@ A system call that does nothing, from USR mode and back. The loops run in USR mode.
        .macro setup
        .endm
        .macro empty
        .endm
        .macro ready
        .endm
        .macro body
        svc     #0
        .endm
        .equ    IN_USER, 1
