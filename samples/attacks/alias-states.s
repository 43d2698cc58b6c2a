@ Tries: to have one physical page analysed in one state at one address and in the other state at another, writing to it through a third: what is
@   known of the one must not serve the other.
@ Hardware: the state and the bytes decide, not the page.

        .include "common/attack.s"

        .equ    ARM, 0x60000000
        .equ    THUMB, 0x60100000

        begin
        bl      mmu_on
        .irp    at, ARM, THUMB
        load    r0, \at
        load    r1, SCRATCH | 0x3e
        bl      map_page
        .endr
        load    r4, SCRATCH
        mov     r10, #20
again:  @ e10f2000: MRS r2 in ARM state; in Thumb state MOVS r0, #0 and a branch by 0x222 from behind
        load    r1, 0xe10f2000
        load    r2, BX_LR
        stm     r4, {r1, r2}
        load    r1, 0x4770                      @ bx lr
        add     r2, r4, #(2 + 4 + 2 * 0x10f)
        strh    r1, [r2]
        mov     r0, #5
        load    r5, THUMB + 1
        blx     r5
        expect  r0, 0
        load    r5, ARM
        blx     r5
        bic     r2, r2, #0xff000000
        expect  r2, MASKED | SVC

        @ f3ef 8200: MRS r2 in Thumb state; in ARM state 8200f3ef, on a condition that fails
        load    r1, 0x8200f3ef
        load    r2, BX_LR                       @ in Thumb state: ff1e e12f: see below
        stm     r4, {r1, r2}
        load    r1, T16_BX_LR
        strh    r1, [r4, #4]                    @ in Thumb state alone: it returns here
        load    r5, THUMB + 1
        mov     r2, #0
        blx     r5
        bic     r2, r2, #0xff000000
        expect  r2, MASKED | SVC
        load    r2, BX_LR
        str     r2, [r4, #4]
        mov     r2, #0
        cmp     r2, r2
        load    r5, ARM
        blx     r5
        expect  r2, 0
        subs    r10, r10, #1
        bne     again
        end
