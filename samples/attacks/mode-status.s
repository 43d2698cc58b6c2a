@ Tries: to see in CPSR that the kernel does not run in the mode it believes in: by MRS in every mode, on a condition and in IT blocks.
@ Hardware: MRS shows the mode that was entered, and what fails its condition changes nothing.

        .include "common/attack.s"

        begin
        .irp    mode, FIQ, IRQ, ABT, UND, SYS, SVC
        cps     #\mode
        expect_mode \mode
        msr     cpsr_c, #(PSR_I | PSR_F | \mode)
        mrs     r1, cpsr
        bic     r1, r1, #0xff000000             @ flags
        expect  r1, MASKED | \mode
        .endr

        cmp     r0, r0
        mov     r1, #1
        mrsne   r1, cpsr
        expect  r1, 1
        cmp     r0, r0
        mrseq   r1, cpsr
        expect  r1, 0x60000000 | MASKED | SVC

        load    r4, thumb
        blx     r4
        end

        .thumb
        .thumb_func
thumb:  push    {lr}
        movs    r0, #1
        movs    r1, #1
        cmp     r0, r1
        ite     ne
        mrsne   r0, cpsr
        mrseq   r1, cpsr
        expect  r0, 1
        expect  r1, 0x60000000 | MASKED | SVC
        movs    r0, #2                          @ N clear, Z clear
        itett   ne
        mrsne   r0, cpsr
        mrseq   r1, cpsr
        addne   r0, #0
        mrsne   r2, cpsr
        expect_same r0, r2
        expect  r1, 0x60000000 | MASKED | SVC
        .irp    mode, FIQ, IRQ, ABT, UND, SYS, SVC
        cps     #\mode
        expect_mode \mode
        .endr
        pop     {pc}
