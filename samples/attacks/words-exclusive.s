@ Tries: to catch a trap word by exclusive accesses: LDREX of code that was executed, sensitive code between LDREX and STREX, STREX to the code itself.
@ Hardware: the monitor stays open over instructions that are no accesses; STREX stores, and clears it.

        .include "common/attack.s"

        begin
        bl      code
        load    r5, code
        load    r6, MRS_R0_CPSR
        mov     r8, #50
1:      ldrex   r1, [r5]
        expect_same r1, r6
        strex   r2, r1, [r5]                    @ the word that is there already
        expect  r2, 0
        bl      code
        expect  r0, MASKED | SVC

        ldrex   r1, [r5]                        @ sensitive instructions in between
        mrs     r3, cpsr
        mrc     p15, 0, r3, c0, c0, 0
        cpsid   i
        mrs     r3, spsr
        strex   r2, r1, [r5]
        expect  r2, 0
        strex   r2, r1, [r5]                    @ and not a second time
        expect  r2, 1

        load    r3, MOV_R0_1
        ldrex   r1, [r5]
        strex   r2, r3, [r5]
        expect  r2, 0
        bl      code
        expect  r0, 1
        ldrex   r1, [r5]
        expect_same r1, r3
        strex   r2, r6, [r5]
        expect  r2, 0
        bl      code
        expect  r0, MASKED | SVC

        ldrex   r1, [r5]
        clrex
        strex   r2, r1, [r5]
        expect  r2, 1
        subs    r8, r8, #1
        bne     1b
        end

        .balign 4
code:   mrs     r0, cpsr
        bic     r0, r0, #0xff000000
        bx      lr
