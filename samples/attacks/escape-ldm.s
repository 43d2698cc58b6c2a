@ Tries: LDM and STM of user registers in all forms, whose names say "user" but whose effect in the wrong place is the kernel's own registers: with PC,
@   with the base in the list, with writeback, from each mode, in an order that shows what went where.
@ Hardware: without PC the user's registers are meant; with PC the present mode's, and CPSR comes from SPSR.

        .include "common/attack.s"

        begin
        load    r4, SCRATCH
        mov     r11, sp
        .irp    mode, IRQ, SVC, ABT, UND
        cps     #\mode
        mov     r10, sp
        load    r0, 0x1d00 + \mode              @ user SP and LR through memory
        load    r1, 0x2e00 + \mode
        stm     r4, {r0, r1}
        ldm     r4, {sp, lr}^
        nop
        expect_same sp, r10
        cps     #SYS
        expect  sp, 0x1d00 + \mode
        expect  lr, 0x2e00 + \mode
        mov     lr, #0x77
        cps     #\mode
        add     r5, r4, #16
        stmib   r5, {r5, sp, lr}^               @ the base is stored as it was
        ldmib   r5, {r0, r1, r2}
        expect_same r0, r5
        expect  r1, 0x1d00 + \mode
        expect  r2, 0x77

        @ With PC: from this mode into System mode and back, SP of this mode loaded and not the user's.
        load    r0, 0x3f00
        load    r1, 1f
        stm     r4, {r0, r1}
        load    r2, PSR_I | PSR_F | SYS
        msr     spsr_cxsf, r2
        ldm     r4, {sp, pc}^
1:      mrs     r0, cpsr
        and     r0, r0, #0x1f
        expect  r0, SYS
        expect  sp, 0x1d00 + \mode
        cps     #\mode
        expect  sp, 0x3f00
        mov     sp, r10
        .endr
        cps     #SVC
        expect_same sp, r11

        @ An address that aborts half-way: nothing of CPSR changes, the base stays.
        resume_at 1f
        load    r5, RAM + 0x01000000 - 8        @ the last two words of RAM
        msr     spsr_cxsf, #SYS
        ldm     r5, {r0, r1, r2, pc}^
        bl      escaped
1:      expect  r6, GOT_DABT
        expect  r5, RAM + 0x01000000 - 8
        mrs     r0, cpsr
        and     r0, r0, #0x1f
        expect  r0, SVC
        end

        resuming dabt, GOT_DABT
