@ Tries: to carry traps away: copies code that has been executed, compares the copy, runs it elsewhere, and copies that again.
@ Hardware: a copy is equal to what was copied, and does the same.

        .include "common/attack.s"

        .macro  tried from, to, thumb
        load    r8, \from
        load    r9, SCRATCH
        mov     r10, #20
1:      orr     r0, r8, #\thumb                 @ run it where it is
        blx     r0
        expect  r1, MASKED | SVC
        mov     r4, #0                          @ copy it
2:      ldrh    r0, [r8, r4]
        strh    r0, [r9, r4]
        add     r4, r4, #2
        cmp     r4, #(\to - \from)
        blo     2b
        bl      compare
        mov     r8, r9                          @ and go on with the copy
        add     r9, r9, #0x1040
        subs    r10, r10, #1
        bne     1b
        load    r9, \from                       @ the twentieth copy and the first code
        mov     r4, #(\to - \from)
        bl      compare
        .endm

        begin
        tried   arm_code, arm_end, 0
        tried   thumb_code, thumb_end, 1
        end

        @ r4 bytes at r8 and r9 are the same.
compare:
        push    {r4, lr}
1:      sub     r4, r4, #2
        ldrh    r2, [r8, r4]
        ldrh    r3, [r9, r4]
        expect_same r2, r3
        cmp     r4, #0
        bne     1b
        pop     {r4, pc}

        .balign 4
arm_code:
        mrs     r1, cpsr
        bic     r1, r1, #0xff000000
        cps     #SYS
        mrs     r2, cpsr
        cps     #SVC
        mrc     p15, 0, r3, c1, c0, 0
        eor     r2, r2, r1
        and     r2, r2, #0x1f
        teq     r2, #(SYS ^ SVC)
        movne   r1, #0
        bx      lr
arm_end:
        .thumb
        .balign 4
thumb_code:
        nop
        mrs     r1, cpsr
        bic     r1, r1, #0xff000000
        cps     #SYS
        mrs     r2, cpsr
        cps     #SVC
        eor     r2, r2, r1
        cmp     r2, #0
        ite     eq
        moveq   r1, #0
        mrsne   r3, cpsr
        bx      lr
thumb_end:
        .arm
