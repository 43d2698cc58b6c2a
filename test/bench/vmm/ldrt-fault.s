@ LDRT of a word that only the kernel may read: a permission fault, taken by the guest, which goes on behind it.
        .macro setup
        ldr     r0, =WINDOW
        .endm
        .macro empty
        ldr     r1, [r0]
        .endm
        .macro ready
        .endm
        .macro body
        ldrt    r1, [r0]
        .endm
