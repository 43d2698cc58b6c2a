@ An interrupt that the guest sends to itself, from its request to the return from its handler: a write to the interrupt controller that asks for it, the
@ exception, acknowledge, end, return.
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
        sub     lr, lr, #4
        ldr     r0, [r7, #0xc]                 @ GICC_IAR
        str     r0, [r7, #0x10]                @ GICC_EOIR
        movs    pc, lr
        .macro setup
        enable_interrupts 1
        ldr     r4, =0x02000001                @ to this core: software interrupt 1
        cpsie   i
        .endm
        .macro empty
        .endm
        .macro ready
        .endm
        .macro body
        str     r4, [r6, #0xf00]               @ GICD_SGIR
        nop
        nop
        .endm
