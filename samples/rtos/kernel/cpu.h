/*
 * What C cannot say: barriers, waiting, system registers. ARMv7 has instructions for the barriers and for waiting; ARMv6 has
 * CP15 operations in their place.
 */
#ifndef CPU_H
#define CPU_H

#include "types.h"

#define WRITE_CP15(CRn, opc1, CRm, opc2, value) \
    __asm__ volatile("mcr p15, " #opc1 ", %0, " #CRn ", " #CRm ", " #opc2 : : "r"(value) : "memory")

#define READ_CP15(CRn, opc1, CRm, opc2) \
    ({ \
        u32 value_; \
        __asm__ volatile("mrc p15, " #opc1 ", %0, " #CRn ", " #CRm ", " #opc2 : "=r"(value_)); \
        value_; \
    })

#if __ARM_ARCH >= 7
static inline void data_barrier(void) { __asm__ volatile("dsb" : : : "memory"); }
static inline void instruction_barrier(void) { __asm__ volatile("isb" : : : "memory"); }
static inline void wait_for_interrupt(void) { __asm__ volatile("dsb\n wfi" : : : "memory"); }
#else
static inline void data_barrier(void) { WRITE_CP15(c7, 0, c10, 4, 0); }
static inline void instruction_barrier(void) { WRITE_CP15(c7, 0, c5, 4, 0); }
static inline void wait_for_interrupt(void)
{
    data_barrier();
    WRITE_CP15(c7, 0, c0, 4, 0);
}
#endif

/* What a task reserved by LDREX is not the next one's to store by STREX. */
static inline void clear_exclusive(void) { __asm__ volatile("clrex" : : : "memory"); }

#endif
