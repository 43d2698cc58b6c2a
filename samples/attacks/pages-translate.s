@ Tries: to be told a real physical address: address translation operations for the kernel and for user mode, short descriptors, with the MMU off and on.
@ Hardware: PAR holds the physical address that the tables say, or the fault.

        .include "common/attack.s"

        .equ    WINDOW, 0x60000000

        .macro  translated operation
        mcr     p15, 0, r4, c7, c8, \operation  @ ATS1CPR, CPW, CUR, CUW
        isb
        mrc     p15, 0, r0, c7, c4, 0           @ PAR
        .endm

        begin
        load    r4, SCRATCH
        .irp    operation, 0, 1, 2, 3
        translated \operation
        lsr     r0, r0, #12
        expect  r0, SCRATCH >> 12
        .endr
        bl      mmu_on
        mov     r10, #4
again:  .irp    page, 0x40012000, SCRATCH + 0x5000, 0x08000000, 0x41000000, HOLE
        load    r0, WINDOW
        load    r1, (\page) | 0x1e              @ kernel alone
        bl      map_page
        load    r4, WINDOW
        ldr     r3, [r4, #0xfc]                 @ it is used, where that does not abort
        .irp    operation, 0, 1
        translated \operation
        tst     r0, #1
        bne     escape
        lsr     r0, r0, #12
        expect  r0, (\page) >> 12
        .endr
        .irp    operation, 2, 3
        translated \operation
        tst     r0, #1
        beq     escape
        and     r0, r0, #0x7e
        expect  r0, 0x0f << 1                   @ permission fault, second level
        .endr
        .endr
        load    r4, 0x70000000
        translated 0
        and     r0, r0, #0x7f
        expect  r0, (0x05 << 1) | 1             @ translation fault, first level
        subs    r10, r10, #1
        bne     again
        end
escape: bl      escaped
        .global handle_dabt
handle_dabt:
        subs    pc, lr, #4
