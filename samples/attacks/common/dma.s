@ The BCM2835's DMA controller, channel 0.

        .equ    DMA, 0x20007000
        .equ    DMA_CS, 0x00
        .equ    DMA_CONBLK, 0x04
        .equ    DMA_ENABLE, 0xff0
        .equ    CONTROL_BLOCK, SCRATCH + 0x8000
        .equ    BUS, 0xc0000000                 @ where the controller sees RAM, past the caches

        .macro  dma_on
        load    r12, DMA
        mov     r11, #1
        str     r11, [r12, #DMA_ENABLE]
        .endm

        @ Functions `copy` and `start_copy`: r3 bytes from r1 to r2, which are physical addresses. `copy` returns the error bit in r0.
        .macro  copying
start_copy:
        orr     r1, r1, #BUS
        orr     r2, r2, #BUS
start_copy_bus:
        load    r12, CONTROL_BLOCK
        mov     r0, #0x110                      @ TI: SRC_INC, DEST_INC
        str     r0, [r12]
        str     r1, [r12, #4]
        str     r2, [r12, #8]
        str     r3, [r12, #12]
        mov     r0, #0
        str     r0, [r12, #16]
        str     r0, [r12, #20]
        mov     r0, r12
start_block:
        load    r12, DMA
        mov     r11, #0x80000000                @ reset the channel
        str     r11, [r12, #DMA_CS]
        orr     r0, r0, #BUS
        str     r0, [r12, #DMA_CONBLK]
        mov     r11, #1
        str     r11, [r12, #DMA_CS]
        bx      lr
copy:   push    {lr}
        bl      start_copy
        b       wait
copy_bus:
        push    {lr}
        bl      start_copy_bus
wait:   load    r12, DMA
        mov     r11, #0x4000
1:      ldr     r0, [r12, #DMA_CS]
        tst     r0, #0x100                      @ an error stops it, and leaves it active
        bne     2f
        subs    r11, r11, #1
        beq     2f
        tst     r0, #1
        bne     1b
2:      and     r0, r0, #0x100
        pop     {pc}
        .ltorg
        .endm
