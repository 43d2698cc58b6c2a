@ Tries: to outwit what is remembered of computed jumps: TBB, TBH and loads of PC over tables that change, to targets that change as well.
@ Hardware: each time the table and the code count as they are now.

        .include "common/attack.s"

        begin
        mov     r10, #40
        mov     r9, #0
again:  and     r8, r10, #3                     @ the entry
        load    r4, tbb_table
        rsb     r1, r10, #41                    @ every other target
        and     r1, r1, #1
        load    r2, (tbb_one - tbb_table) / 2
        load    r3, (tbb_two - tbb_table) / 2
        cmp     r1, #0
        movne   r2, r3
        strb    r2, [r4, r8]
        load    r4, tbh_table
        add     r4, r4, r8, lsl #1
        load    r2, (tbh_one - tbh_table) / 2
        load    r3, (tbh_two - tbh_table) / 2
        cmp     r1, #0
        movne   r2, r3
        strh    r2, [r4]
        load    r4, tbb_two                     @ MRS r0 or MOVW r0
        load    r2, T32_MRS_R0_CPSR
        load    r3, 0x0007f240                  @ movw r0, #7
        tst     r10, #2
        movne   r2, r3
        str     r2, [r4]
        load    r4, thumb + 1
        blx     r4
        add     r9, r9, r0
        subs    r10, r10, #1
        bne     again
        load    r1, 20 * 0x100 + 20 * 1 + 10 * (MASKED | SVC) + 10 * 7 + 20 * 0x200
        bl      total
        end

total:  push    {lr}
        expect_same r9, r1
        pop     {pc}

        .thumb
        .balign 4
thumb:  tbb     [pc, r8]
tbb_table:
        .byte   0, 0, 0, 0
        .balign 4
tbb_one:
        movs    r0, #1
        b       next
        .balign 4
tbb_two:
        nop.w
        bic     r0, r0, #0xff000000
next:   tbh     [pc, r8, lsl #1]
tbh_table:
        .hword  0, 0, 0, 0
tbh_one:
        add     r0, r0, #0x100
        bx      lr
tbh_two:
        add     r0, r0, #0x200
        bx      lr
        .arm
