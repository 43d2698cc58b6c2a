@ Tries: to turn a trap into something else by writing only a part of it: the byte of the condition, the one of the register, one half of a 32-bit
@   Thumb instruction, the half of one that lies across words.
@ Hardware: the instruction is what its bytes say after each write.

        .include "common/attack.s"

        begin
        mov     r10, #10
again:  load    r5, code
        mov     r0, #7
        blx     r5
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        mov     r1, #0x01                       @ MRSEQ
        strb    r1, [r5, #3]
        mov     r0, #7
        cmp     r5, #0
        blx     r5
        expect  r0, 7
        mov     r1, #0x11                       @ MRSNE
        strb    r1, [r5, #3]
        cmp     r5, #0
        blx     r5
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        mov     r1, #0x10                       @ r1 is the destination
        strb    r1, [r5, #1]
        mov     r0, #7
        cmp     r5, #0
        blx     r5
        expect  r0, 7
        bic     r1, r1, #0xff000000
        expect  r1, MASKED | SVC
        mov     r1, #0xe3                       @ MOVW r0, #0
        strb    r1, [r5, #3]
        mov     r1, #0
        strb    r1, [r5, #1]
        strb    r1, [r5, #2]
        blx     r5
        expect  r0, 0
        load    r1, MRS_R0_CPSR
        str     r1, [r5]

        .irp    offset, 0, 2
        load    r5, thumb_code + \offset
        load    r1, T32_MRS_R0_CPSR
        strh    r1, [r5]
        lsr     r1, r1, #16
        strh    r1, [r5, #2]
        load    r1, T16_BX_LR
        strh    r1, [r5, #4]
        orr     r4, r5, #1
        mov     r0, #0
        blx     r4
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        mov     r1, #0x83                       @ MRS r3
        strb    r1, [r5, #3]
        mov     r3, #0
        blx     r4
        bic     r3, r3, #0xff000000
        expect  r3, MASKED | SVC
        load    r1, T16_MOVS_R0_1
        strh    r1, [r5]
        mov     r0, #0
        load    r1, 0xbf00                      @ nop
        strh    r1, [r5, #2]
        blx     r4
        expect  r0, 1
        .endr
        subs    r10, r10, #1
        bne     again
        end

        .balign 4
code:   mrs     r0, cpsr
        bx      lr
        .thumb
thumb_code:
        nop
        nop
        nop
        nop
        .arm
