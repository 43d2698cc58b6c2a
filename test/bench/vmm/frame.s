@ The frame around what is measured. It is assembled behind an item's own text, which defines
@
@   setup   once, before anything is measured
@   empty   what a turn does beside the thing itself
@   body    a turn with it
@   ready   between the two loops, where something must be switched on for the second only
@
@ as macros, and N, the number of turns, and ROUNDS. With IN_USER its loops run in USR mode; with FINISHES it has a macro `finish` for behind the second.
@ Items may use r0 to r8 and lr. The host hears on the UART when
@ a loop begins and ends: ( empty ) [ body ], ROUNDS times; then the guest exits by semihosting, with r8 as its code.
@
@ Everything runs in Supervisor mode with the MMU on: RAM and devices lie where they are, RAM open to USR mode as well. A window of small pages at
@ WINDOW is closed to USR mode, and after it a MiB is empty.

        .equ    UARTDR,  0x09000000
        .equ    GICD,    0x08000000
        .equ    GICC,    0x08010000
        .equ    LEVEL1,  0x40c00000
        .equ    LEVEL2,  0x40c04000
        .equ    PAGES,   0x40d00000            @ what the window shows
        .equ    WINDOW,  0x60000000
        .equ    NOWHERE, 0x60100000
        .equ    SPACES,  0x40c08000            @ room for more tables

        .macro  mark character
        ldr     r12, =UARTDR
        mov     r9, #\character
        strb    r9, [r12]
        .endm

        @ N turns.
        .macro  turns what
        ldr     r11, =N
        .ifdef  IN_USER
        cps     #0x10
        .endif
1:      \what
        subs    r11, r11, #1
        bne     1b
        .ifdef  IN_USER
        udf     #0                             @ on_undefined goes on behind it, in SVC mode
        .endif
        .endm

        .text   0
start:
        cpsid   aif, #0x12
        ldr     sp, =stacks + 0x400
        cps     #0x17
        ldr     sp, =stacks + 0x800
        cps     #0x1b
        ldr     sp, =stacks + 0xc00
        cps     #0x1f
        ldr     sp, =stacks + 0x1000
        cps     #0x13
        ldr     sp, =stacks + 0x1400
        ldr     r0, =vectors
        mcr     p15, 0, r0, c12, c0, 0
        ldr     r0, =UARTDR
        ldr     r1, =0x301
        str     r1, [r0, #0x30]                @ UARTCR

        ldr     r0, =LEVEL1                    @ sections: 16 MiB of RAM, two of devices
        ldr     r1, =0x40000c0e
        add     r2, r0, #0x1000
        mov     r3, #16
1:      str     r1, [r2], #4
        add     r1, r1, #0x100000
        subs    r3, r3, #1
        bne     1b
        ldr     r1, =0x08000416
        str     r1, [r0, #0x200]
        ldr     r1, =0x09000416
        str     r1, [r0, #0x240]
        ldr     r1, =LEVEL2 + 1
        add     r2, r0, #0x1800
        str     r1, [r2]
        ldr     r2, =LEVEL2                    @ the window: 256 pages, AP 01
        ldr     r1, =PAGES + 0x1e
        mov     r3, #256
1:      str     r1, [r2], #4
        add     r1, r1, #0x1000
        subs    r3, r3, #1
        bne     1b
        mcr     p15, 0, r0, c2, c0, 0
        mov     r0, #0
        mcr     p15, 0, r0, c2, c0, 2
        mov     r0, #1
        mcr     p15, 0, r0, c3, c0, 0
        mcr     p15, 0, r0, c8, c7, 0
        dsb
        mrc     p15, 0, r0, c1, c0, 0
        orr     r0, r0, #1
        mcr     p15, 0, r0, c1, c0, 0
        isb

        mov     r8, #0
        setup
        mov     r10, #ROUNDS
round:  mark    '('
        turns   empty
        mark    ')'
        ready
        mark    '['
        turns   body
        mark    ']'
        .ifdef  FINISHES
        finish
        .endif
        subs    r10, r10, #1
        bne     round

        ldr     r1, =exit_block
        str     r8, [r1, #4]
        mov     r0, #0x20                      @ SYS_EXIT_EXTENDED
        svc     #0x123456
        b       .
        .ltorg

        .balign 32
vectors:
        b       .
        b       on_undefined
        b       on_call
        b       .
        b       on_abort
        b       .
        b       on_interrupt
        b       .

on_undefined:
        mov     r9, lr
        cps     #0x13
        bx      r9
        .ifndef on_call
on_call:
        movs    pc, lr
        .endif
        .ifndef on_abort
on_abort:                                      @ on behind the access
        subs    pc, lr, #4
        .endif
        .ifndef on_interrupt
on_interrupt:
        b       .
        .endif
        .balign 8
exit_block:
        .word   0x20026, 0
        @ in pages without code: a store to such a page is another matter
        .balign 4096
stacks: .space  0x1400
