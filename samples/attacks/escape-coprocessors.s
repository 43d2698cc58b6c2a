@ Tries: the other coprocessors: CDP, MCR, MRC, MCRR, MRRC, LDC and STC of CP0 to CP13, and LDC, STC of CP14 and CP15, from the kernel and from user mode.
@ Hardware: Undefined, but for the debug channel's LDC and STC; there is no such coprocessor, and floating point is switched off.
@ Denied: undefined

        .include "common/attack.s"

        begin
        mov     r10, #0
1:      load    r11, words
2:      ldr     r4, [r11], #4
        cmp     r4, #0
        beq     3f
        orr     r4, r4, r10, lsl #8             @ the coprocessor
        load    r5, slot
        str     r4, [r5]
        resume_at 4f
        load    r5, SCRATCH
        bl      slot
4:      expect  r6, GOT_UND
        mov     r8, #0
        call_user user
        expect  r8, GOT_UND
        b       2b
3:      add     r10, r10, #1
        cmp     r10, #14
        bne     1b
        expect_mode SVC
        end

user:   resume_at 5f
        load    r5, SCRATCH
        bl      slot
5:      mov     r8, r6
        svc     #0

slot:   nop
        bx      lr

        .balign 4
words:  .word   0xee012003                      @ CDP
        .word   0xfe012003                      @ CDP2
        .word   0xee012013                      @ MCR
        .word   0xfe012013
        .word   0xee112013                      @ MRC
        .word   0xfe112013
        .word   0xec432001                      @ MCRR
        .word   0xec532001                      @ MRRC
        .word   0xed852001                      @ STC [r5, #4]
        .word   0xed952001                      @ LDC
        .word   0xfd852001
        .word   0xfd952001
        .word   0

        resuming und, GOT_UND
