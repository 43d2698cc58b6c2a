@ Tries: long descriptors that name physical addresses up to 2^40: the images of RAM at 2^32, 2^36 and 2^39, blocks and pages, and whatever a VMM may have
@   put above the guest's memory.
@ Hardware: nothing lies there on this board: accesses abort. What is mapped to RAM is RAM.

        .include "common/attack.s"

        .equ    LEVEL2, TABLES + 0x1000

        begin
        @ Level 1: GiB 0 to 3 by level 2 tables. Level 2: blocks of 2 MiB where they are.
        load    r0, TABLES
        load    r2, LEVEL2 + 3
        mov     r3, #0
        mov     r1, #4
1:      strd    r2, r3, [r0], #8
        add     r2, r2, #0x1000
        subs    r1, r1, #1
        bne     1b
        load    r0, LEVEL2
        load    r2, 0x741                       @ block, AF, everybody, attributes 0
        mov     r1, #0
2:      strd    r2, r3, [r0], #8
        add     r2, r2, #0x00200000
        add     r1, r1, #1
        cmp     r1, #2048
        bne     2b
        @ 0x80000000 on: the image of RAM at each power of two.
        load    r0, LEVEL2 + 8 * 0x400
        load    r2, RAM + 0x741
        mov     r3, #0
        strd    r2, r3, [r0], #8
        mov     r3, #1
        mov     r1, #8
3:      strd    r2, r3, [r0], #8
        lsl     r3, r3, #1
        subs    r1, r1, #1
        bne     3b
        load    r0, 0xff44
        mcr     p15, 0, r0, c10, c2, 0          @ MAIR0
        load    r0, TABLES
        mov     r1, #0
        mcrr    p15, 0, r0, r1, c2              @ TTBR0
        load    r0, 0x80000000
        mcr     p15, 0, r0, c2, c0, 2           @ TTBCR.EAE
        mcr     p15, 0, r0, c8, c7, 0
        dsb
        mrc     p15, 0, r0, c1, c0, 0
        orr     r0, r0, #1
        mcr     p15, 0, r0, c1, c0, 0
        isb

        load    r0, 0x0badcafe
        load    r1, RAM + 0x001ff000            @ a word in the first 2 MiB, through its own address and through the image
        str     r0, [r1]
        load    r1, 0x801ff000
        ldr     r2, [r1]
        expect_same r0, r2
        mov     r10, #8
        load    r4, 0x803ff000                  @ the images that are not there
4:      resume_at 5f
        ldr     r2, [r4]
5:      expect  r6, GOT_DABT
        mrc     p15, 0, r0, c6, c0, 0           @ DFAR
        expect_same r0, r4
        resume_at 6f
        str     r2, [r4]
6:      expect  r6, GOT_DABT
        resume_at 7f
        bx      r4
7:      expect  r6, GOT_PABT
        add     r4, r4, #0x00200000
        subs    r10, r10, #1
        bne     4b
        load    r1, RAM + 0x001ff000
        ldr     r0, [r1]
        expect  r0, 0x0badcafe
        end

        resuming dabt, GOT_DABT
        resuming pabt, GOT_PABT
