@ LDRT of a word that USR mode may read.
        .macro setup
        ldr     r0, =PAGES
        .endm
        .macro empty
        ldr     r1, [r0]
        .endm
        .macro ready
        .endm
        .macro body
        ldrt    r1, [r0]
        .endm
