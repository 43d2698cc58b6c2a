@ Tries: to lose an interrupt that comes while it is masked: loops with IRQ masked, masks set and cleared by CPS, MSR and exception returns, with a single
@   instruction in between.
@ Hardware: it stays pending, and is taken at the first instruction behind the one that clears the mask.
@ Not on QEMU: its clock is the host's.

        .include "common/attack.s"
        .include "common/timer.s"

        @ A pending interrupt, then something that unmasks; r5 counts instructions behind it until the handler has run.
        .macro  tried unmask:vararg
        load    r7, .Lend\@
        mov     r6, #0
        mov     r5, #0
        load    r4, 50
        timer_in r4
        load    r4, 200
1:      subs    r4, r4, #1
        bne     1b
        expect  r6, 0
        \unmask
.Lbehind\@:
        add     r5, r5, #1
        add     r5, r5, #1
        add     r5, r5, #1
.Lend\@:
        cpsid   aif, #SVC
        expect  r6, 1
        expect  r5, 0
        .endm
        .macro  by_return
        mov     r0, #(PSR_F | SVC)
        msr     spsr_cxsf, r0
        load    lr, 2f
        movs    pc, lr
2:
        .endm
        .macro  by_rfe
        mov     r0, #(PSR_F | SVC)
        push    {r0}
        load    r0, 2f
        push    {r0}
        rfe     sp!
2:
        .endm

        begin
        mov     r10, #3
again:  tried   cpsie i
        tried   msr cpsr_c, #SVC
        tried   msr cpsr_c, #(PSR_F | SYS)
        tried   by_return
        tried   by_rfe
        tried   cpsie aif, #SYS

        @ Short openings in a masked loop: one is enough.
        mov     r6, #0
        mov     r5, #0
        load    r7, 3f
        load    r4, 300
        timer_in r4
2:      cpsie   i
        cpsid   i
        add     r5, r5, #1
        b       2b
3:      cpsid   aif, #SVC
        expect  r6, 1
        cmp     r5, #10
        bhi     4f
        bl      escaped
4:      subs    r10, r10, #1
        bne     again
        end

        .global handle_irq
handle_irq:
        timer_off
        add     r6, r6, #1
        movs    pc, r7
