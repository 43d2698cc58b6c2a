@ Tries: to ask who is above the kernel: HVC and SMC from user mode, from the kernel with numbers that nobody serves, from both states.
@ Hardware: Undefined in user mode; to the kernel the firmware answers HVC with "not supported", and SMC is Undefined without Security Extensions.

        .include "common/attack.s"

        begin
        .irp    number, 0, 1, 0x84000063, 0xc4000000, 0x560d4d4d, 0xffffffff
        load    r0, \number
        resume_at 1f
        hvc     #0
1:      expect  r6, 0
        expect  r0, 0xffffffff
        .endr
        load    r0, 0x84000000                  @ PSCI_VERSION is there
        hvc     #0
        cmp     r0, #0
        bgt     1f
        bl      escaped
1:      resume_at 1f
        load    r0, 0x84000000
        smc     #0
1:      expect  r6, GOT_UND
        call_user user
        expect  r5, 3
        call_user thumb, USR | PSR_T
        expect  r5, 2
        expect_mode SVC
        end

user:   mov     r5, #0
        resume_at 1f
        hvc     #0
1:      cmp     r6, #GOT_UND
        addeq   r5, r5, #1
        resume_at 1f
        smc     #0
1:      cmp     r6, #GOT_UND
        addeq   r5, r5, #1
        resume_at 1f
        hvc     #0x4d4d
1:      cmp     r6, #GOT_UND
        addeq   r5, r5, #1
        svc     #0

        .thumb
        .balign 4
thumb:  movs    r5, #0
        resume_at 1f
        hvc     #0
        nop
1:      cmp     r6, #GOT_UND
        it      eq
        addeq   r5, r5, #1
        resume_at 1f
        smc     #0
        nop
1:      cmp     r6, #GOT_UND
        it      eq
        addeq   r5, r5, #1
        svc     #0
        .arm
        resuming und, GOT_UND
