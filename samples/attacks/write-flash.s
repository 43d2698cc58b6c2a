@ Tries: to run code from flash while it changes: programs sensitive and innocuous code word by word, erases it, and programs it anew.
@ Hardware: in read-array mode a flash is memory; erased it reads as ones, and programming clears bits.
@ Not on QEMU: it keeps executing what it translated before the flash was programmed.

        .include "common/attack.s"

        .equ    FLASH, 0x04000000               @ the second one: two 16-bit parts beside each other
        .macro  command word
        load    r1, \word
        str     r1, [r5]
        .endm

        begin
        load    r5, FLASH
        mov     r10, #6
again:  command 0x00200020                      @ erase the block
        command 0x00d000d0
        command 0x00ff00ff                      @ read array
        ldr     r0, [r5]
        expect  r0, 0xffffffff
        load    r8, MOV_R0_1
        tst     r10, #1
        load    r1, MRS_R0_CPSR
        movne   r8, r1
        bl      program
        add     r5, r5, #4
        load    r8, BX_LR
        bl      program
        sub     r5, r5, #4
        mov     r0, #0
        blx     r5
        tst     r10, #1
        bicne   r0, r0, #0xff000000
        load    r1, MASKED | SVC
        moveq   r1, #1
        expect_same r0, r1
        blx     r5
        @ MRSEQ is fewer ones than MRS: the same place is programmed a second time.
        tst     r10, #1
        beq     1f
        load    r8, 0x010f0000
        bl      program
        mov     r0, #3
        cmp     r0, #2
        blx     r5
        expect  r0, 3
        cmp     r0, r0
        blx     r5
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
1:      subs    r10, r10, #1
        bne     again
        end

        @ The word r8 to r5.
program:
        command 0x00400040
        str     r8, [r5]
        command 0x00ff00ff
        bx      lr
