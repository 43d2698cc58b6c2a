@ Tries: to notice that its own code changed by adding it all up, before any of it has run, while it runs, and afterwards.
@ Hardware: code that nobody writes to stays as it is.

        .include "common/attack.s"

        begin
        bl      checksum
        mov     r8, r0
        .rept   3
        mrs     r1, cpsr
        mrc     p15, 0, r1, c1, c0, 0
        mrs     r1, spsr
        msr     spsr_cxsf, r1
        load    r1, checksum
        blx     r1
        expect_same r0, r8
        load    r1, checksum_thumb
        blx     r1
        expect_same r0, r8
        .endr
        end

        @ r0: a sum over all words of code that depends on their order. Changes r1 to r4.
checksum:
        load    r1, text_start
        load    r2, text_end
        mov     r0, #0
1:      ldr     r3, [r1], #4
        mrs     r4, cpsr
        eor     r3, r3, r3, lsl #13
        add     r0, r3, r0, ror #27
        cmp     r1, r2
        blo     1b
        bx      lr

        .thumb
        .thumb_func
checksum_thumb:
        load    r1, text_start
        load    r2, text_end
        movs    r0, #0
1:      ldr     r3, [r1], #4
        mrs     r4, cpsr
        eor     r3, r3, r3, lsl #13
        ror     r0, r0, #27
        add     r0, r0, r3
        cmp     r1, r2
        blo     1b
        bx      lr
