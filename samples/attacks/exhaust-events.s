@ Tries: to fill the queues of the board's devices: tens of thousands of settings of timers, interrupts raised by software and dropped, far and near times.
@ Hardware: a timer has one comparator, and an interrupt one pending bit.
@ Limit: 4,000,000

        .include "common/attack.s"
        .include "common/timer.s"

        begin
        load    r4, 0x7fffffff
        timer_in r4
        load    r10, 10000
1:      load    r0, 100000
        add     r0, r0, r10
        mcr     p15, 0, r0, c14, c3, 0          @ CNTV_TVAL
        mcr     p15, 0, r0, c14, c2, 0          @ CNTP_TVAL
        mov     r1, #1
        mcr     p15, 0, r1, c14, c3, 1
        mcr     p15, 0, r1, c14, c2, 1
        mvn     r2, #0
        mov     r3, #0x7f000000
        mcrr    p15, 3, r2, r3, c14             @ CNTV_CVAL
        load    r12, GICD
        mov     r1, #(1 << 27)
        str     r1, [r12, #0x200]               @ GICD_ISPENDR
        str     r1, [r12, #0x280]               @ GICD_ICPENDR
        load    r1, 0x02000003                  @ to this core: 3
        str     r1, [r12, #0xf00]               @ GICD_SGIR
        mov     r1, #0
        mcr     p15, 0, r1, c14, c3, 1
        mcr     p15, 0, r1, c14, c2, 1
        subs    r10, r10, #1
        bne     1b
        mrc     p15, 0, r0, c14, c3, 1
        expect  r0, 0
        end
