@ Tries: encodings that the architecture calls UNPREDICTABLE, each from the kernel and from user mode: what they do silently on some core might be to
@   change the mode, to leave the IT block or to reach another bank.
@ Hardware: anything that cannot be achieved at the present privilege by other means; here each sensitive one is Undefined and changes nothing.
@ Not on QEMU: it has choices of its own.
@ Denied: exception-return, status-register, coprocessor, user-access, state-store, undefined

        .include "common/attack.s"

        begin
        load    r10, words                      @ the kernel ...
        load    r11, words_end
1:      ldr     r3, [r10]
        bl      plant
        resume_at after
        load    r0, slot
        bx      r0
after:  expect  r6, GOT_UND
        mrs     r1, cpsr
        bic     r1, r1, #0xff000000
        expect  r1, PSR_I | PSR_F | SVC
        add     r10, r10, #4
        cmp     r10, r11
        blo     1b
        load    r10, words                      @ ... and user mode
2:      ldr     r3, [r10]
        bl      plant
        call_user user
        expect  r0, GOT_UND
        add     r10, r10, #4
        cmp     r10, r11
        blo     2b
        end

        @ Puts the word r3 into the slot, and what the attempts start from into place.
plant:  load    r0, slot
        str     r3, [r0]
        msr     cpsr_c, #(PSR_I | PSR_F | SVC)
        mov     r0, #PSR_I
        orr     r0, r0, #(PSR_F | SVC)
        msr     cpsr_fsxc, r0
        load    r0, SYS | PSR_I | PSR_F
        msr     spsr_cxsf, r0
        load    r4, SCRATCH
        load    r1, after
        load    r2, SYS
        stm     r4, {r1, r2}
        str     r1, [r4, #8]
        bx      lr

user:   resume_at 1f
        load    r4, SCRATCH
        b       slot
1:      mrs     r1, cpsr
        and     r1, r1, #0xdf
        mov     r0, r6
        cmp     r1, #USR
        movne   r0, #0
        svc     #0

        .balign 4
words:  .word   0xe10ff000                      @ MRS pc, CPSR
        .word   0xe14ff000                      @ MRS pc, SPSR
        .word   0xe160f000                      @ MSR SPSR of no field
        .word   0xe169f00f                      @ MSR SPSR_fc, pc
        .word   0xe121f00f                      @ MSR CPSR_c, pc
        .word   0xf1000010                      @ CPS without any effect
        .word   0xf1040080                      @ CPS with a reserved one
        .word   0xf8d41a00                      @ RFE with a bit that should be zero
        .word   0xf89f0a00                      @ RFE from PC
        .word   0xf8cd0500                      @ SRS to mode 0
        .word   0xf8cd0516                      @ SRS to the monitor's mode
        .word   0xe8740001                      @ LDM^ of user registers with writeback
        .word   0xe8d40000                      @ LDM^ of nothing
        .word   0xe8df0001                      @ LDM^ from PC
        .word   0xe8c40000                      @ STM^ of nothing
        .word   0xe8cf0001                      @ STM^ to PC
        .word   0xe8e40001                      @ STM^ with writeback
        .word   0xe4b4f000                      @ LDRT pc
        .word   0xe4b44000                      @ LDRT of its base
        .word   0xe4bf0000                      @ LDRT from PC
        .word   0xe4a44000                      @ STRT of its base
        .word   0xe4f4f000                      @ LDRBT pc
        .word   0xe0f4f0b0                      @ LDRHT pc
        .word   0xee01ff10                      @ MCR from PC
        .word   0xec510f0f                      @ MRRC with one destination twice
        .word   0xe160006e                      @ ERET, which comes with Hyp mode
        .word   0xec5f0f0e                      @ MRRC with PC
words_end:
        .space  32
        .balign 4
slot:   nop
        bx      r7

        .global handle_und
handle_und:
        mov     r6, #GOT_UND
        movs    pc, r7
