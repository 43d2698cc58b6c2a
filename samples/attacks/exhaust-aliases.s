@ Tries: to use up what a VMM remembers by virtual address: one page of code is mapped at every MiB from 1 to 4 GiB, and called at each, in each of the
@   16 pages of a section, twice.
@ Hardware: a long walk.
@ Limit: 4,000,000

        .include "common/attack.s"

        begin
        load    r0, SCRATCH
        load    r1, MRS_R0_CPSR
        load    r2, BX_LR
        mov     r3, #16
1:      stm     r0, {r1, r2}
        add     r0, r0, #0x1000
        subs    r3, r3, #1
        bne     1b
        bl      mmu_on
        load    r0, TABLES + 4 * 0x500
        load    r1, SCRATCH | 0xc0e
        load    r2, TABLES + 4 * 0x1000
2:      str     r1, [r0], #4
        cmp     r0, r2
        blo     2b
        mcr     p15, 0, r0, c8, c7, 0
        dsb
        isb
        mov     r10, #2
3:      load    r4, 0x50000000
4:      mov     r5, #0
5:      add     r6, r4, r5
        mov     r0, #0
        blx     r6
        and     r0, r0, #0x1f
        cmp     r0, #SVC
        blne    escaped
        add     r5, r5, #0x1000
        cmp     r5, #0x10000
        bne     5b
        adds    r4, r4, #0x00100000
        bne     4b
        subs    r10, r10, #1
        bne     3b
        end
