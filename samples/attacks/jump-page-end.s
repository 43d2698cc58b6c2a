@ Tries: to hide half an instruction: a 32-bit Thumb instruction lies across the end of a page, and what follows that page is exchanged, or rewritten,
@   so that one and the same first half becomes innocuous, sensitive and a jump.
@ Hardware: with the maintenance that it asks for, the second half is that of the page that is mapped now.

        .include "common/attack.s"

        .equ    WINDOW, 0x60000000              @ two pages
        .equ    FIRST,  SCRATCH
        .equ    PAGES,  SCRATCH + 0x10000       @ the ones that may follow it
        .equ    SMALL,  0x3e                    @ small page, everybody, normal memory

        begin
        bl      mmu_on
        load    r0, FIRST + 0xffc
        load    r1, 0xf3ef0000                  @ lsls r0, r0, #0; first half of MRS
        str     r1, [r0]
        @ Page 0: mrs r0, cpsr. Page 1: mrs r1, cpsr. Page 2: hint space: nothing. Each then returns.
        .irp    page, 0, 1, 2
        load    r0, PAGES + 0x1000 * \page
        .if     \page == 2
        load    r1, 0x8f00 | (T16_BX_LR << 16)
        .else
        load    r1, (0x8000 + 0x100 * \page) | (T16_BX_LR << 16)
        .endif
        str     r1, [r0]
        .endr
        load    r0, WINDOW
        load    r1, FIRST | SMALL
        bl      map_page

        resume_at illegal
        mov     r10, #12
again:  .irp    page, 0, 1
        load    r0, WINDOW + 0x1000
        load    r1, (PAGES + 0x1000 * \page) | SMALL
        bl      map_page
        mov     r0, #0
        mov     r1, #0
        load    r5, WINDOW + 0xffc + 1
        blx     r5
        .if     \page == 0
        expect  r1, 0
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        .else
        expect  r0, 0
        bic     r1, r1, #0xff000000
        expect  r1, MASKED | SVC
        .endif
        .endr

        @ The second half is rewritten where it lies: r3 instead of r1.
        load    r4, PAGES + 0x1000
        load    r5, 0x8300
        strh    r5, [r4]
        mov     r3, #0
        load    r5, WINDOW + 0xffc + 1
        blx     r5
        bic     r3, r3, #0xff000000
        expect  r3, MASKED | SVC
        load    r5, 0x8100
        strh    r5, [r4]

        @ The first half becomes another one: MOVW, whose second half is an immediate and a register (8100 is not one of its: use 0100).
        load    r6, FIRST + 0xffe
        load    r5, 0xf240
        strh    r5, [r6]
        load    r5, 0x0142
        strh    r5, [r4]
        load    r5, WINDOW + 0xffc + 1
        blx     r5
        expect  r1, 0x42
        load    r5, 0xf3ef
        strh    r5, [r6]
        load    r5, 0x8100
        strh    r5, [r4]

        @ And nothing follows: the fetch aborts in the second half, with its address.
        load    r0, WINDOW + 0x1000
        mov     r1, #0
        bl      map_page
        resume_at 1f
        load    r5, WINDOW + 0xffc + 1
        blx     r5
1:      expect  r6, GOT_PABT
        mrc     p15, 0, r0, c6, c0, 2           @ IFAR
        expect  r0, WINDOW + 0x1000
        expect  r8, WINDOW + 0xffe
        subs    r10, r10, #1
        bne     again
        end
illegal:
        bl      escaped

        .global handle_pabt
handle_pabt:
        mov     r6, #GOT_PABT
        sub     r8, lr, #4
        mrs     r12, spsr
        bic     r12, r12, #PSR_T
        msr     spsr_cxsf, r12
        movs    pc, r7
