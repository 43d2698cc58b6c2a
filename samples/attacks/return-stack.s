@ Tries: to have the kernel take its return state from memory that user code may write: RFE and LDM^ from there, with each mode in turn.
@ Hardware: a kernel that trusts such memory hands its privilege over; the code that gets it is kernel code then, and MRS says so.

        .include "common/attack.s"

        begin
        bl      mmu_on
        mov     r10, #8
again:  .irp    mode, USR, SVC, SYS, ABT, IRQ
        .irp    way, by_rfe, by_ldm
        load    r5, PSR_I | PSR_F | \mode
        mov     r8, #0
        call_user forge
        resume_at 1f
        load    r1, \way
        bx      r1
1:      cps     #SVC
        expect  r8, \mode
        .endr
        .endr
        subs    r10, r10, #1
        bne     again
        end

        @ User code writes what the kernel will return by, and code with a sensitive instruction for it.
forge:  load    r4, SCRATCH
        add     r0, r4, #0x100
        stm     r4, {r0, r5}
        load    r1, seen
        ldm     r1, {r0-r3, r9}
        add     r11, r4, #0x100
        stm     r11, {r0-r3, r9}
        svc     #0

by_rfe: load    r4, SCRATCH
        rfe     r4
by_ldm: load    r4, SCRATCH
        ldr     r5, [r4, #4]
        msr     spsr_cxsf, r5
        ldm     r4, {pc}^

        .balign 4
seen:   mrs     r8, cpsr
        and     r8, r8, #0x1f
        cmp     r8, #USR
        ldr     pc, [pc, #-4]
        .word   leave
leave:  bxne    r7
        svc     #1

        .global handle_svc
handle_svc:
        cmp     r8, #0                          @ user mode has been seen: it went there by the forged state
        bxne    r7
        load    lr, comeback
        ldr     pc, [lr]
