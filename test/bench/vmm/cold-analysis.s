@ Code that runs for the first time: a turn calls a KiB that has never run, with a branch every eight instructions. The empty loop calls one that has.
@ To be run in one round, of as many turns as there are such KiB.
        .macro  kibibyte
        .rept   31
        add     r0, r0, #1
        eor     r1, r1, r0
        cmp     r1, #0
        ldr     r2, [r4]
        addne   r2, r2, #1
        str     r2, [r4]
        tst     r2, #1
        b       . + 4
        .endr
        .rept   7
        add     r0, r0, #1
        .endr
        bx      lr
        .endm
        .text   1
        .balign 4096
warm:   kibibyte
cold:   .rept   N
        kibibyte
        .endr
        .macro  setup
        ldr     r4, =PAGES
        ldr     r6, =warm
        blx     r6
        .endm
        .macro  empty
        blx     r6
        add     r5, r5, #1024
        .endm
        .macro  ready
        ldr     r5, =cold
        .endm
        .macro  body
        blx     r5
        add     r5, r5, #1024
        .endm
