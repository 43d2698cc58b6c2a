@ Tries: from user mode to write the kernel's code, in a page that both may write, between the kernel's calls to it: each time another instruction.
@ Hardware: a kernel that lets user code write its code executes that, at PL1.

        .include "common/attack.s"

        begin
        bl      mmu_on
        mov     r10, #16
again:  load    r5, code
        .irp    word, MRS_R0_CPSR, MOV_R0_1, 0xe10f0000 | (1 << 12), 0xe3a00002
        load    r4, \word
        call_user user
        mov     r0, #0
        mov     r1, #0
        bl      code
        .if     \word == MRS_R0_CPSR
        and     r0, r0, #0xff
        expect  r0, PSR_I | PSR_F | SVC
        .elseif \word == MOV_R0_1
        expect  r0, 1
        .elseif \word == 0xe3a00002
        expect  r0, 2
        .else
        and     r1, r1, #0xff
        expect  r1, PSR_I | PSR_F | SVC
        .endif
        .endr
        subs    r10, r10, #1
        bne     again
        end

user:   str     r4, [r5]
        bl      code                            @ at PL0, too: MRS shows user mode, whatever it said before
        svc     #0

        .balign 4
code:   nop
        bx      lr
