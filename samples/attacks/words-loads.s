@ Tries: to read the trap words that stand in the place of its own instructions: by loads of every size and kind, once they have been executed.
@ Hardware: loads see what the assembler wrote.

        .include "common/attack.s"

        @ The same words twice: once as code, once as data.
        .macro  sensitive
        mov     r3, lr
        mrs     r0, cpsr
        msr     cpsr_f, r0
        mrc     p15, 0, r0, c0, c0, 0
        cpsid   i
        mrs     r0, spsr
        blx     r4
        bx      r3
        .balign 32
        .endm
        .equ    WORDS, 8                        @ in ARM state; Thumb code is shorter, and padded

        begin
        .irp    code, arm_code, thumb_code + 1
        .irp    turn, 1, 2
        load    r4, nothing
        load    r5, \code
        blx     r5
        .endr
        .endr

        load    r5, arm_code
        load    r6, arm_data
        bl      compare
        load    r5, thumb_code
        load    r6, thumb_data
        bl      compare
        end

        @ WORDS words at r5 and r6 are the same however they are read. Keeps r5, r6.
compare:
        push    {lr}
        mov     r4, #0
1:      .irp    load, ldr, ldrb, ldrh, ldrsb, ldrsh, ldrt, ldrbt, ldrht
        add     r0, r5, r4
        add     r1, r6, r4
        \load  r2, [r0]
        \load   r3, [r1]
        expect_same r2, r3
        .endr
        ldrb    r2, [r5, r4]
        ldrb    r3, [r6, r4]
        expect_same r2, r3
        add     r0, r5, r4
        add     r1, r6, r4
        ldrex   r2, [r0]
        ldrex   r3, [r1]
        expect_same r2, r3
        ldrexb  r2, [r0]
        clrex
        ldrb    r3, [r1]
        expect_same r2, r3
        add     r4, r4, #4
        cmp     r4, #(4 * WORDS)
        blo     1b

        ldmia   r5, {r0-r3}
        eor     r0, r0, r1, ror #1
        eor     r0, r0, r2, ror #2
        eor     r4, r0, r3, ror #3
        ldmia   r6, {r0-r3}
        eor     r0, r0, r1, ror #1
        eor     r0, r0, r2, ror #2
        eor     r0, r0, r3, ror #3
        expect_same r0, r4
        ldrd    r0, r1, [r5, #8]
        ldrd    r2, r3, [r6, #8]
        expect_same r0, r2
        expect_same r1, r3

        @ Advanced SIMD, after it is switched on: two registers at once, and by lane.
        mov     r0, #(0xf << 20)
        mcr     p15, 0, r0, c1, c0, 2           @ CPACR
        isb
        mov     r0, #(1 << 30)
        vmsr    fpexc, r0
        vldmia  r5, {d0-d3}
        vldmia  r6, {d4-d7}
        vceq.i8 q0, q0, q2
        vceq.i8 q1, q1, q3
        vand    q0, q0, q1
        vand    d0, d0, d1
        vmov    r0, r1, d0
        and     r0, r0, r1
        expect  r0, 0xffffffff
        vld1.8  {d0[3]}, [r5]
        vld1.8  {d1[3]}, [r6]
        vmov.u8 r0, d0[3]
        vmov.u8 r1, d1[3]
        expect_same r0, r1
        pop     {pc}

nothing:
        bx      lr
        .balign 32
arm_code:
        sensitive
arm_data:
        sensitive
        .thumb
thumb_code:
        sensitive
thumb_data:
        sensitive
        .arm
