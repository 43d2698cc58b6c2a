@ Tries: to find a return address that is not its own: LR after every kind of call, in both states, at page ends, and what PC reads as.
@ Hardware: LR holds the address behind the call, with bit 0 set in Thumb state; PC is 8 or 4 ahead.

        .include "common/attack.s"

        begin
        mov     r10, #5
again:  load    r5, link
        bl      link
1:      expect  r1, 1b
        blx     r5
1:      expect  r1, 1b
        blx     thumb_link
1:      expect  r1, 1b
        mov     r4, pc
1:      expect  r4, 1b + 4
        sub     r4, pc, #4
1:      expect  r4, 1b
        load    r4, thumb + 1
        blx     r4
        @ The last word of a page.
        load    r4, page_end
        load    r11, 1f
        bx      r4
1:      expect  r1, page_end + 4
        subs    r10, r10, #1
        bne     again
        end

link:   mov     r1, lr
        bx      lr

        .thumb
        .balign 4
        .thumb_func
thumb_link:
        mov     r1, lr
        bx      lr
        .balign 4
thumb:  push    {lr}
        load    r5, link
        load    r6, thumb_link
        bl      thumb_link
1:      expect  r1, 1b + 1
        blx     r5
1:      expect  r1, 1b + 1
        blx     r6
1:      expect  r1, 1b + 1
        blx     link
1:      expect  r1, 1b + 1
        mov     r4, pc
1:      expect  r4, 1b + 2
        pop     {pc}
        .arm
        .balign 4096
        .space  4092
page_end:
        bl      link
        bx      r11
