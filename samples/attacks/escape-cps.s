@ Tries: CPS where it is not meant to be: in IT blocks, with reserved modes, with flags and no effect, from Thumb and ARM; and SETEND, which anyone may.
@ Hardware: in an IT block CPS is UNPREDICTABLE; here it does what it does outside. A reserved mode leaves the mode as it is.

        .include "common/attack.s"

        begin
        @ r10: words to try, and CPSR[8:0] behind them when everything was masked before in SVC mode. Each is put into an IT block.
        load    r10, thumb_words
        load    r11, thumb_words_end
1:      ldmia   r10!, {r0, r3}
        load    r1, slot
        str     r0, [r1]
        load    r5, block + 1
        load    r0, MASKED | SVC
        msr     cpsr_fsxc, r0
        blx     r5
        cpsid   aif, #SVC
        expect_same r0, r3
        cmp     r10, r11
        blo     1b

        @ In ARM state: reserved modes leave the mode as it is.
        .irp    mode, 0, 5, 0x14, 0x16, 0x18, 0x1a, 0x1e
        .word   0xf1020000 | \mode              @ cps #mode
        expect_mode SVC
        .endr
        @ No effect asked for, or none defined.
        setend  be
        setend  le
        expect_mode SVC
        end

        .thumb
        .balign 4
block:  mov     r4, lr
        cmp     r0, r0
        ittt    eq
slot:   nop.w
        mrseq   r0, cpsr
        mrseq   r0, cpsr
        ite     ne                              @ whatever is left of the block above
        movne   r0, #0
        nop
        movw    r1, #0x1ff
        ands    r0, r1
        bx      r4
        .balign 4
        .macro  word bits, instruction:vararg
        \instruction
        .balign 4, 0
        .arm
        .word   \bits
        .thumb
        .endm
thumb_words:
        word    PSR_A | PSR_F | SVC, cpsie.w i
        word    SVC, cpsie.w aif
        word    MASKED | SVC, cpsid.w aif
        word    MASKED | SYS, .inst.w 0xf3af811f
        word    MASKED | ABT, .inst.w 0xf3af87f7
        word    PSR_A | PSR_F | IRQ, .inst.w 0xf3af8552
        word    MASKED | UND, .inst.w 0xf3af811b
        word    MASKED | SVC, .inst.w 0xf3af8114
        word    PSR_A | PSR_F | SVC, .inst.w 0xb662b662
        word    PSR_A | PSR_I | SVC, .inst.w 0xb672b661
thumb_words_end:
        .arm
