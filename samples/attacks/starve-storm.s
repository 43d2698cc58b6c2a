@ Tries: to drown in interrupts: a timer that is due again some instructions after it was served, two thousand times, while a loop must still get on, and WFI with one
@   that is pending or masked.
@ Hardware: what time is left belongs to the loop; WFI goes on when an interrupt is pending, masked or not.
@ Not on QEMU: its clock is the host's.

        .include "common/attack.s"
        .include "common/timer.s"

        begin
        mov     r10, #0
        mov     r6, #0
        mov     r5, #0
        load    r4, 1
        timer_in r4
        cpsie   i
        load    r3, 2000
1:      add     r5, r5, #1
        cmp     r6, r3
        blo     1b
        cpsid   i
        cmp     r5, #500
        bhi     2f
        bl      escaped
2:      mov     r11, #0
        mcr     p15, 0, r11, c14, c3, 1

        mov     r10, #50
3:      mov     r6, #0
        load    r4, 3000
        timer_in r4
        wfi                                     @ masked: it wakes, and is not taken
        expect  r6, 0
        wfi                                     @ pending: at once
        cpsie   i
        nop
        cpsid   i
        expect  r6, 1
        mov     r11, #0
        mcr     p15, 0, r11, c14, c3, 1
        cpsie   i
        load    r4, 3000
        timer_in r4
        wfi
        nop
        cpsid   i
        expect  r6, 2
        mov     r11, #0
        mcr     p15, 0, r11, c14, c3, 1
        subs    r10, r10, #1
        bne     3b
        end

        @ Serves the timer, and in the first part has it due again very soon.
        .global handle_irq
handle_irq:
        timer_off
        add     r6, r6, #1
        cmp     r10, #0
        bne     1f
        mov     r11, #40
        mcr     p15, 0, r11, c14, c3, 0
        mov     r11, #1
        mcr     p15, 0, r11, c14, c3, 1
1:      sub     lr, lr, #4
        movs    pc, lr
