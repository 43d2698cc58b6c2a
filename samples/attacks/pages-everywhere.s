@ Tries: to reach what lies outside its memory: with the MMU off, a word in every MiB of physical addresses is read, written and read back, from the
@   kernel and from user mode; then each MiB is mapped, one after another, at one and the same address.
@ Hardware: where nothing answers, accesses abort; RAM holds what was stored.
@ Not on QEMU: it does not abort in every hole of its map.
@ Limit: 4,000,000

        .include "common/attack.s"

        .equ    OFFSET, 0x000ff8c4              @ where in each MiB: behind the registers of devices
        .equ    WINDOW, 0x60000000

        begin
        load    r5, OFFSET
        bl      sweep
        mov     r11, r9
        expect  r8, 16                          @ the MiB of RAM
        call_user user
        expect  r8, 16
        expect_same r9, r11

        @ The same through a section that goes through all of the physical addresses.
        bl      mmu_on
        mov     r8, #0
        mov     r9, #0
        mov     r4, #0
1:      load    r0, WINDOW
        load    r1, 0xc0e
        orr     r1, r1, r4
        bl      map_section
        load    r3, WINDOW + OFFSET
        bl      touch
        adds    r4, r4, #0x00100000
        bne     1b
        expect  r8, 16
        expect_same r9, r11
        expect_mode SVC
        end

user:   load    r5, OFFSET
        bl      sweep
        svc     #0

        @ r8: words that keep what is written; r9: words whose reading aborts.
sweep:  mov     r10, lr
        mov     r8, #0
        mov     r9, #0
        mov     r4, #0
1:      add     r3, r4, r5
        bl      touch
        adds    r4, r4, #0x00100000
        bne     1b
        bx      r10

        @ The word at r3. Changes r0 to r2.
touch:  resume_at 1f
        ldr     r0, [r3]
1:      cmp     r6, #GOT_DABT
        addeq   r9, r9, #1
        resume_at 2f
        mvn     r1, r0
        str     r1, [r3]
        ldr     r2, [r3]
        cmp     r1, r2
        addeq   r8, r8, #1
        str     r0, [r3]
2:      bx      lr

        resuming dabt, GOT_DABT
