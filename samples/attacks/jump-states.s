@ Tries: to have ARM code analysed and then to run it as Thumb code, and back: two words that mean something in each state, one of them sensitive.
@ Hardware: the state decides what the bytes are.

        .include "common/attack.s"

        @ e10f2000   mrs r2, cpsr            2000 movs r0, #0      e10f b.n +0x222
        @ e0822002   add r2, r2, r2          as Thumb: never reached
        @ e12fff1e   bx lr

        @ f3ef 8100  mrs r1, cpsr            as ARM: 8100f3ef swphi-like: condition HI, unallocated or not, it fails
        begin
        mov     r10, #10
again:  load    r4, first
        blx     r4
        bic     r2, r2, #0xff000000
        expect  r2, 2 * (MASKED | SVC)
        mov     r0, #9
        load    r4, first + 1
        blx     r4
        expect  r0, 3

        mov     r1, #0
        load    r4, second + 1
        blx     r4
        bic     r1, r1, #0xff000000
        expect  r1, MASKED | SVC
        mov     r1, #0
        cmp     r1, r1                          @ Z: HI fails
        load    r4, second
        blx     r4
        expect  r1, 0x80
        subs    r10, r10, #1
        bne     again
        end

        .balign 4
first:  .word   0xe10f2000
        add     r2, r2, r2
        bx      lr
        .space  first + 2 + 4 + 2 * 0x10f - .
        .thumb
        adds    r0, #3
        bx      lr
        .arm
        .balign 4
second: .word   0x8100f3ef                      @ HI fails
        .word   0xe3a01080                      @ mov r1, #0x80; as Thumb 1080 e3a0: ASRS r0, r0, #2 and a branch
        bx      lr
        .space  second + 6 + 4 + 2 * 0x3a0 - .
        .thumb
        bx      lr
        .arm
        .balign 4
