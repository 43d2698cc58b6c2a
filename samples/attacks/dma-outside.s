@ Tries: to have a device reach what the guest may not: fw_cfg's DMA to and from where nothing is, to flash, over the end of RAM, beyond 4 GiB, with
@   descriptors that lie there, and with lengths up to 4 GiB.
@ Hardware: the board's bus answers for memory alone; the device says that the transfer failed, and nothing else has changed.
@ Not on QEMU: its DMA reaches devices and holes.

        .include "common/attack.s"

        .equ    FW_CFG_DMA, 0x09020010
        .equ    READ, 0x0000000a                @ select item 0, and read
        .equ    WRITE, 0x00000018

        @ A transfer; r0 becomes the descriptor's control word.
        .macro  transfer control, length, high, low
        load    r4, SCRATCH
        load    r0, \control
        bl      put
        load    r0, \length
        bl      put
        load    r0, \high
        bl      put
        load    r0, \low
        bl      put
        bl      start
        .endm

        begin
        load    r0, RAM + 0x00ffffe0            @ the last words of RAM
        mov     r1, #0x55
        mov     r2, #8
1:      str     r1, [r0], #4
        subs    r2, r2, #1
        bne     1b

        .irp    low, HOLE, 0x41000000, 0x50000000, 0xf0000000, 0x0e000000, 0x04000000
        transfer READ, 4, 0, \low
        expect  r0, 0x01000000                  @ the error bit, big-endian
        .endr
        .irp    high, 1, 0x10, 0x100, 0x10000, 0x80000000, 0xffffffff
        transfer READ, 4, \high, SCRATCH + 0x100
        expect  r0, 0x01000000
        .endr
        transfer READ, 0x40, 0, RAM + 0x00ffffe0
        expect  r0, 0x01000000
        transfer READ, 0xffffffff, 0, RAM + 0x00fffff0
        expect  r0, 0x01000000
        transfer WRITE, 4, 0, SCRATCH
        expect  r0, 0x01000000
        load    r0, RAM + 0x00ffffdc
        ldr     r1, [r0]
        expect  r1, 0

        @ Descriptors where nothing is, and one that is cut off by the end of RAM.
        .irp    at, HOLE, 0x41000000, 0xf0000000, RAM + 0x00fffff8, 0xfffffff8
        load    r5, FW_CFG_DMA
        mov     r0, #0
        str     r0, [r5]
        load    r0, \at
        rev     r0, r0
        str     r0, [r5, #4]
        .endr
        load    r5, FW_CFG_DMA
        mvn     r0, #0
        str     r0, [r5]
        str     r0, [r5, #4]

        transfer READ, 4, 0, SCRATCH + 0x100    @ and it still works
        expect  r0, 0
        load    r0, SCRATCH + 0x100
        ldr     r0, [r0]
        expect  r0, 0x554d4551                  @ "QEMU"
        end

put:    rev     r0, r0
        str     r0, [r4], #4
        bx      lr
start:  load    r5, FW_CFG_DMA
        mov     r0, #0
        str     r0, [r5]
        load    r4, SCRATCH
        rev     r0, r4
        str     r0, [r5, #4]
        ldr     r0, [r4]
        bx      lr
