@ Tries: to use a jump that was found harmless after its target has become harmful: calls through one register to code that alternates between an
@   innocuous and a sensitive instruction, called from one place and from many, in both states.
@ Hardware: what is there is what is executed.

        .include "common/attack.s"

        begin
        load    r5, SCRATCH
        load    r6, MOV_R0_1
        load    r7, MRS_R0_CPSR
        load    r1, BX_LR
        str     r1, [r5, #4]
        mov     r10, #60
again:  str     r6, [r5]
        mov     r0, #0
        blx     r5
        expect  r0, 1
        .rept   3
        blx     r5
        .endr
        str     r7, [r5]
        mov     r0, #0
        blx     r5
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        .rept   3
        mov     r0, #0
        blx     r5
        .endr
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        add     r6, r6, #0                      @ the loop's own branch is taken in between
        subs    r10, r10, #1
        bne     again

        load    r5, SCRATCH + 0x100             @ in Thumb state, by the halves of one word
        load    r6, 0x0001f04f                  @ mov.w r0, #1
        load    r7, T32_MRS_R0_CPSR
        load    r1, T16_BX_LR
        str     r1, [r5, #4]
        orr     r8, r5, #1
        mov     r10, #60
2:      str     r6, [r5]
        blx     r8
        expect  r0, 1
        strh    r7, [r5]
        lsr     r1, r7, #16
        strh    r1, [r5, #2]
        blx     r8
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        subs    r10, r10, #1
        bne     2b
        end
