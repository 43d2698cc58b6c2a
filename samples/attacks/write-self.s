@ Tries: to rewrite the very instruction that writes, and what lies around it, in one go: STM over itself, a loop that turns itself inside out.
@ Hardware: an instruction completes as what it was when it was fetched; what follows is what was written.

        .include "common/attack.s"

        begin
        mov     r10, #20
again:  load    r0, store                       @ STM over itself and two more
        load    r1, 0xe1a00000                  @ nop, then MRS r4, MRS r5
        load    r2, 0xe10f4000
        load    r3, 0xe10f5000
        ldm     r0, {r6-r9}
        push    {r6-r9}
        mov     r4, #0
        mov     r5, #0
store:  stm     r0, {r1, r2, r3}                @ the first word is this one's own place
        mov     r4, #1
        mov     r5, #1
        nop
        bic     r4, r4, #0xff000000
        bic     r5, r5, #0xff000000
        pop     {r6-r9}
        load    r0, store
        stm     r0, {r6-r9}
        expect  r4, MASKED | SVC
        expect_same r4, r5
        subs    r10, r10, #1
        bne     again

        @ A loop in Thumb state that exchanges two of its own instructions each time, one of which is sensitive.
        load    r4, thumb + 1
        blx     r4
        load    r0, 10 * (MASKED | SVC) + 10
        expect_same r5, r0
        end

        .thumb
        .balign 4
thumb:  load    r0, slot
        load    r1, T32_MRS_R0_CPSR | (2 << 24)         @ mrs r2, cpsr
        load    r2, 0x0201f04f                          @ mov.w r2, #1
        movs    r3, #20
        movs    r5, #0
        mov     r7, r2
1:      str     r1, [r0]
        mov     r6, r1
        mov     r1, r7
        mov     r7, r6
        nop
        .balign 4
slot:   nop.w
        bic     r2, r2, #0xff000000
        add     r5, r5, r2
        subs    r3, #1
        bne     1b
        bx      lr
        .arm
