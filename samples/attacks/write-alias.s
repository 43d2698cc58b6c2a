@ Tries: to write analysed code where the writer's address is not the code's: through a second mapping of the same page, through a section over it,
@   through a mapping that is for data alone.
@ Hardware: there is one byte of memory, whatever the addresses.

        .include "common/attack.s"

        .equ    CODE, 0x60000000                @ the code's page, not writable
        .equ    DATA, 0x60100000                @ the same page, writable, never executed
        .equ    LARGE, 0x70000000               @ the same MiB as a section
        .equ    READ_ONLY, 0x23e
        .equ    EXECUTE_NEVER, 0x3f

        begin
        bl      mmu_on
        load    r0, CODE
        load    r1, SCRATCH | READ_ONLY
        bl      map_page
        load    r0, DATA
        load    r1, SCRATCH | EXECUTE_NEVER
        bl      map_page
        load    r0, LARGE
        load    r1, SCRATCH | 0xc0e
        bl      map_section
        load    r4, DATA
        load    r5, CODE
        load    r8, LARGE
        load    r1, BX_LR
        str     r1, [r4, #4]
        mov     r10, #20
again:  .irp    where, r4, r8
        load    r1, MOV_R0_1
        str     r1, [\where]
        blx     r5
        expect  r0, 1
        load    r1, MRS_R0_CPSR
        str     r1, [\where]
        blx     r5
        bic     r0, r0, #0xff000000
        expect  r0, MASKED | SVC
        .endr
        load    r1, MOV_R0_1                    @ and where it lies itself
        load    r2, SCRATCH
        str     r1, [r2]
        blx     r8
        expect  r0, 1
        subs    r10, r10, #1
        bne     again
        end
