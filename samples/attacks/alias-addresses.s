@ Tries: to be found out by its address: one physical page runs at three virtual ones, and what PC, LR and loads relative to PC show must be right at
@   each, sensitive instructions included.
@ Hardware: each address is its own.

        .include "common/attack.s"

        .equ    ONE, 0x60000000
        .equ    TWO, 0x60155000
        .equ    LARGE, 0x70000000

        begin
        bl      mmu_on
        load    r0, SCRATCH
        load    r1, code
        load    r2, code_end
1:      ldr     r3, [r1], #4
        str     r3, [r0], #4
        cmp     r1, r2
        bne     1b
        load    r0, ONE
        load    r1, SCRATCH | 0x3e
        bl      map_page
        load    r0, TWO
        load    r1, SCRATCH | 0x3e
        bl      map_page
        load    r0, LARGE
        load    r1, SCRATCH | 0xc0e
        bl      map_section
        mov     r10, #20
again:  .irp    at, ONE, TWO, LARGE, SCRATCH
        load    r5, \at
        mov     r7, lr
        blx     r5
1:      expect  r0, \at + 8                     @ PC
        expect  r1, MASKED | SVC
        expect  r2, \at + (behind - code)       @ LR of a call inside
        expect  r3, 0x600d600d
        .endr
        subs    r10, r10, #1
        bne     again
        end

        .balign 4
code:   mov     r0, pc
        mov     r6, lr
        bl      inner
behind: mrs     r1, cpsr
        bic     r1, r1, #0xff000000
        ldr     r3, literal
        bx      r6
inner:  mov     r2, lr
        mov     pc, lr
literal:
        .word   0x600d600d
code_end:
