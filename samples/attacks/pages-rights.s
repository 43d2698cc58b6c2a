@ Tries: from user mode to read, write and execute pages of the kernel, and from the kernel by LDRT and STRT to reach what user mode may not; read-only
@   and execute-never pages as well, at each privilege.
@ Hardware: permission faults, with the address and the status that say so.

        .include "common/attack.s"

        .equ    WINDOW, 0x60000000
        .equ    KERNEL, 0x1e                    @ kernel alone
        .equ    READ,   0x2e                    @ user: read only
        .equ    ALL,    0x3e
        .equ    RO,     0x23e                   @ read only for both
        .equ    XN,     0x3f
        .equ    NONE,   0x0e
        .equ    MAY_READ, 1
        .equ    MAY_WRITE, 2
        .equ    MAY_RUN, 4

        begin
        bl      mmu_on
        load    r0, SCRATCH
        load    r1, BX_LR
        str     r1, [r0]
        str     r1, [r0, #4]

        .macro  tried descriptor, kernel, user
        load    r0, WINDOW
        load    r1, SCRATCH | \descriptor
        bl      map_page
        mov     r10, #0                         @ plain accesses of the kernel
        load    r5, WINDOW
        load    r11, BX_LR
        bl      probe
        expect  r10, \kernel
        mov     r10, #0                         @ LDRT, STRT
        resume_at 1f
        ldrt    r0, [r5]
1:      cmp     r6, #0
        orreq   r10, r10, #MAY_READ
        resume_at 1f
        strt    r11, [r5]
1:      cmp     r6, #0
        orreq   r10, r10, #MAY_WRITE
        expect  r10, (\user) & (MAY_READ | MAY_WRITE)
        call_user user
        expect  r10, \user
        .endm

        mov     r9, #4
again:  tried   KERNEL, MAY_READ | MAY_WRITE | MAY_RUN, 0
        tried   READ, MAY_READ | MAY_WRITE | MAY_RUN, MAY_READ | MAY_RUN
        tried   ALL, MAY_READ | MAY_WRITE | MAY_RUN, MAY_READ | MAY_WRITE | MAY_RUN
        tried   RO, MAY_READ | MAY_RUN, MAY_READ | MAY_RUN
        tried   XN, MAY_READ | MAY_WRITE, MAY_READ | MAY_WRITE
        tried   NONE, 0, 0
        subs    r9, r9, #1
        bne     again
        end

user:   mov     r10, #0
        bl      probe
        svc     #0

        @ r10: what may be done to the word at r5. It holds r11, and returns at once when it is executed.
probe:  mov     r8, lr
        resume_at 1f
        ldr     r0, [r5]
1:      cmp     r6, #0
        orreq   r10, r10, #MAY_READ
        resume_at 1f
        str     r11, [r5]
1:      cmp     r6, #0
        orreq   r10, r10, #MAY_WRITE
        resume_at 1f
        blx     r5
        add     r10, r10, #MAY_RUN
1:      bx      r8

        resuming dabt, GOT_DABT
        resuming pabt, GOT_PABT
