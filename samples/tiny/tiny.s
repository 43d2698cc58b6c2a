@ tiny: the guest of docs/virtualization.md. A kernel and a user program in one page of code, no MMU, no device. It computes nothing that
@ matters: each instruction is there for something that a VMM has to get right.
@
@ The board starts us in Supervisor (SVC) mode, in ARM state, interrupts masked.

        .syntax unified
        .arch   armv7ve
        .equ    SYSTEM_OFF, 0x84000008  @ PSCI function

@ ---- the kernel, ARM state
        .section .text.start, "ax"
        .arm
        .global _start
_start: ldr     r0, =vectors            @ a literal: data between instructions
        mcr     p15, 0, r0, c12, c0, 0  @ VBAR: where exceptions go
        ldr     r1, reads               @ the kernel reads an instruction of its own ...
        str     r1, copy                @ ... and stores it over another, which is about to run
reads:  mrs     r2, cpsr                @ which mode is this? User mode would lie
copy:   nop                             @ runs as the instruction above

        mov     r3, #2
again:  ldr     r4, =settle
        blx     r4                      @ the target is in a register, and in the other state
        subs    r3, r3, #1
        msreq   spsr_cxsf, r6           @ the second time round only
        bne     again

        adr     lr, user
        movs    pc, lr                  @ SPSR to CPSR, LR to PC: we leave the kernel

@ ---- the kernel, Thumb state
        .thumb
        .thumb_func
settle: cmp     r3, #1
        ite     eq
        moveq   r6, #0x10               @ the second time: User mode, for SPSR
        mrsne   r6, cpsr                @ the first time
        cpsid   if
        bx      lr

@ ---- the user program, ARM state
        .arm
user:   mov     r0, #21
        svc     #1                      @ asks the kernel for twice that
        mrs     r7, cpsr                @ not sensitive here: this is User mode
        svc     #0                      @ asks it to end

@ ---- exceptions
        .balign 32
vectors:
        b       .                       @ reset: never
        b       .                       @ Undefined instruction
        b       service                 @ SVC
        b       .                       @ prefetch abort
        b       .                       @ data abort
        b       .                       @ reserved
        b       .                       @ IRQ
        b       .                       @ FIQ

service:
        ldr     r8, [lr, #-4]           @ the SVC's own word
        bics    r8, r8, #0xff000000     @ and the number in it
        addne   r0, r0, r0
        movsne  pc, lr                  @ back to the user, unless it was 0
        ldr     r0, =SYSTEM_OFF
        hvc     #0                      @ to the firmware, which does not return
        .ltorg
