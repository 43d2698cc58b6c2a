@ Switches among 2 address spaces, by TTBR0 and ASID, with loads from four pages of each space's own.
        .equ    SPACES_USED, 2
        .macro  next_space
        add     r5, r5, #1
        and     r5, r5, #(SPACES_USED - 1)
        add     r1, r4, r5, lsl #14            @ its table
        add     r2, r5, #1                     @ its ASID
        .endm
        .macro  touch
        ldr     r3, [r0]
        add     r6, r0, #0x1000
        ldr     r3, [r6]
        add     r6, r0, #0x2000
        ldr     r3, [r6]
        add     r6, r0, #0x3000
        ldr     r3, [r6]
        .endm
        .macro  setup
        ldr     r4, =SPACES
        ldr     r0, =LEVEL1                    @ each table is a copy of the first...
        mov     r1, r4
        mov     r2, #SPACES_USED
2:      mov     r3, #4096
3:      ldr     r5, [r0], #4
        str     r5, [r1], #4
        subs    r3, r3, #1
        bne     3b
        sub     r0, r0, #0x4000
        subs    r2, r2, #1
        bne     2b
        mov     r2, #SPACES_USED               @ ...but for the window: four pages, not global
        mov     r0, r4                         @ r1 is behind the last table: second levels
        ldr     r3, =PAGES + 0x81e
2:      orr     r5, r1, #1
        add     r6, r0, #0x1800
        str     r5, [r6]
        mov     r7, #4
3:      str     r3, [r1], #4
        add     r3, r3, #0x1000
        subs    r7, r7, #1
        bne     3b
        add     r1, r1, #0x3f0
        add     r0, r0, #0x4000
        subs    r2, r2, #1
        bne     2b
        dsb
        ldr     r0, =WINDOW
        mov     r5, #0
        mov     r7, #0
        .endm
        .macro  empty
        next_space
        isb
        isb
        isb
        touch
        .endm
        .macro  ready
        .endm
        .macro  body
        next_space
        mcr     p15, 0, r7, c13, c0, 1         @ CONTEXTIDR: an ASID that nobody has
        isb
        mcr     p15, 0, r1, c2, c0, 0          @ TTBR0
        isb
        mcr     p15, 0, r2, c13, c0, 1
        isb
        touch
        .endm
