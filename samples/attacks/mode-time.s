@ Tries: to feel by the clock that some instructions take longer than they should: the counter around sensitive instructions, around innocuous ones,
@   around a fresh page and around a first call.
@ Hardware: time depends on the core. The board's clock counts instructions, so the same number of instructions takes the same time.
@ Not on QEMU: its clock is the host's.

        .include "common/attack.s"

        @ r0: ticks of the virtual counter, 1000 turns of eight times `what`. Changes r1 to r4.
        .macro  timed what:vararg
        mov     r4, #1000
        isb
        mrrc    p15, 1, r1, r2, c14
1:      .rept   8
        \what
        .endr
        subs    r4, r4, #1
        bne     1b
        isb
        mrrc    p15, 1, r0, r2, c14
        sub     r0, r0, r1
        .endm

        begin
        timed   nop
        mov     r5, r0
        .irp    what, "mrs r3, cpsr", "msr cpsr_c, #(PSR_I | PSR_F | SVC)", "mrc p15, 0, r3, c0, c0, 0", "cpsid i"
        timed   \what
        expect_same r0, r5
        .endr
        load    r6, return
        timed   blx r6
        timed   bl return
        mov     r7, r0
        timed   blx r6
        expect_same r0, r7

        @ A million bytes, touched for the first time and for the second.
        .irp    turn, 1, 2
        load    r3, FIELD
        mrrc    p15, 1, r1, r2, c14
        mov     r4, #256
1:      ldr     r0, [r3]
        str     r0, [r3]
        add     r3, r3, #4096
        subs    r4, r4, #1
        bne     1b
        mrrc    p15, 1, r0, r2, c14
        sub     r0, r0, r1
        .if     \turn == 1
        mov     r8, r0
        .endif
        .endr
        expect_same r0, r8

        @ The cycle counter, which counts instructions as well.
        mov     r0, #5
        mcr     p15, 0, r0, c9, c12, 0          @ PMCR.E, C
        mov     r0, #0x80000000
        mcr     p15, 0, r0, c9, c12, 1          @ PMCNTENSET.C
        mrc     p15, 0, r1, c9, c13, 0
        nop
        mrc     p15, 0, r2, c9, c13, 0
        mrs     r0, cpsr
        mrc     p15, 0, r3, c9, c13, 0
        sub     r3, r3, r2
        sub     r2, r2, r1
        expect_same r2, r3
        end

return: bx      lr
