@ Tries: on a core without 32-bit Thumb: to see its real mode by MRS in every mode, through SPSR, after CPS, and to enter BL in Thumb state at its second
@   half, which is an instruction there.
@ Hardware: MRS shows the mode entered; the second half of BL jumps to LR and more, as it does alone.
@ Board: raspi1

        .include "common/attack.s"

        begin
        .irp    mode, FIQ, IRQ, ABT, UND, SYS, SVC
        cps     #\mode
        expect_mode \mode
        msr     cpsr_c, #(PSR_I | PSR_F | \mode)
        expect_mode \mode
        .endr
        .irp    mode, IRQ, ABT, UND, SVC
        cps     #\mode
        load    r0, 0x60000000 | PSR_F | \mode
        msr     spsr_fsxc, r0
        mrs     r1, spsr
        expect_same r0, r1
        .endr
        cps     #SVC
        load    r4, thumb + 1
        blx     r4
        expect  r0, 3

        @ The second half alone: LR + 2 * imm11, and LR behind it.
        load    r5, half + 1
        load    r4, target_less
        movs    r0, #0
        mov     r6, lr
        mov     lr, r4
        bx      r5
        .ltorg
back:   expect  r0, 7
        expect  r1, half + 2 + 1
        call_user user
        expect  r0, USR
        end
        .ltorg

user:   mrs     r0, cpsr
        msr     cpsr_c, #(MASKED & 0xff | SVC)
        cps     #SVC
        mrs     r0, cpsr
        and     r0, r0, #0x1f
        svc     #0

        .thumb
        .balign 4
thumb:  push    {lr}
        movs    r0, #0
        bl      1f
        adds    r0, #1
        pop     {pc}
1:      adds    r0, #2
        mov     r1, lr
        bx      r1
        .balign 4
half:   .hword  0xf804                          @ BL, second half: to LR + 8
        nop
        .balign 4
target_less:
        .space  8
        movs    r0, #7
        mov     r1, lr
        ldr     r2, =back
        bx      r2
        .ltorg
        .arm
