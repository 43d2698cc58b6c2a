@ Tries: every MRC and MCR of CP15 and CP14 from user mode, 65,536 of them: one that reads or changes what PL0 may not would be enough.
@ Hardware: Undefined, but for the thread registers, the barriers, and what a control register opens to PL0.
@ Not on QEMU: it leaves out three debug registers that the manual gives PL0.
@ Limit: 4,000,000

        .include "common/attack.s"

        begin
        mov     r9, #0                          @ how many did not trap
        call_user user
        expect_mode SVC
        mrc     p15, 0, r0, c1, c0, 0           @ the MMU is off, as it was
        tst     r0, #1
        bne     escape
        mrc     p15, 0, r0, c12, c0, 0
        load    r1, vectors
        expect_same r0, r1
        load    r0, ALLOWED
        cmp     r9, r0
        bne     escape
        end
escape: bl      escaped

        @ All values of opc1, CRn, opc2, CRm, both coprocessors, both directions. The word is put together in r4.
user:   load    r11, SCRATCH
        load    r0, BX_LR
        str     r0, [r11, #4]
        resume_at 2f
        mov     r10, #0
1:      load    r4, 0xee000e10                  @ MCR p14, 0, r0
        and     r0, r10, #7
        orr     r4, r4, r0, lsl #5              @ opc2
        and     r0, r10, #0x78
        orr     r4, r4, r0, lsr #3              @ CRm
        and     r0, r10, #0x780
        orr     r4, r4, r0, lsl #9              @ CRn
        and     r0, r10, #0x3800
        orr     r4, r4, r0, lsl #10             @ opc1
        and     r0, r10, #0xc000
        lsr     r0, r0, #14
        and     r1, r0, #1
        orr     r4, r4, r1, lsl #20             @ MRC
        and     r1, r0, #2
        orr     r4, r4, r1, lsl #7              @ p15
        str     r4, [r11]
        mov     r0, #0
        blx     r11
        add     r9, r9, #1
2:      add     r10, r10, #1
        cmp     r10, #0x10000
        bne     1b
        svc     #0

        .global handle_und
handle_und:
        movs    pc, r7
        @ MRC of DBGDIDR, DBGDRAR, DBGDSAR, DBGDSCRint, DBGDTRRXint, TEEHBR, PMUSERENR, TPIDRURW, TPIDRURO; MCR of DBGDTRTXint, TEEHBR, TPIDRURW
        @ and of the three barriers.
        .equ    ALLOWED, 15
