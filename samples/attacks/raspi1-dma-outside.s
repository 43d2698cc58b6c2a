@ Tries: to have the DMA controller read and write where the guest has nothing: beyond its RAM, in the hole behind the peripherals, from control blocks
@   that lie there, and around the end of RAM.
@ Hardware: what is not memory reads as anything; here the channel stops with an error, and RAM keeps what it holds.
@ Not on QEMU: its bus has other holes.
@ Board: raspi1

        .include "common/attack.s"
        .include "common/dma.s"

        begin
        dma_on
        load    r4, SCRATCH + 0x100
        load    r5, 0x600d600d
        str     r5, [r4]
        .irp    at, 0x30000000, 0x3ffffff0, 0x28000000
        load    r1, BUS | (SCRATCH + 0x100)     @ writing there
        load    r2, BUS | \at
        mov     r3, #16
        bl      copy_bus
        load    r1, BUS | \at                   @ and reading, to where it would be seen
        load    r2, BUS | (SCRATCH + 0x100)
        mov     r3, #4
        bl      copy_bus
        load    r0, BUS | \at                   @ a control block there
        bl      start_block
        bl      pause
        .endr
        load    r4, SCRATCH + 0x100
        ldr     r0, [r4]
        mov     r7, r0                          @ whatever came: the same however this guest is run

        load    r1, SCRATCH + 0x100             @ and it still works
        load    r2, SCRATCH + 0x200
        mov     r3, #4
        bl      copy
        expect  r0, 0
        load    r4, SCRATCH + 0x200
        ldr     r0, [r4]
        expect_same r0, r7
        expect_mode SVC
        end
        .ltorg
pause:  push    {lr}
        b       wait
        copying
