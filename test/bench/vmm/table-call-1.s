@ Calls through a table, to 1 targets in turn, and their returns.
        .equ    TARGETS, 1
        .text   1
        .balign 4
        .rept   TARGETS
        bx      lr
        .endr
table:
        .set    at, 0
        .rept   TARGETS
        .word   table - 4 * TARGETS + at
        .set    at, at + 4
        .endr
        .macro setup
        ldr     r4, =table
        mov     r5, #0
        .endm
        .macro empty
        add     r5, r5, #4
        and     r5, r5, #(4 * TARGETS - 1)
        ldr     r0, [r4, r5]
        .endm
        .macro ready
        .endm
        .macro body
        add     r5, r5, #4
        and     r5, r5, #(4 * TARGETS - 1)
        ldr     r0, [r4, r5]
        blx     r0
        .endm
