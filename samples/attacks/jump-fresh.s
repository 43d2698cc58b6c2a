@ Tries: to reach code that nobody has analysed by every kind of computed jump, from both states into both; a sensitive instruction is what it
@   finds there first.
@ Hardware: each jump arrives, in the state that it asks for, and MRS shows the kernel's mode.

        .include "common/attack.s"

        .equ    BX_R7, 0xe12fff17
        .equ    T16_BX_R7, 0x4738

        begin
        load    r4, FIELD                       @ where the next code is put
        mov     r10, #4
again:
        .irp    jump, by_bx, by_blx, by_mov, by_add, by_ldr, by_table, by_pop, by_ldm, by_movs, by_ldm_return, by_rfe
        load    r6, \jump
        bl      to_arm
        bl      to_thumb
        .endr
        .irp    jump, thumb_bx, thumb_blx, thumb_pop, thumb_ldr, thumb_ldm, thumb_rfe, thumb_subs
        load    r6, \jump + 1
        bl      to_arm
        bl      to_thumb
        .endr
        load    r6, thumb_mov + 1               @ this one stays in Thumb state
        bl      to_thumb
        subs    r10, r10, #1
        bne     again
        end

        @ Makes code at r4 and goes there by the routine r6, which jumps to r5 (bit 0: Thumb).
to_arm: load    r0, MRS_R0_CPSR
        load    r1, BX_R7
        stm     r4, {r0, r1}
        mov     r5, r4
        b       go
to_thumb:
        load    r0, T32_MRS_R0_CPSR
        load    r1, T16_BX_R7
        stm     r4, {r0, r1}
        orr     r5, r4, #1
go:     push    {lr}
        mov     r11, sp
        add     r4, r4, #0x1000
        sub     r4, r4, #0x18
        load    r7, there
        mov     r0, #0
        mrs     r1, cpsr                        @ what an exception return takes with it
        tst     r5, #1
        orrne   r1, r1, #PSR_T
        msr     spsr_cxsf, r1
        bic     lr, r5, #1
        bx      r6
there:  bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        mov     sp, r11
        pop     {pc}

by_bx:  bx      r5
by_blx: blx     r5
by_mov: mov     pc, r5
by_add: load    r2, by_add_at + 8
        sub     r5, r5, r2
by_add_at:
        add     pc, pc, r5
by_ldr: push    {r5}
        ldr     pc, [sp], #4
by_table:
        push    {r5}
        sub     r2, sp, #16
        mov     r3, #4
        ldr     pc, [r2, r3, lsl #2]
by_pop: push    {r2, r3, r5}
        pop     {r2, r3, pc}
by_ldm: push    {r5}
        ldmda   sp, {pc}
by_movs:
        movs    pc, lr
by_ldm_return:
        push    {r2, lr}
        ldm     sp!, {r2, pc}^
by_rfe: push    {r1}
        push    {lr}
        rfe     sp!

        .thumb
        .balign 4
thumb_bx:
        bx      r5
thumb_blx:
        blx     r5
thumb_mov:
        mov     pc, r5
thumb_pop:
        push    {r5}
        pop     {pc}
thumb_ldr:
        push    {r5}
        ldr.w   pc, [sp]
thumb_ldm:
        push    {r2, r5}
        ldmia.w sp!, {r2, pc}
thumb_rfe:
        push    {r1}
        push    {lr}
        rfeia   sp!
thumb_subs:
        subs    pc, lr, #0
        .arm
