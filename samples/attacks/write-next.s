@ Tries: to slip a sensitive instruction past the analysis by writing it right before it runs, in the same run of instructions: by every kind of
@   store, in both states.
@ Hardware: needs cache maintenance and an ISB in between, and then executes what was written. The board has no caches: the next fetch sees a store.

        .include "common/attack.s"

        @ The store finds MRS r0 in r6 and the address in r5; the instruction behind it was MOV r0, #1.
        .macro  tried store:vararg
        load    r5, .Lnext\@
        load    r6, MRS_R0_CPSR
        load    r7, MOV_R0_1
        mov     r4, #2
.Lturn\@:
        mov     r0, #0
        .align  3
        \store
.Lnext\@:
        mov     r0, #1
        nop
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        str     r7, [r5]                        @ and once more
        subs    r4, r4, #1
        bne     .Lturn\@
        .endm

        begin
        mov     r0, #(0xf << 20)
        mcr     p15, 0, r0, c1, c0, 2           @ CPACR: Advanced SIMD
        isb
        mov     r0, #(1 << 30)
        vmsr    fpexc, r0
        load    r2, MRS_R0_CPSR
        load    r3, 0xe1a00000                  @ nop
        vdup.32 d0, r2
        vmov    d1, r2, r3
        vmov    s0, r2

        tried   str r6, [r5]
        tried   str r6, [r5], #0
        tried   stm r5, {r6}
        tried   strt r6, [r5]
        tried   strd r2, [r5]
        tried   stmia r5, {r2, r3}
        tried   vstr s0, [r5]
        tried   vst1.32 {d0[0]}, [r5]
        tried   vst1.32 {d1}, [r5]
        tried   vstmia r5, {d1}

        @ By its bytes and halves: the last store completes it.
        load    r5, 1f
        load    r6, MRS_R0_CPSR
        mov     r0, #0
        strb    r6, [r5]
        lsr     r6, r6, #8
        strb    r6, [r5, #1]
        lsr     r6, r6, #8
        strh    r6, [r5, #2]
1:      mov     r0, #1
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC

        @ By a push, and by an exclusive store.
        mov     r11, sp
        load    r6, MRS_R0_CPSR
        load    sp, 1f + 4
        push    {r6}
1:      mov     r0, #1
        mov     sp, r11
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        load    r5, 1f
        ldrex   r0, [r5]
        strex   r0, r6, [r5]
1:      mov     r0, #1
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC

        load    r4, thumb + 1
        blx     r4
        end

        .macro  tried_thumb halfword, store:vararg
        load    r5, .Lnext\@
        load    r6, T32_MRS_R0_CPSR
        movs    r0, #0
        .align  2
        .if     \halfword
        nop
        .endif
        \store
        .align  2, 0
.Lnext\@:
        mov.w   r0, #1
        nop
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        .endm

        .thumb
        .balign 4
thumb:  push    {lr}
        tried_thumb 1, str r6, [r5]
        tried_thumb 0, str.w r6, [r5]
        pop     {pc}
        .arm
