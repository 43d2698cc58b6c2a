@ hello: the smallest guest. No MMU, no interrupts, one device.
@ The board starts us in Supervisor (SVC) mode, in ARM state, with the device tree's address in r2.

        .syntax unified
        .arch   armv7ve                 @ v7-A with the virtualization extensions, for HVC
        .equ    UART, 0x09000000        @ the PL011. First comes its data register: bytes stored are sent
        .equ    UARTCR, 0x30            @ its control register

        .section .text.start, "ax"
        .global _start
_start: ldr     r4, =UART
        ldr     r0, =0x301              @ UARTEN, TXE, RXE: switch it on
        str     r0, [r4, #UARTCR]
        adr     r5, message
next:   ldrb    r0, [r5], #1            @ the next character, and move on
        cmp     r0, #0
        strbne  r0, [r4]                @ conditional: a zero ends the string and is not sent
        bne     next

        mrs     r6, cpsr                @ sensitive, so a callback site; even so, r6 says SVC mode
        ldr     r0, =0x84000008         @ PSCI SYSTEM_OFF
        hvc     #0                      @ call the firmware; it does not return
        .ltorg                          @ the constants of `ldr rX, =...` go here
message:
        .asciz  "Hello from a guest on ARM.\r\n"
