@ Tries: to have the DMA controller write to code that was analysed, while it runs: sensitive instructions from memory over innocuous ones, into a loop
@   that waits for them, and to fetch planted words by copying code that was executed.
@ Hardware: memory that a device writes is memory; after maintenance the code is what it wrote.
@ Board: raspi1

        .include "common/attack.s"
        .include "common/dma.s"

        begin
        dma_on
        mov     r10, #5
again:  load    r5, code
        load    r0, MOV_R0_1
        str     r0, [r5]
        bl      code
        expect  r0, 1
        load    r1, sensitive                   @ MRS over MOV
        load    r2, code
        mov     r3, #4
        bl      copy
        expect  r0, 0
        bl      code
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC

        load    r1, code                        @ what stands in memory is what was written
        load    r2, SCRATCH + 0x100
        mov     r3, #8
        bl      copy
        load    r2, SCRATCH + 0x100
        ldr     r0, [r2]
        expect  r0, MRS_R0_CPSR

        @ A loop without end, but for the DMA, which writes an MRS and a return over it.
        load    r5, loop
        load    r0, 0xeafffffe                  @ b .
        str     r0, [r5]
        load    r1, sensitive
        load    r2, loop
        mov     r3, #8
        bl      start_copy
        mov     r0, #0
        bl      loop
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        subs    r10, r10, #1
        bne     again
        end
        .ltorg

        .balign 32
code:   nop
        bx      lr
        .balign 32
loop:   nop
        bx      lr
        .balign 32
sensitive:
        mrs     r0, cpsr
        bx      lr
        copying
