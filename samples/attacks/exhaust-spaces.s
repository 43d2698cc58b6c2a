@ Tries: to use up shadow tables: 256 address spaces by ASID and by table, each of which touches a page in every MiB of 4 GiB that it maps to RAM, as data
@   and as code, kernel and user.
@ Hardware: the TLB forgets the oldest.
@ Limit: 60,000,000

        .include "common/attack.s"

        .equ    SPACES, 24
        .equ    SPREAD, FIELD                   @ 24 first-level tables

        begin
        @ Every MiB leads to RAM by a second-level table of pages (one for all): page n to SCRATCH + 4 KiB * (n modulo 16).
        load    r0, SCRATCH                     @ what runs there
        load    r1, BX_LR
        mov     r2, #16
1:      str     r1, [r0]
        str     r2, [r0, #4]
        add     r0, r0, #0x1000
        subs    r2, r2, #1
        bne     1b
        load    r0, TABLES + 0x8000             @ the second-level table
        mov     r2, #0
2:      and     r1, r2, #15
        lsl     r1, r1, #12
        load    r3, SCRATCH | 0x83e             @ not global
        orr     r1, r1, r3
        str     r1, [r0, r2, lsl #2]
        add     r2, r2, #1
        cmp     r2, #256
        bne     2b
        bl      mmu_on
        @ The tables: as the one that is on, and holes filled.
        load    r4, SPREAD
        mov     r10, #SPACES
3:      mov     r2, #0
        load    r5, TABLES
4:      ldr     r1, [r5, r2, lsl #2]
        cmp     r1, #0
        load    r0, (TABLES + 0x8000) | 1
        moveq   r1, r0
        str     r1, [r4, r2, lsl #2]
        add     r2, r2, #1
        cmp     r2, #4096
        bne     4b
        add     r4, r4, #0x4000
        subs    r10, r10, #1
        bne     3b

        mov     r11, #2                         @ twice around
5:      load    r4, SPREAD
        mov     r10, #SPACES
6:      mcr     p15, 0, r4, c2, c0, 0           @ TTBR0
        isb
        mcr     p15, 0, r10, c13, c0, 1         @ CONTEXTIDR: the ASID
        isb
        mcr     p15, 0, r4, c7, c5, 6
        dsb
        isb
        bl      touch
        call_user user
        add     r4, r4, #0x4000
        subs    r10, r10, #1
        bne     6b
        subs    r11, r11, #1
        bne     5b
        mov     r0, #0
        mcr     p15, 0, r0, c13, c0, 1
        end

user:   bl      touch
        svc     #0

        @ A load from each MiB that is not RAM or a device, and a call to every sixteenth.
touch:  push    {lr}
        load    r5, 0x50000000
        mov     r8, #0
1:      lsr     r0, r5, #20
        and     r0, r0, #15
        orr     r1, r5, r0, lsl #12
        ldr     r2, [r1, #4]
        rsb     r0, r0, #16
        cmp     r0, r2
        addne   r8, r8, #1
        tst     r5, #0x00f00000
        bleq    call
        adds    r5, r5, #0x00100000
        bne     1b
        expect  r8, 0
        pop     {pc}
call:   bx      r1
