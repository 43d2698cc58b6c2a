@ Tries: to use up what a VMM remembers of analysed code: 320 KiB of branches to the next instruction, each a block of its own, executed in ARM state, then
@   the same field as Thumb code, then rewritten and executed again.
@ Hardware: a long walk.
@ Limit: 4,000,000

        .include "common/attack.s"

        .equ    LENGTH, 0x00050000

        begin
        mov     r10, #2
again:  load    r0, 0xeaffffff                  @ b .+4
        load    r1, BX_LR
        bl      fill
        load    r4, FIELD
        blx     r4
        load    r0, 0xe7ffe7ff                  @ b.n .+2, twice
        load    r1, T16_BX_LR
        bl      fill
        load    r4, FIELD + 1
        blx     r4
        subs    r10, r10, #1
        bne     again
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
