@ Tries: to execute half of a trap word: jumps to the second halfword of 32-bit Thumb instructions, and into ARM words in Thumb state.
@ Hardware: what starts there is an instruction like any other, made of the bytes in memory.

        .include "common/attack.s"

        begin
        load    r8, SCRATCH
        mov     r10, #3
again:  load    r1, whole_mrs
        bl      call
        bic     r5, r5, #0xff000000
        expect  r5, MASKED | SVC

        mov     r0, #0                          @ f3ef 8500: MRS r5; its second half 8500: STRH r0, [r0, #40]
        str     r0, [r8, #40]
        add     r0, r8, #0
        load    r1, whole_mrs + 2
        bl      call
        ldrh    r1, [r8, #40]
        uxth    r0, r8
        expect_same r0, r1

        mov     r2, #0x50000000                 @ ee11 0f10: MRC SCTLR; its second half 0f10: LSRS r0, r2, #28
        load    r1, whole_mrc
        bl      call
        mrc     p15, 0, r1, c1, c0, 0
        expect_same r0, r1
        load    r1, whole_mrc + 2
        bl      call
        expect  r0, 5

        mov     r0, #7                          @ e10f0000: MRS r0, CPSR in ARM state
        load    r1, arm_word
        blx     r1
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        mov     r0, #7                          @ as Thumb 0000 e10f: MOVS r0, r0 and a branch
        load    r1, arm_word + 1
        blx     r1
        expect  r0, 7 + 100
        mov     r0, #9                          @ the branch alone
        load    r1, arm_word + 2 + 1
        blx     r1
        expect  r0, 9 + 100
        subs    r10, r10, #1
        bne     again
        end

call:   bx      r1

        .thumb
        .balign 4
        .thumb_func
whole_mrs:
        .hword  0xf3ef, 0x8500                  @ MRS r5, CPSR
        bx      lr
        .balign 4
        .thumb_func
whole_mrc:
        mrc     p15, 0, r0, c1, c0, 0
        bx      lr
        .arm
        .balign 4
arm_word:
        mrs     r0, cpsr
        bx      lr
        .space  arm_word + 2 + 4 + 2 * 0x10f - .
        .thumb
        adds    r0, #100
        bx      lr
        .arm
        .balign 4
