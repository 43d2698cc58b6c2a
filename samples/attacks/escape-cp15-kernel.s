@ Tries: every MRC of CP15 and CP14 from the kernel, and MCR of the value just read to each: 65,536 encodings, of which none may reach a register of the
@   real CPU, and those that do not exist must be Undefined.
@ Hardware: registers that exist read as what they hold; writing that back changes nothing that matters here.
@ Not on QEMU: registers that are IMPLEMENTATION DEFINED differ.
@ Denied: coprocessor
@ Limit: 4,000,000

        .include "common/attack.s"

        begin
        mov     r9, #0                          @ a sum over what was read, in order
        mov     r8, #0                          @ how many exist
        mov     r10, #0
        load    r3, SCRATCH                     @ where they are put
        load    r0, BX_LR
        str     r0, [r3, #4]
        resume_at next
        mrc     p15, 0, r11, c1, c0, 0          @ SCTLR
1:      load    r4, 0xee100e10                  @ MRC p14, 0, r0
        and     r0, r10, #7
        orr     r4, r4, r0, lsl #5              @ opc2
        and     r0, r10, #0x78
        orr     r4, r4, r0, lsr #3              @ CRm
        and     r0, r10, #0x780
        orr     r4, r4, r0, lsl #9              @ CRn
        and     r0, r10, #0x3800
        orr     r4, r4, r0, lsl #10             @ opc1
        and     r0, r10, #0x4000
        orr     r4, r4, r0, lsr #6              @ p15
        str     r4, [r3]
        mov     r0, #0
        blx     r3
        eor     r9, r0, r9, ror #31
        add     r8, r8, #1
        bic     r4, r4, #0x00100000             @ MCR
        str     r4, [r3]
        blx     r3
next:   mrc     p15, 0, r0, c1, c0, 0
        expect_same r0, r11
        add     r10, r10, #1
        cmp     r10, #0x8000
        bne     1b
        expect_mode SVC
        mrc     p15, 0, r0, c12, c0, 0
        load    r1, vectors
        expect_same r0, r1
        cmp     r8, #100
        bhi     2f
        bl      escaped
2:      end

        resuming und, GOT_UND
