@ Two tasks that yield to each other by SVC; the kernel keeps r0 to lr, pc and CPSR of each. Two yields a turn: to the other
@ task, and back.
        .text   1
        .balign 8
on_call:
        push    {r0}                           @ the context that runs lies at [current]
        ldr     r0, =current
        ldr     r0, [r0]
        add     r0, r0, #8
        stmia   r0, {r0-r14}^
        pop     {r1}
        str     r1, [r0]
        mrs     r1, spsr
        stmdb   r0, {r1, lr}
        ldr     r1, =current
        ldrd    r2, r3, [r1]
        str     r3, [r1]                       @ the two change places
        str     r2, [r1, #4]
        add     r3, r3, #8
        ldmdb   r3, {r1, lr}
        msr     spsr_cxsf, r1
        mov     r0, r3
        ldmia   r0, {r0-r14}^
        nop
        movs    pc, lr
        .ltorg
        @ in a page without code: a store to such a page is another matter
        .balign 4096
current:
        .word   task_a, task_b
task_a: .space  68
task_b: .word   0x10, other                    @ CPSR, pc
        .space  60
        .balign 4096
other:  svc     #0
        b       other
        .macro setup
        .endm
        .macro empty
        .endm
        .macro ready
        .endm
        .macro body
        svc     #0
        .endm
        .equ    IN_USER, 1
