@ Tries: from user mode to return to the kernel's privilege: SUBS PC, LDM^ with PC, RFE, SRS, MSR SPSR and their Thumb forms, with SVC mode in
@   whatever they might take for a saved status.
@ Hardware: UNPREDICTABLE or Undefined in user mode; here Undefined, and never more than PL0.
@ Not on QEMU: it runs some of them as plain branches.

        .include "common/attack.s"

        begin
        .irp    try, by_movs, by_subs, by_adds, by_ands, by_orrs, by_mvns, by_lsrs, by_ldm, by_ldm_up, by_rfe, by_srs, by_spsr, by_mrs_spsr, by_ldm_bank
        load    r5, \try
        call_user user
        expect  r0, 1
        .endr
        .irp    try, thumb_subs, thumb_rfe, thumb_srs, thumb_spsr
        load    r5, \try + 1
        call_user user
        expect  r0, 1
        .endr
        end

        @ Goes to r5 with a forged status in memory at r4, in r2 and in LR's neighbourhood. r0: 1 if still, or again, in user mode.
user:   load    r4, SCRATCH
        load    r1, arrived
        load    r2, MASKED | SVC
        stm     r4, {r1, r2}
        mov     lr, r1
        resume_at arrived
        mov     sp, r4
        bx      r5
arrived:
        mrs     r0, cpsr
        and     r0, r0, #0x1f
        cmp     r0, #USR
        moveq   r0, #1
        movne   r0, #0
        svc     #0

by_movs:        movs    pc, lr
by_subs:        subs    pc, lr, #0
by_adds:        adds    pc, lr, #0
by_ands:        ands    pc, lr, lr
by_orrs:        orrs    pc, lr, lr
by_mvns:        mvn     lr, lr
                mvns    pc, lr
by_lsrs:        lsrs    pc, lr, #0
by_ldm:         ldm     r4, {pc}^
by_ldm_up:      ldm     r4!, {r0, pc}^
by_rfe:         rfe     r4
by_srs:         srsia   sp!, #SVC
                b       arrived
by_spsr:        msr     spsr_cxsf, r2
                b       arrived
by_mrs_spsr:    mrs     r0, spsr
                b       arrived
by_ldm_bank:    ldm     r4, {r13, r14}^
                nop
                b       arrived_far
arrived_far:    b       arrived
        .thumb
        .balign 4
thumb_subs:     subs    pc, lr, #0
thumb_rfe:      rfeia   r4
thumb_srs:      srsia   sp!, #SVC
                b       1f
thumb_spsr:     msr     spsr_cxsf, r2
                b       1f
        .balign 4
1:      bx      pc
        nop
        .arm
        b       arrived

        .global handle_und
handle_und:
        mrs     r6, spsr
        bic     r6, r6, #PSR_T
        msr     spsr_cxsf, r6
        mov     r6, #GOT_UND
        movs    pc, r7
