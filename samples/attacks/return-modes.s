@ Tries: to return from an exception into each of the 32 mode numbers, in four ways: SUBS PC, LDM^, RFE and MSR; a reserved one might be a mode that
@   nobody watches.
@ Hardware: the seven modes are entered; the other numbers are UNPREDICTABLE, and here leave the mode as it is.

        .include "common/attack.s"

        .equ    LEGAL, (1 << USR) | (1 << FIQ) | (1 << IRQ) | (1 << SVC) | (1 << ABT) | (1 << UND) | (1 << SYS)

        begin
        load    r4, SCRATCH
        .irp    way, by_subs, by_ldm, by_rfe, by_msr
        mov     r10, #0
        load    r5, \way
1:      load    r1, LEGAL
        mov     r2, #1
        tst     r1, r2, lsl r10
        movne   r3, #1                          @ r3: it is a mode
        moveq   r3, #0
        resume_at 2f
        orr     r0, r10, #(PSR_I | PSR_F)
        bx      r5
2:      cps     #SVC                            @ from wherever that led to
        cmp     r10, #USR
        moveq   r1, #GOT_SVC                    @ which can only ask to come back
        movne   r1, #0
        expect_same r6, r1
        cmp     r10, #USR
        beq     3f
        cmp     r3, #1
        moveq   r1, r10
        movne   r1, #SVC
        expect_same r8, r1
3:      add     r10, r10, #1
        cmp     r10, #32
        bne     1b
        .endr
        end

        @ To `landed` with r0 as CPSR. It may not touch memory, as nobody knows where it is.
by_subs:
        msr     spsr_cxsf, r0
        load    lr, landed
        movs    pc, lr
by_ldm: msr     spsr_cxsf, r0
        load    r1, landed
        str     r1, [r4]
        ldm     r4, {pc}^
by_rfe: load    r1, landed
        stm     r4, {r1}
        str     r0, [r4, #4]
        rfeia   r4
by_msr: msr     cpsr_c, r0
        nop
landed: mrs     r1, cpsr
        and     r1, r1, #0x1f
        cmp     r1, #USR
        beq     1f
        mov     r2, r7
        cps     #SVC
        mov     r8, r1
        mov     pc, r2
1:      svc     #0

        .global handle_svc
handle_svc:
        mov     r6, #GOT_SVC
        bx      r7
