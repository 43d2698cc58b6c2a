@ A page's first use after its translation was thrown away: page after page of the window.
        .macro  next_page
        add     r5, r5, #0x1000
        and     r5, r5, #0xff000
        add     r1, r0, r5
        .endm
        .macro  setup
        ldr     r0, =WINDOW
        ldr     r2, =NOWHERE
        mov     r5, #0
        .endm
        .macro  empty
        next_page
        mcr     p15, 0, r2, c8, c7, 1          @ TLBIMVA, of a page that is not in the TLB
        dsb
        isb
        ldr     r3, [r0]
        .endm
        .macro  ready
        .endm
        .macro  body
        next_page
        mcr     p15, 0, r1, c8, c7, 1
        dsb
        isb
        ldr     r3, [r1]
        .endm
