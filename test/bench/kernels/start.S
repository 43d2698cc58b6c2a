/* Entry of a kernel's image: a flat map of 1 MiB sections with the MMU and caches on, a stack, then main. Writes what main returns, and by how
 * much the cycle counter advanced meanwhile: of an emulator in which an instruction takes a cycle, that is their number. Leaves by semihosting. */
        .syntax unified
        .arm
        .section .text.start, "ax"
        .global _start
_start:
        ldr     sp, =stack_top
        /* Section descriptors: AP = 11, domain 0, TEX C B = 001 1 1 for RAM; the lower half of the map is strongly ordered. */
        ldr     r0, =page_table
        mov     r1, #0
        ldr     r2, =0x00000c02
        ldr     r3, =0x00001c0e
1:      lsl     r4, r1, #20
        cmp     r1, #0x400
        orrlo   r4, r4, r2
        orrhs   r4, r4, r3
        str     r4, [r0, r1, lsl #2]
        add     r1, r1, #1
        cmp     r1, #0x1000
        bne     1b
        mcr     p15, 0, r0, c2, c0, 0   /* TTBR0 */
        mov     r1, #0
        mcr     p15, 0, r1, c2, c0, 2   /* TTBCR: short descriptors, TTBR0 only */
        mov     r1, #1
        mcr     p15, 0, r1, c3, c0, 0   /* DACR: client of domain 0 */
        mov     r1, #0
        mcr     p15, 0, r1, c8, c7, 0   /* TLBIALL */
        mcr     p15, 0, r1, c7, c5, 0   /* ICIALLU */
        dsb
        isb
        mrc     p15, 0, r1, c1, c0, 0   /* SCTLR: M, C, Z, I */
        ldr     r2, =0x1805
        orr     r1, r1, r2
        mcr     p15, 0, r1, c1, c0, 0
        isb
#ifdef __ARM_FP
        mrc     p15, 0, r1, c1, c0, 2   /* CPACR: cp10 and cp11 */
        orr     r1, r1, #0xf00000
        mcr     p15, 0, r1, c1, c0, 2
        isb
        mov     r1, #0x40000000         /* FPEXC: EN */
        vmsr    fpexc, r1
#endif
        mov     r1, #5                  /* PMCR: E, C */
        mcr     p15, 0, r1, c9, c12, 0
        mov     r1, #0x80000000         /* PMCNTENSET: the cycle counter */
        mcr     p15, 0, r1, c9, c12, 1
        ldr     r1, =main
        mrc     p15, 0, r4, c9, c13, 0  /* PMCCNTR */
        blx     r1
        mrc     p15, 0, r1, c9, c13, 0
        sub     r4, r1, r4
        /* Both in hexadecimal, by SYS_WRITE0; then SYS_EXIT. */
        ldr     r1, =text
        bl      hexadecimal
        add     r1, r1, #1
        mov     r0, r4
        bl      hexadecimal
        mov     r0, #4
        ldr     r1, =text
        svc     0x123456
        mov     r0, #0x18
        ldr     r1, =0x20026
        svc     0x123456
        b       .
/* Writes r0 to r1, which then points behind it. */
hexadecimal:
        mov     r2, #8
2:      ror     r0, r0, #28
        and     r3, r0, #15
        cmp     r3, #10
        addlo   r3, r3, #'0'
        addhs   r3, r3, #'a' - 10
        strb    r3, [r1], #1
        subs    r2, r2, #1
        bne     2b
        bx      lr
        .ltorg
        .data
text:   .asciz  "........ ........\n"
        .bss
        .balign 16384
page_table:
        .space  16384
        .space  65536
stack_top:
