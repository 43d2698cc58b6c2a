@ What the attacks are written with: places in memory, and macros for what each of them does.

        .syntax unified
        .ifdef  RASPI1
        .arch   armv6k
        .fpu    vfpv2
        .equ    RAM, 0x00000000
        .else
        .arch   armv7ve
        .fpu    neon-vfpv4
        .equ    RAM, 0x40000000
        .endif

        @ ---- memory: 16 MiB of RAM; the attack itself lies in the first
        .equ    TABLES,  RAM + 0x00200000      @ first-level translation table; second-level ones behind it
        .equ    SCRATCH, RAM + 0x00300000      @ a MiB to write code and data to
        .equ    FIELD,   RAM + 0x00400000      @ 12 MiB of nothing
        .equ    HOLE,    0x0b000000            @ on `virt`: nothing answers here

        @ ---- CPSR
        .equ    USR, 0x10
        .equ    FIQ, 0x11
        .equ    IRQ, 0x12
        .equ    SVC, 0x13
        .equ    ABT, 0x17
        .equ    UND, 0x1b
        .equ    SYS, 0x1f
        .equ    PSR_T, 0x20
        .equ    PSR_F, 0x40
        .equ    PSR_I, 0x80
        .equ    PSR_A, 0x100
        .equ    MASKED, PSR_A | PSR_I | PSR_F

        @ ---- words of instructions that attacks write or look for
        .equ    MRS_R0_CPSR, 0xe10f0000
        .equ    MOV_R0_1,    0xe3a00001
        .equ    BX_LR,       0xe12fff1e
        .equ    T32_MRS_R0_CPSR, 0x8000f3ef    @ halfwords in the order of memory
        .equ    T16_MOVS_R0_1,   0x2001
        .equ    T16_BX_LR,       0x4770

        @ A register gets a constant or an address. Nothing else changes.
        .macro  load reg, value
        .ifdef  RASPI1
        ldr     \reg, =\value
        .else
        movw    \reg, #:lower16:(\value)
        movt    \reg, #:upper16:(\value)
        .endif
        .endm

        @ The attack has come through unless the register holds the value. Changes r12 and the flags.
        .macro  expect reg, value
        load    r12, \value
        expect_same \reg, r12
        .endm

        .macro  expect_same one, other
        cmp     \one, \other
        beq     .Lheld\@
        bl      escaped
.Lheld\@:
        .endm

        @ The mode that MRS shows. Changes r0, r12 and the flags.
        .macro  expect_mode mode
        mrs     r0, cpsr
        and     r0, r0, #0x1f
        expect  r0, \mode
        .endm

        @ Goes into user mode (or whatever `psr` says) at `entry` with all registers as they are but lr; comes back behind itself, in SVC mode, with
        @ r0 to r11 as user code has left them, when that executes SVC. Changes r12 and lr.
        .macro  call_user entry, psr=USR
        load    r12, \psr
        msr     spsr_cxsf, r12
        load    r12, comeback
        load    lr, .Lback\@
        str     lr, [r12]
        load    lr, \entry
        movs    pc, lr
.Lback\@:
        .endm

        @ A handler that says in r6 that it ran, and goes on at r7 in the state that was interrupted.
        .macro  resuming name, number
        .global handle_\name
handle_\name:
        mov     r6, #\number
        movs    pc, r7
        .endm
        .equ    GOT_UND, 1
        .equ    GOT_SVC, 2
        .equ    GOT_PABT, 3
        .equ    GOT_DABT, 4

        @ Where those handlers go on. r6 is cleared.
        .macro  resume_at label
        load    r7, \label
        mov     r6, #0
        .endm

        @ Every attack begins at `attack`, as a function in SVC mode, ARM state, everything masked, MMU off.
        .macro  begin
        .text
        .arm
        .global attack
        .type   attack, %function
attack: push    {r4-r11, lr}
        .endm

        @ And ends as one, if nothing came through.
        .macro  end
        pop     {r4-r11, pc}
        .endm
