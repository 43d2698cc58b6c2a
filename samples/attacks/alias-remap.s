@ Tries: to run code at an address whose page is exchanged under it: two pages with different instructions take turns, with the maintenance that is
@   asked for; what was found at the address before counts no more.
@ Hardware: after the maintenance the new page is executed.

        .include "common/attack.s"

        .equ    WINDOW, 0x60000000

        begin
        bl      mmu_on
        load    r4, SCRATCH
        load    r1, MRS_R0_CPSR
        load    r2, BX_LR
        stm     r4, {r1, r2}
        add     r4, r4, #0x1000
        load    r1, MOV_R0_1
        stm     r4, {r1, r2}
        load    r5, WINDOW
        mov     r10, #30
again:  load    r0, WINDOW
        load    r1, SCRATCH | 0x3e
        bl      map_page
        blx     r5
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        load    r0, WINDOW
        load    r1, (SCRATCH + 0x1000) | 0x3e
        bl      map_page
        blx     r5
        expect  r0, 1
        @ The same by a section, under which the pages vanish.
        load    r0, WINDOW
        load    r1, SCRATCH | 0xc0e
        bl      map_section
        blx     r5
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        subs    r10, r10, #1
        bne     again
        end
