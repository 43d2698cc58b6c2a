@ Tries: to use up what a VMM remembers of sensitive instructions: 320 KiB of nothing else, in ARM state and in Thumb state, rewritten between, each one a
@   trap.
@ Hardware: a long walk.
@ Limit: 4,000,000

        .include "common/attack.s"

        .equ    LENGTH, 0x00050000

        begin
        load    r0, MRS_R0_CPSR
        load    r1, BX_LR
        bl      fill
        load    r4, FIELD
        blx     r4
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        load    r0, 0x8000f3ef
        load    r1, T16_BX_LR
        bl      fill
        load    r4, FIELD + 1
        blx     r4
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        load    r0, 0xb672b672                  @ cpsid i, 16 bits
        load    r1, T16_BX_LR
        bl      fill
        load    r4, FIELD + 1
        blx     r4
        end

        @ LENGTH bytes of the word r0, and r1 behind them.
fill:   load    r4, FIELD
        load    r5, FIELD + LENGTH
        mov     r2, r0
        mov     r3, r0
        mov     r6, r0
1:      stmia   r4!, {r0, r2, r3, r6}
        cmp     r4, r5
        blo     1b
        str     r1, [r4]
        bx      lr
