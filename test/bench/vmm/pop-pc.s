@ POP {pc}.
        .macro setup
        .endm
        .macro empty
        adr     r0, 2f
        push    {r0}
        pop     {r1}
2:
        .endm
        .macro ready
        .endm
        .macro body
        adr     r0, 2f
        push    {r0}
        pop     {pc}
2:
        .endm
