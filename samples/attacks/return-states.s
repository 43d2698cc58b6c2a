@ Tries: to return into instruction set states that the scanner does not know, and with IT bits that make no sense: all of J, T and ITSTATE, by RFE and
@   by SUBS PC.
@ Hardware: J set asks for Jazelle or ThumbEE, which is UNPREDICTABLE without them; here T alone decides, and ITSTATE counts in Thumb state only.
@ Not on QEMU: it has other choices for J.

        .include "common/attack.s"

        begin
        load    r4, SCRATCH
        mov     r10, #0                         @ bits of J, T, IT[7:0]: all 1024
again:  and     r0, r10, #1
        lsl     r0, r0, #5                      @ T
        and     r1, r10, #2
        orr     r0, r0, r1, lsl #23             @ J
        and     r1, r10, #0x00c
        orr     r0, r0, r1, lsl #23             @ IT[1:0]
        and     r1, r10, #0x3f0
        orr     r0, r0, r1, lsl #6              @ IT[7:2]
        orr     r0, r0, #(PSR_I | PSR_F)
        orr     r0, r0, #SVC
        tst     r10, #1
        load    r1, there_arm
        load    r2, there_thumb
        movne   r1, r2
        resume_at back
        mov     r5, #0
        mov     r8, sp
        tst     r10, #0x40
        beq     1f
        stm     r4, {r1}
        str     r0, [r4, #4]
        rfe     r4
1:      msr     spsr_cxsf, r0
        mov     lr, r1
        movs    pc, lr

there_arm:
        mrs     r5, cpsr                        @ ITSTATE means nothing here
        b       check
        .thumb
        .balign 4
there_thumb:
        .rept   5                               @ whatever of these is skipped by ITSTATE
        mrs     r5, cpsr
        .endr
        mrs     r5, cpsr
        b.w     check_thumb
        .balign 4
check_thumb:
        bx      pc
        nop
        .arm
check:  and     r5, r5, #0x1f
        expect  r5, SVC
back:   mov     sp, r8
        add     r10, r10, #1
        cmp     r10, #1024
        bne     again
        end

        resuming und, GOT_UND
