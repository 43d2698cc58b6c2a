@ The MMU for attacks that need it: short descriptors, everything where it is, for everybody.

        .include "common/attack.s"

        .text
        .arm

        @ Turns the MMU on over a table at TABLES: each MiB of RAM and of devices at its own address, read, write and execute for both privilege
        @ levels, all else not mapped. Domain 0 is a client. Changes r0 to r3.
        .global mmu_on
        .type   mmu_on, %function
mmu_on: load    r0, TABLES
        mov     r1, #0
        mov     r2, #0
1:      str     r2, [r0, r1, lsl #2]
        add     r1, r1, #1
        cmp     r1, #4096
        bne     1b
        .ifdef  RASPI1
        load    r2, 0x20000c16
        add     r3, r0, #(0x200 * 4)
        mov     r1, #16
        .else
        load    r2, 0x08000c16                  @ devices: 0x08000000 to 0x0a0fffff
        add     r3, r0, #(0x080 * 4)
        mov     r1, #33
        .endif
2:      str     r2, [r3], #4
        add     r2, r2, #0x100000
        subs    r1, r1, #1
        bne     2b
        load    r2, RAM + 0xc0e                 @ RAM: normal memory
        load    r3, TABLES + 4 * (RAM >> 20)
        mov     r1, #16
3:      str     r2, [r3], #4
        add     r2, r2, #0x100000
        subs    r1, r1, #1
        bne     3b
        mcr     p15, 0, r0, c2, c0, 0           @ TTBR0
        mov     r1, #0
        mcr     p15, 0, r1, c2, c0, 2           @ TTBCR
        mov     r1, #1
        mcr     p15, 0, r1, c3, c0, 0           @ DACR
        mcr     p15, 0, r1, c8, c7, 0           @ TLBIALL
        .ifndef RASPI1
        dsb
        .endif
        mrc     p15, 0, r1, c1, c0, 0
        orr     r1, r1, #1
        .ifdef  RASPI1
        orr     r1, r1, #(1 << 23)              @ SCTLR.XP: descriptors without subpages
        .endif
        mcr     p15, 0, r1, c1, c0, 0
        .ifdef  RASPI1
        mcr     p15, 0, r1, c7, c5, 4
        .else
        isb
        .endif
        bx      lr

        @ Maps the MiB of virtual address r0 by the section descriptor r1, with the maintenance that the architecture asks for. Changes r2.
        .global map_section
        .type   map_section, %function
map_section:
        load    r2, TABLES
        lsr     r12, r0, #20
        str     r1, [r2, r12, lsl #2]
        b       maintain

        @ Maps the page of virtual address r0 by the small page descriptor r1, in a second-level table of its MiB that lies 1 KiB * (MiB modulo 64)
        @ behind the first-level one. Changes r2, r3 and r12.
        .global map_page
        .type   map_page, %function
map_page:
        load    r2, TABLES
        lsr     r12, r0, #20
        and     r3, r12, #63
        add     r3, r2, r3, lsl #10
        add     r3, r3, #0x4000
        orr     r3, r3, #1
        str     r3, [r2, r12, lsl #2]
        bic     r3, r3, #1
        lsr     r12, r0, #12
        and     r12, r12, #255
        str     r1, [r3, r12, lsl #2]
maintain:
        mov     r12, #0
        mcr     p15, 0, r12, c7, c10, 4         @ DSB
        bic     r12, r0, #0xff0
        bic     r12, r12, #0x00f
        mcr     p15, 0, r12, c8, c7, 1          @ TLBIMVA
        mov     r12, #0
        mcr     p15, 0, r12, c7, c5, 0          @ ICIALLU
        mcr     p15, 0, r12, c7, c5, 6          @ BPIALL
        mcr     p15, 0, r12, c7, c10, 4         @ DSB
        mcr     p15, 0, r12, c7, c5, 4          @ ISB
        bx      lr
