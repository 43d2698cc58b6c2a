@ Tries: to wear a VMM out by changing code: tens of thousands of times an instruction is rewritten and executed, sensitive and innocuous by turns, with
@   another mapping under it each time for a part of them.
@ Hardware: a long run.
@ Limit: 4,000,000

        .include "common/attack.s"

        .equ    WINDOW, 0x60000000

        begin
        load    r4, SCRATCH
        load    r1, BX_LR
        str     r1, [r4, #4]
        load    r5, MRS_R0_CPSR
        load    r6, MOV_R0_1
        load    r10, 10000
1:      str     r5, [r4]
        blx     r4
        str     r6, [r4]
        blx     r4
        subs    r10, r10, #1
        bne     1b
        expect  r0, 1

        bl      mmu_on
        add     r8, r4, #0x1000
        ldm     r4, {r5, r6}
        load    r5, MRS_R0_CPSR
        stm     r8, {r5, r6}
        load    r10, 4000
        load    r11, WINDOW
2:      load    r1, SCRATCH | 0x3e
        mov     r0, r11
        bl      map_page
        blx     r11
        cmp     r0, #1
        blne    escaped
        load    r1, (SCRATCH + 0x1000) | 0x3e
        mov     r0, r11
        bl      map_page
        blx     r11
        and     r0, r0, #0x1f
        cmp     r0, #SVC
        blne    escaped
        subs    r10, r10, #1
        bne     2b
        end
