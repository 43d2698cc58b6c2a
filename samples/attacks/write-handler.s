@ Tries: to change code behind the back of the instruction that is under way: handlers of an SVC, an undefined word, a data abort and an interrupt
@   rewrite what they return to.
@ Hardware: the return leads to what is there by then.

        .include "common/attack.s"
        .include "common/timer.s"

        begin
        mov     r10, #5
again:  load    r5, 1f
        mov     r0, #0
        load    r1, MOV_R0_1
        str     r1, [r5]
        svc     #0
1:      nop
        bic     r0, r0, #0xff000000
        expect  r0, PSR_I | SVC | (MASKED & ~PSR_I)
        load    r5, 1f
        load    r1, MOV_R0_1
        str     r1, [r5]
        mov     r0, #0
        udf     #0
1:      nop
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC

        @ The aborting load itself becomes an MRS, and is executed again.
        load    r5, 1f
        load    r1, 0xe5940000                  @ ldr r0, [r4]
        str     r1, [r5]
        load    r4, HOLE
1:      nop
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC

        @ A loop that ends when the interrupt's handler turns its branch into an MRS.
        load    r5, 1f
        load    r1, 0xeafffffe                  @ b .
        str     r1, [r5]
        mov     r0, #0
        load    r3, 500
        timer_in r3
        cpsie   i
1:      nop
        cpsid   i
        and     r0, r0, #0xff
        expect  r0, PSR_F | SVC
        subs    r10, r10, #1
        bne     again
        end

        @ Each writes MRS r0, CPSR to r5 and returns there.
        .macro  rewriting name
        .global handle_\name
handle_\name:
        load    r6, MRS_R0_CPSR
        str     r6, [r5]
        .ifc    \name, irq
        timer_off
        .endif
        movs    pc, r5
        .endm
        rewriting svc
        rewriting und
        rewriting dabt
        rewriting irq
