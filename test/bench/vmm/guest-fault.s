@ A load where nothing is mapped: a translation fault, taken by the guest, which goes on behind it.
        .macro setup
        ldr     r0, =NOWHERE
        ldr     r2, =PAGES
        .endm
        .macro empty
        ldr     r1, [r2]
        .endm
        .macro ready
        .endm
        .macro body
        ldr     r1, [r0]
        .endm
