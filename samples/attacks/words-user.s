@ Tries: from user mode to read and to execute the very page that the kernel executes: what is planted there for the one must not show to the other.
@ Hardware: both see the same bytes, and each executes them at its own privilege.

        .include "common/attack.s"

        begin
        mov     r10, #20
again:  bl      shared
        expect  r0, PSR_I | PSR_F | SVC
        expect  r1, 0x4d
        call_user user
        expect  r0, USR
        expect  r1, 0x4d
        expect  r2, MRS_R0_CPSR
        subs    r10, r10, #1
        bne     again
        end

user:   bl      shared
        load    r2, shared
        ldr     r2, [r2]
        svc     #0

        .balign 4
shared: mrs     r0, cpsr
        and     r0, r0, #0xff
        mov     r1, #0x4d
        cps     #SVC
        bx      lr
