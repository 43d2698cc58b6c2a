@ Tries: to have a device write to code that was analysed: fw_cfg's DMA turns an innocuous instruction into a sensitive one, the next one among them.
@ Hardware: memory that a device writes is memory; after maintenance the code is what it wrote.

        .include "common/attack.s"

        .equ    FW_CFG_DMA, 0x09020010          @ two words, big-endian; writing the lower starts
        .equ    CPU_COUNT, 5                    @ an item of two bytes: 01 00
        .equ    SELECT_READ, 0x0a               @ control: select the item, and read

        begin
        mov     r10, #20
again:  load    r0, 0xe30f0000                  @ MOVW r0, #0xf000; with 0x01 as its highest byte: MRSEQ r0, CPSR
        load    r5, code
        str     r0, [r5]
        mov     r0, #0
        bl      code
        expect  r0, 0xf000
        load    r1, code + 3
        bl      one_byte
        mov     r0, #2
        cmp     r0, r0
        bl      code
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        mov     r0, #2
        cmp     r0, #1
        bl      code
        expect  r0, 2

        @ The instruction behind the store that starts the transfer.
        load    r0, 0xe30f0000
        load    r5, 1f
        str     r0, [r5]
        load    r1, 1f + 3
        bl      prepare
        mov     r0, #2
        cmp     r0, r0
        str     r3, [r2, #4]
1:      nop
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        subs    r10, r10, #1
        bne     again
        end

        @ A descriptor that reads the byte 0x01 to the address r1; r2: the register, r3: what starts it.
prepare:
        load    r2, SCRATCH
        load    r3, (CPU_COUNT << 16) | SELECT_READ
        rev     r3, r3
        str     r3, [r2]
        mov     r3, #1
        rev     r3, r3
        str     r3, [r2, #4]
        mov     r3, #0
        str     r3, [r2, #8]
        rev     r3, r1
        str     r3, [r2, #12]
        rev     r3, r2
        load    r2, FW_CFG_DMA
        mov     r0, #0
        str     r0, [r2]
        bx      lr
one_byte:
        push    {lr}
        bl      prepare
        str     r3, [r2, #4]
        load    r2, SCRATCH
        ldr     r3, [r2]
        expect  r3, 0
        pop     {pc}

        .balign 4
code:   nop
        bx      lr
