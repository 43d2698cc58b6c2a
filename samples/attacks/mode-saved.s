@ Tries: to see in an SPSR which mode really was interrupted: after an SVC, an undefined word, an aborting load and an aborting fetch, from kernel
@   modes and from user mode, and what was written to SPSR in between.
@ Hardware: SPSR of the mode entered holds the CPSR that was interrupted, or what was last written.

        .include "common/attack.s"

        begin
        .irp    mode, FIQ, IRQ, SYS, UND, ABT
        cps     #\mode
        resume_at 1f
        udf     #1
1:      expect  r6, GOT_UND
        expect  r5, \mode
        resume_at 1f
        svc     #1
1:      expect  r6, GOT_SVC
        expect  r5, \mode
        resume_at 1f
        load    r4, HOLE
        ldr     r4, [r4]
1:      expect  r6, GOT_DABT
        expect  r5, \mode
        resume_at 1f
        load    r4, HOLE
        bx      r4
1:      expect  r6, GOT_PABT
        expect  r5, \mode
        .endr

        .irp    mode, FIQ, IRQ, SVC, UND, ABT
        cps     #\mode
        load    r5, 0xf80f0200 | PSR_I | SYS
        msr     spsr_fsxc, r5
        mrs     r4, spsr
        expect_same r5, r4
        msr     spsr_c, #USR
        mrs     r4, spsr
        expect  r4, 0xf80f0200 | USR
        .endr
        cps     #SVC

        mov     r10, #0
        call_user user
        expect  r10, GOT_UND + 16 * GOT_DABT
        end

        @ What user mode meets, too.
user:   resume_at 1f
        udf     #2
1:      cmp     r5, #USR
        addeq   r10, r10, r6
        resume_at 1f
        load    r4, HOLE
        ldr     r4, [r4]
1:      cmp     r5, #USR
        addeq   r10, r10, r6, lsl #4
        svc     #0

        @ Each handler notes the mode that its SPSR shows.
        .macro  noting name, number
        .global handle_\name
handle_\name:
        mrs     r5, spsr
        and     r5, r5, #0x1f
        mov     r6, #\number
        movs    pc, r7
        .endm
        noting  und, GOT_UND
        noting  pabt, GOT_PABT
        noting  dabt, GOT_DABT
        .global handle_svc
handle_svc:
        mrs     r5, spsr
        and     r5, r5, #0x1f
        mov     r6, #GOT_SVC
        cmp     r5, #USR
        movsne  pc, r7
        load    lr, comeback
        ldr     pc, [lr]
