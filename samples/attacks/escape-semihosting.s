@ Tries: to have the host do what the guest may not: semihosting calls with strings and blocks at addresses where there is no memory, beyond the end of
@   RAM, in devices, and where a VMM might keep its own.
@ Hardware: a debugger that serves the call reads through the guest's own addresses: a data abort, or an error.
@ Not on QEMU: it answers with an error where this board aborts.

        .include "common/attack.s"

        begin
        .irp    at, HOLE, 0x0a100000, 0x41000000, 0x50000000, 0x80000000, 0xfffffffc
        .irp    call, 4, 5, 9, 0x15, 0x16
        resume_at 1f
        mov     r0, #\call
        load    r1, \at
        svc     0x123456
        bl      escaped
1:      expect  r6, GOT_DABT
        .endr
        .endr
        @ A block in memory that points to where there is none.
        load    r4, SCRATCH
        mov     r0, #2                          @ the console
        load    r1, HOLE
        mov     r2, #4
        stm     r4, {r0, r1, r2}
        resume_at 1f
        mov     r0, #5                          @ SYS_WRITE
        mov     r1, r4
        svc     0x123456
        bl      escaped
1:      expect  r6, GOT_DABT
        @ Through tables of the guest's own: an address that is not mapped.
        bl      mmu_on
        resume_at 1f
        mov     r0, #4
        load    r1, 0x60000000
        svc     0x123456
        bl      escaped
1:      expect  r6, GOT_DABT
        mrc     p15, 0, r0, c6, c0, 0
        expect  r0, 0x60000000
        expect_mode SVC
        end

        resuming dabt, GOT_DABT
