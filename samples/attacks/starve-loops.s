@ Tries: to keep interrupts out by loops that never come to rest: a branch to itself, blocks that lead to each other, an indirect branch to itself, in
@   both states, of sensitive instructions, and the same in user mode.
@ Hardware: an interrupt that is not masked is taken at the next instruction, whatever that is.

        .include "common/attack.s"
        .include "common/timer.s"

        .macro  tried loop, thumb=0
        load    r5, \loop + \thumb
        mov     r6, #0
        load    r7, .Lout\@
        load    r4, 200
        timer_in r4
        cpsie   i
        bx      r5
.Lout\@:
        cpsid   aif, #SVC
        expect  r6, 1
        .endm

        begin
        mov     r10, #3
again:  tried   to_itself
        tried   three
        tried   linked
        tried   indirect
        tried   of_mrs
        tried   of_calls
        tried   conditional
        tried   thumb_itself, 1
        tried   thumb_indirect, 1
        tried   thumb_mrs, 1
        tried   thumb_it, 1
        .irp    loop, to_itself, linked, indirect
        mov     r6, #0
        load    r7, 1f
        load    r4, 200
        timer_in r4
        load    r5, \loop
        load    r12, USR
        msr     spsr_cxsf, r12
        mov     lr, r5
        movs    pc, lr
1:      cpsid   aif, #SVC
        expect  r6, 1
        .endr
        subs    r10, r10, #1
        bne     again
        end

to_itself:
        b       to_itself
three:  add     r1, r1, #1
        eor     r2, r2, r1
        b       three
linked: b       2f
1:      b       linked
2:      b       1b
indirect:
        bx      r5
of_mrs: mrs     r0, cpsr
        mrs     r0, spsr
        b       of_mrs
of_calls:
        bl      1f
        b       of_calls
1:      bx      lr
conditional:
        cmp     r0, r0
        bxne    r5
        beq     conditional
        .thumb
        .balign 4
thumb_itself:
        b       thumb_itself
        .balign 4
thumb_indirect:
        bx      r5
        .balign 4
thumb_mrs:
        mrs     r0, cpsr
        b       thumb_mrs
        .balign 4
thumb_it:
        cmp     r0, r0
        itt     eq
        mrseq   r1, cpsr
        beq     thumb_it
        .arm

        @ To r7 in ARM state, in the mode that was interrupted or in SVC mode.
        .global handle_irq
handle_irq:
        timer_off
        add     r6, r6, #1
        mov     r12, #(PSR_I | SVC)
        msr     spsr_cxsf, r12
        movs    pc, r7
