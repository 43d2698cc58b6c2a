@ privilege: a kernel and a user program in one file, to see what a VMM has to arbitrate.
@
@   - the kernel (ARM state, SVC mode) sets up stacks, exception vectors, translation tables
@     and a timer interrupt;
@   - the user program (Thumb state, USR mode) asks for services with SVC, touches a page that
@     is not there, and waits for ticks;
@   - each of SVC, data abort and IRQ brings the processor back to the kernel, which handles it
@     and returns.
@
@ Run it, and watch the Traps view: every sensitive instruction of the kernel appears there. Of
@ the user program only what leaves it does: system calls, the fault, interrupts.

        .syntax unified
        .arch   armv7ve

        @ ---- the board
        .equ    UARTDR,       0x09000000       @ the UART's data register
        .equ    UARTCR,       0x30             @ and its control register's offset
        .equ    GICD,         0x08000000       @ interrupt controller: distributor
        .equ    GICC,         0x08010000       @ and CPU interface
        .equ    TIMER_IRQ,    27               @ the virtual timer's private interrupt
        .equ    TICK,         62500            @ counts between ticks: 1 ms at 62.5 MHz
        .equ    SYSTEM_OFF,   0x84000008       @ PSCI function

        @ ---- CPSR
        .equ    MODE_USR, 0x10
        .equ    MODE_IRQ, 0x12
        .equ    MODE_SVC, 0x13
        .equ    MODE_ABT, 0x17
        .equ    MODE_UND, 0x1b
        .equ    PSR_T,    0x20                 @ Thumb
        .equ    PSR_I,    0x80                 @ IRQ masked

        @ ---- memory: RAM from 0x40000000
        .equ    USER_STACK, 0x40180000         @ in the user's section
        .equ    DEMAND,     0x50000000         @ a page here appears when it is first touched

        @ ---- services
        .equ    SYS_EXIT,  0
        .equ    SYS_PRINT, 1                   @ r0: string
        .equ    SYS_TICKS, 2                   @ returns ticks since boot in r0

@ ============================================================ kernel
        .section .text.start, "ax"
        .arm
        .global _start
_start: cpsid   aif                            @ no interrupts yet
        @ A stack for each mode we will be in.
        cps     #MODE_IRQ
        ldr     sp, =irq_stack_top
        cps     #MODE_ABT
        ldr     sp, =abt_stack_top
        cps     #MODE_UND
        ldr     sp, =und_stack_top
        cps     #MODE_SVC
        ldr     sp, =svc_stack_top

        ldr     r0, =vectors
        mcr     p15, 0, r0, c12, c0, 0         @ VBAR: where exceptions go
        bl      mmu_on
        bl      timer_on
        ldr     r0, =UARTDR
        ldr     r1, =0x301
        str     r1, [r0, #UARTCR]              @ switch the UART on: UARTEN, TXE, RXE
        adr     r0, banner
        bl      print

        @ Into the user program: its state goes to SPSR and LR, then one instruction restores both.
        ldr     r0, =USER_STACK
        cps     #0x1f                          @ System mode shares the user's registers
        mov     sp, r0
        cps     #MODE_SVC
        mov     r0, #(MODE_USR | PSR_T)
        msr     spsr_cxsf, r0
        ldr     lr, =user_main
        movs    pc, lr                         @ exception return: mode, state and address at once

@ ---- translation: sections of 1 MiB, one table of small pages for DEMAND
        .global mmu_on
mmu_on: ldr     r0, =level1
        mov     r1, #4096                      @ entries; all zero means fault
        mov     r2, #0
1:      str     r2, [r0], #4
        subs    r1, r1, #1
        bne     1b
        ldr     r0, =level1
        add     r3, r0, #(0x400 << 2)          @ the entry of 0x40000000
        ldr     r1, =0x4000040e                @ kernel RAM: read and write at PL1 only, cacheable
        str     r1, [r3]
        ldr     r1, =0x40100c0e                @ the user's section: read and write at any level
        str     r1, [r3, #4]
        ldr     r1, =0x08000416                @ interrupt controller and UART: device memory, PL1 only, execute never
        str     r1, [r0, #(0x080 << 2)]
        ldr     r1, =0x09000416
        str     r1, [r0, #(0x090 << 2)]
        ldr     r1, =level2
        orr     r1, r1, #1                     @ a pointer to a level 2 table
        str     r1, [r3, #(0x100 << 2)]        @ the entry of DEMAND

        mcr     p15, 0, r0, c2, c0, 0          @ TTBR0
        mov     r1, #0
        mcr     p15, 0, r1, c2, c0, 2          @ TTBCR: all addresses through TTBR0, short descriptors
        mov     r1, #1
        mcr     p15, 0, r1, c3, c0, 0          @ DACR: domain 0 is a client, permissions are checked
        mcr     p15, 0, r1, c8, c7, 0          @ TLBIALL
        dsb
        mrc     p15, 0, r1, c1, c0, 0          @ SCTLR
        orr     r1, r1, #1                     @ M: the MMU is on from here
        mcr     p15, 0, r1, c1, c0, 0
        isb
        bx      lr

@ ---- the interrupt controller and the timer
timer_on:
        ldr     r0, =GICD
        mov     r1, #1
        str     r1, [r0]                       @ GICD_CTLR: forward interrupts
        mov     r1, #(1 << TIMER_IRQ)
        str     r1, [r0, #0x100]               @ GICD_ISENABLER0
        ldr     r0, =GICC
        mov     r1, #0xff
        str     r1, [r0, #4]                   @ GICC_PMR: let every priority through
        mov     r1, #1
        str     r1, [r0]                       @ GICC_CTLR: signal them to the processor
arm_timer:
        ldr     r0, =TICK
        mcr     p15, 0, r0, c14, c3, 0         @ CNTV_TVAL: counts down from here
        mov     r0, #1
        mcr     p15, 0, r0, c14, c3, 1         @ CNTV_CTL: enabled, not masked
        bx      lr

@ ---- r0: a string that ends with a zero
        .global print
print:  ldr     r1, =UARTDR
1:      ldrb    r2, [r0], #1
        cmp     r2, #0
        strbne  r2, [r1]
        bne     1b
        bx      lr

@ ---- exceptions
        .balign 32
vectors:
        b       .                              @ reset: never taken through here
        b       on_undefined
        b       on_svc
        b       on_prefetch_abort
        b       on_data_abort
        b       .
        b       on_irq
        b       .

on_svc: push    {r1-r3, r7, r12, lr}
        cmp     r7, #((services_end - services) / 4)
        mvnhs   r0, #0                         @ no such service: -1
        bhs     1f
        ldr     r12, =services
        ldr     r12, [r12, r7, lsl #2]
        blx     r12                            @ an indirect branch: its target is known only now
1:      ldm     sp!, {r1-r3, r7, r12, pc}^     @ back to the user: SPSR becomes CPSR

services:
        .word   sys_exit, print, sys_ticks
services_end:

sys_exit:
        adr     r0, goodbye
        bl      print
        ldr     r0, =SYSTEM_OFF
        hvc     #0                             @ firmware; does not return

sys_ticks:
        ldr     r0, =ticks
        ldr     r0, [r0]
        bx      lr

        .global on_data_abort
on_data_abort:
        sub     lr, lr, #8                     @ the instruction that faulted will be tried again
        push    {r0-r3, r12, lr}
        mrc     p15, 0, r0, c6, c0, 0          @ DFAR: which address
        ldr     r1, =DEMAND
        cmp     r0, r1
        bne     fatal
        adr     r0, mapping
        bl      print
        ldr     r0, =level2
        ldr     r1, =page
        orr     r1, r1, #0x3e                  @ small page, read and write at any level, cacheable
        str     r1, [r0]
        dsb
        ldr     r0, =DEMAND
        mcr     p15, 0, r0, c8, c7, 1          @ TLBIMVA
        dsb
        isb
        ldm     sp!, {r0-r3, r12, pc}^

on_irq: sub     lr, lr, #4
        push    {r0-r3, r12, lr}
        ldr     r3, =GICC
        ldr     r2, [r3, #0xc]                 @ GICC_IAR: which interrupt; it is active now
        bl      arm_timer
        ldr     r0, =ticks
        ldr     r1, [r0]
        add     r1, r1, #1
        str     r1, [r0]
        str     r2, [r3, #0x10]                @ GICC_EOIR: done with it
        ldm     sp!, {r0-r3, r12, pc}^

on_undefined:
on_prefetch_abort:
fatal:  adr     r0, oops
        bl      print
        b       sys_exit

banner: .asciz  "kernel: MMU on, timer on, entering user mode\r\n"
mapping:.asciz  "kernel: data abort, mapping the page\r\n"
goodbye:.asciz  "kernel: bye\r\n"
oops:   .asciz  "kernel: unexpected exception\r\n"
        .balign 4
        .ltorg

        .bss
        .balign 16384
level1: .space  16384
        .balign 4096
page:   .space  4096                           @ what DEMAND will show
level2: .space  1024
ticks:  .space  4
        .space  1024
svc_stack_top:
        .space  1024
irq_stack_top:
        .space  1024
abt_stack_top:
        .space  1024
und_stack_top:

@ ============================================================ user
        .section .user, "ax"
        .thumb
        .thumb_func
        .global user_main
        .type   user_main, %function
user_main:
        ldr     r0, =greeting
        movs    r7, #SYS_PRINT
        svc     #0

        ldr     r4, =DEMAND                    @ nothing is mapped here: the store faults,
        ldr     r5, =0xcafe
        str     r5, [r4]                       @ the kernel maps a page, and the store succeeds
        ldr     r6, [r4]
        cmp     r5, r6
        ite     eq                             @ a Thumb IT block: one of the two executes
        ldreq   r0, =kept
        ldrne   r0, =lost
        movs    r7, #SYS_PRINT
        svc     #0

        .global wait
wait:   movs    r7, #SYS_TICKS                 @ spin until three interrupts have come
        svc     #0
        cmp     r0, #3
        blo     wait

        ldr     r0, =ticked
        movs    r7, #SYS_PRINT
        svc     #0
        movs    r7, #SYS_EXIT
        svc     #0
        .balign 4
        .ltorg
greeting:
        .asciz  "user: hello from user mode, in Thumb\r\n"
kept:   .asciz  "user: the page kept what I wrote\r\n"
lost:   .asciz  "user: the page lost what I wrote\r\n"
ticked: .asciz  "user: three ticks, goodbye\r\n"
