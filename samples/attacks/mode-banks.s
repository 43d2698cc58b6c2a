@ Tries: to find the registers of another mode than the one it is in: each mode's SP and LR, FIQ's R8 to R12, and
@   those of user mode by STM^ and LDM^.
@ Hardware: each mode has its own SP, LR and SPSR, FIQ R8 to R12 as well; STM^ and LDM^ reach those of user mode.

        .include "common/attack.s"

        begin
        mov     r11, sp
        .irp    mode, FIQ, IRQ, ABT, UND, SYS
        cps     #\mode
        load    sp, 0x1000 + \mode
        load    lr, 0x2000 + \mode
        .endr
        cps     #FIQ
        load    r8, 0x3008
        load    r10, 0x300a
        cps     #SVC
        load    r8, 0x4008
        load    r10, 0x400a
        expect_same sp, r11

        .irp    mode, FIQ, IRQ, ABT, UND, SYS
        cps     #\mode
        expect  sp, 0x1000 + \mode
        expect  lr, 0x2000 + \mode
        .endr
        cps     #SVC
        cps     #FIQ
        expect  r8, 0x3008
        expect  r10, 0x300a

        @ The user's registers from FIQ mode: R8, R10, SP, LR.
        load    r0, SCRATCH
        stmia   r0, {r8, r10, sp, lr}^
        ldmia   r0, {r1-r4}
        expect  r1, 0x4008
        expect  r2, 0x400a
        expect  r3, 0x1000 + SYS
        expect  r4, 0x2000 + SYS
        mov     r5, #7
        str     r5, [r0, #4]
        ldmia   r0, {r8, r10}^
        nop
        expect  r10, 0x300a
        cps     #SVC
        expect  r10, 7
        expect_same sp, r11
        end
