@ Tries: translation tables in places where no guest memory is: second-level tables in holes, in devices, above RAM; and a
@   table that maps itself.
@ Hardware: a walk that finds no memory ends in an external abort, with the level in the fault status.
@ Not on QEMU: it reports some of these walks otherwise.

        .include "common/attack.s"

        .equ    WINDOW, 0x60000000

        begin
        bl      mmu_on
        @ Second-level tables: each place is named by a first-level entry.
        .irp    place, HOLE, 0x41000000, 0x50000000, 0xf0000000, 0x0a100000
        load    r0, WINDOW
        load    r1, \place + 1
        bl      map_section
        resume_at 1f
        load    r4, WINDOW + 0x124
        ldrb    r0, [r4]
1:      expect  r6, GOT_DABT
        mrc     p15, 0, r0, c5, c0, 0           @ DFSR: external abort on a walk, second level
        and     r0, r0, #0x400
        mrc     p15, 0, r1, c5, c0, 0
        and     r1, r1, #0xf
        orr     r0, r0, r1
        expect  r0, 0x00e
        mrc     p15, 0, r0, c6, c0, 0
        expect_same r0, r4
        resume_at 1f
        bx      r4
1:      expect  r6, GOT_PABT
        .endr

        @ A page that shows the second-level table which maps it: the guest changes its own mapping through it.
        load    r0, WINDOW
        load    r1, (TABLES + 0x4000 + 0x400 * ((WINDOW >> 20) & 63)) & ~0xfff | 0x3e
        bl      map_page
        load    r0, WINDOW + 0x1000
        load    r1, SCRATCH | 0x3e
        bl      map_page
        load    r4, SCRATCH
        load    r0, 0x11111111
        str     r0, [r4]
        add     r4, r4, #0x1000
        load    r0, 0x22222222
        str     r0, [r4]
        load    r5, WINDOW + 0x1000
        load    r8, WINDOW + ((TABLES + 0x4000 + 0x400 * ((WINDOW >> 20) & 63)) & 0xfff) + 4
        mov     r10, #10
2:      ldr     r0, [r5]
        expect  r0, 0x11111111
        load    r1, (SCRATCH + 0x1000) | 0x3e
        str     r1, [r8]
        dsb
        mcr     p15, 0, r5, c8, c7, 1           @ TLBIMVA
        dsb
        isb
        ldr     r0, [r5]
        expect  r0, 0x22222222
        load    r1, 0xf0000000 | 0x3e           @ where nothing is
        str     r1, [r8]
        dsb
        mcr     p15, 0, r5, c8, c7, 1
        dsb
        isb
        resume_at 3f
        ldr     r0, [r5]
3:      expect  r6, GOT_DABT
        load    r1, SCRATCH | 0x3e
        str     r1, [r8]
        dsb
        mcr     p15, 0, r5, c8, c7, 1
        dsb
        isb
        subs    r10, r10, #1
        bne     2b

        end

        resuming dabt, GOT_DABT
        resuming pabt, GOT_PABT
