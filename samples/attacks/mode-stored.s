@ Tries: to find its real return state in memory: what SRS stores in each mode and state, from a Thumb IT block as well, and what RFE makes of it.
@ Hardware: SRS stores LR and SPSR of the present mode onto the stack of the mode named.

        .include "common/attack.s"

        begin
        load    r5, SCRATCH + 0x100
        .irp    mode, FIQ, IRQ, ABT, UND
        cps     #\mode
        mov     r6, sp
        mov     sp, r5
        load    lr, 0x7654 + 4 * \mode
        load    r0, 0x60000000 | PSR_I | \mode
        msr     spsr_fsxc, r0
        srsdb   sp!, #\mode
        ldmia   r5!, {r1}                       @ what lies above is not touched
        sub     r5, r5, #4
        ldmdb   r5, {r1, r2}
        expect  r1, 0x7654 + 4 * \mode
        expect  r2, 0x60000000 | PSR_I | \mode
        sub     r5, r5, #8
        expect_same sp, r5
        add     r5, r5, #8
        mov     sp, r6
        .endr

        @ Onto another mode's stack.
        cps     #SYS
        mov     sp, r5
        cps     #ABT
        load    lr, 0xabc
        msr     spsr_fsxc, #UND
        srsia   sp!, #SYS
        ldmia   r5, {r1, r2}
        expect  r1, 0xabc
        expect  r2, UND
        cps     #SYS
        sub     r0, sp, r5
        expect  r0, 8

        @ And back by RFE: to a Thumb address inside an IT block, of which one instruction is left.
        cps     #SVC
        load    r1, inside
        load    r2, 0x40000000 | 0x0800 | PSR_T | MASKED | SYS       @ Z; ITSTATE 0000 1000: one instruction, EQ
        stmia   r5, {r1, r2}
        rfeia   r5

        .thumb
        .thumb_func
        .global inside
inside: mrs     r3, cpsr
        mrs     r4, cpsr
        cps     #SVC
        expect  r3, 0x40000000 | MASKED | SYS
        expect_same r3, r4
        load    r0, out
        bx      r0
        .arm
        .global out
out:    end
