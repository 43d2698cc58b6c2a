@ The virtual timer of `virt` and its interrupt.

        .equ    GICD, 0x08000000
        .equ    GICC, 0x08010000

        @ An interrupt in as many counts as the register says. Changes r11 and r12.
        .macro  timer_in reg
        load    r12, GICD
        mov     r11, #1
        str     r11, [r12]                      @ GICD_CTLR
        mov     r11, #(1 << 27)
        str     r11, [r12, #0x100]              @ GICD_ISENABLER0: the virtual timer
        load    r12, GICC
        mov     r11, #0xff
        str     r11, [r12, #4]                  @ GICC_PMR
        mov     r11, #1
        str     r11, [r12]                      @ GICC_CTLR
        mcr     p15, 0, \reg, c14, c3, 0        @ CNTV_TVAL
        mov     r11, #1
        mcr     p15, 0, r11, c14, c3, 1         @ CNTV_CTL: on
        isb
        .endm

        @ Acknowledges the interrupt and stops the timer. Changes r11 and r12.
        .macro  timer_off
        mov     r11, #0
        mcr     p15, 0, r11, c14, c3, 1
        isb
        load    r12, GICC
        ldr     r11, [r12, #0xc]                @ GICC_IAR
        str     r11, [r12, #0x10]               @ GICC_EOIR
        .endm
