@ A read of a device's register: the UART's flags.
        .macro setup
        ldr     r0, =UARTDR
        ldr     r2, =PAGES
        .endm
        .macro empty
        ldr     r1, [r2, #0x18]
        .endm
        .macro ready
        .endm
        .macro body
        ldr     r1, [r0, #0x18]
        .endm
