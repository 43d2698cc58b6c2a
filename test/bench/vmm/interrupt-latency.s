@ From the moment at which the timer is due to the handler's first instruction, in counts of the timer: the guest's exit code is the most of all turns.
@ One count is one instruction where an instruction takes 16 ns. A turn spins until its interrupt has come.
        .macro  enable_interrupts line
        ldr     r6, =GICD
        ldr     r7, =GICC
        mov     r0, #(1 << \line)
        str     r0, [r6, #0x100]               @ GICD_ISENABLER
        mov     r0, #1
        str     r0, [r6]
        mov     r0, #0xf0
        str     r0, [r7, #4]                   @ GICC_PMR
        mov     r0, #1
        str     r0, [r7]
        .endm
        .text   1
on_interrupt:
        mrrc    p15, 1, r1, r2, c14            @ CNTVCT
        sub     lr, lr, #4
        subs    r1, r1, r4                     @ after CNTV_CVAL
        cmp     r1, r8
        movhi   r8, r1
        ldr     r0, [r7, #0xc]
        mov     r1, #2                         @ the timer off, its interrupt masked
        mcr     p15, 0, r1, c14, c3, 1
        str     r0, [r7, #0x10]
        mov     r3, #1
        movs    pc, lr
        .macro setup
        enable_interrupts 27
        cpsie   i
        .endm
        .macro empty
        mrrc    p15, 1, r4, r5, c14
        mov     r3, #40
2:      subs    r3, r3, #1
        bne     2b
        .endm
        .macro ready
        .endm
        .macro body
        mov     r3, #0
        mrrc    p15, 1, r4, r5, c14
        adds    r4, r4, #100
        adc     r5, r5, #0
        mcrr    p15, 3, r4, r5, c14            @ CNTV_CVAL
        mov     r0, #1
        mcr     p15, 0, r0, c14, c3, 1         @ CNTV_CTL
2:      cmp     r3, #0
        beq     2b
        .endm
