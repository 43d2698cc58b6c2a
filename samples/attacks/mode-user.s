@ Tries: as a user program to see its real status, and to change what PL0 may not: MRS, MSR of every field, CPS, SPSR.
@ Hardware: CPSR shows user mode and the masks that the kernel chose; writes reach the flags, GE and nothing else.

        .include "common/attack.s"

        begin
        .irp    masks, 0, PSR_I, PSR_F | PSR_A, MASKED
        call_user user, USR | \masks
        and     r0, r0, #0x1f0
        bic     r0, r0, #PSR_T
        expect  r0, USR | \masks
        expect_same r0, r1
        expect_same r0, r2
        expect  r3, 0xf8000000
        call_user thumb, USR | PSR_T | \masks
        expect  r0, USR | \masks
        expect_same r0, r1
        .endr
        end

user:   mrs     r0, cpsr
        msr     cpsr_c, #(PSR_I | PSR_F | SVC)
        mrs     r1, cpsr
        cps     #SVC
        cpsie   aif
        cpsid   aif, #SYS
        msr     cpsr_fsxc, #0
        mvn     r3, #0
        msr     cpsr_fsxc, r3
        mrs     r2, cpsr
        and     r3, r2, #0xf8000000
        load    r4, 0x3f0
        load    r5, 0x1df
        and     r1, r1, r5
        and     r2, r2, r5
        svc     #0

        .thumb
        .thumb_func
thumb:  cpsie   aif
        mrs     r0, cpsr
        movw    r2, #0x1df
        ands    r0, r2
        cpsid   aif
        movs    r1, #SVC
        msr     cpsr_c, r1
        mrs     r1, cpsr
        ands    r1, r2
        svc     #0
