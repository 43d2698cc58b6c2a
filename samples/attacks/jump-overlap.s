@ Tries: to run two streams of instructions over the same bytes, a halfword apart, each with sensitive instructions in the midst of the other's.
@ Hardware: each stream is what its own start makes of the bytes.

        .include "common/attack.s"

        .equ    TARGET, SCRATCH + 0x8100        @ its low halfword ends MRS, its high one is ANDS r0, r6

        begin
        load    r0, TARGET
        load    r1, 0xe3a00055                  @ mov r0, #0x55
        load    r2, BX_LR
        stm     r0, {r1, r2}
        mov     r10, #10
again:  load    r4, overlap + 1                 @ ldr.w pc, [pc, #4] ...
        mov     r0, #0
        blx     r4
        expect  r0, 0x55
        load    r4, overlap + 2 + 1             @ ... and.w r0, r4, #0xff, mrs r1, cpsr, ands r0, r6
        mov     r6, #0x7f
        blx     r4
        bic     r1, r1, #0xff000000
        expect  r1, MASKED | SVC
        and     r4, r4, #0x7f
        expect_same r0, r4

        load    r4, table + 1                   @ tbb [r0, r0] ...
        load    r0, one
        lsr     r0, r0, #1
        mov     r1, #0
        blx     r4
        expect  r1, 0x66
        load    r4, table + 2 + 1               @ ... and.w r0, r0, #1
        load    r0, 0xff
        mov     r1, #0
        blx     r4
        expect  r0, 1
        expect  r1, 0x66
        subs    r10, r10, #1
        bne     again
        end

        .thumb
        .balign 4
overlap:
        .hword  0xf8df, 0xf004                  @ ldr.w pc, [pc, #4]
        .hword  0x00ff                          @ with the halfword before: and.w r0, r4, #255
        .hword  0xf3ef                          @ with the halfword behind: mrs r1, cpsr
        .word   TARGET
        bx      lr
        .balign 4
one:    .byte   1, 0, 0, 0
table:  .hword  0xe8d0, 0xf000                  @ tbb [r0, r0]
        .hword  0x0001                          @ with the halfword before: and.w r0, r0, #1
        movs    r1, #0x66
        bx      lr
        .arm
