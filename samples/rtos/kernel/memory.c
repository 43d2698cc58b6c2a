#include "memory.h"
#include "../api.h"
#include "../board/board.h"
#include "cpu.h"

#define PAGE    4096u
#define SECTION 0x100000u

/* First level. All memory is in domain 0, whose entries are checked. */
#define TABLE           1u
#define DEVICE_SECTION  (2u | 1u << 2 | 1u << 4 | 1u << 10) /* B: device memory; XN; AP 01 */

/* Second level: small pages of normal memory, not cached (TEX 001). */
#define PAGE_ENTRY      (2u | 1u << 6)
#define PAGE_XN         1u
#define PAGE_NOT_GLOBAL (1u << 11) /* of one ASID */

/* Rights: AP[2] is bit 9, AP[1:0] are bits 5 and 4. */
#define KERNEL_READ       (1u << 9 | 1u << 4)
#define KERNEL_WRITE      (1u << 4)
#define ALL_READ          (1u << 9 | 2u << 4)
#define ALL_WRITE         (3u << 4)

/* TTBR0 serves addresses whose upper 7 bits are zero. Its tables have 32 entries then, one for each MiB. */
#define TTBCR_N 7
#define USER_SECTIONS 32
#define NO_ASID 0u

#define SCTLR_M  (1u << 0)
#define SCTLR_Z  (1u << 11)
#define SCTLR_I  (1u << 12)
#define SCTLR_XP (1u << 23) /* ARMv6: tables without subpages, as ARMv7 has them always */

/* rtos.ld */
extern char kernel_begin[], kernel_constants[], kernel_data[], kernel_end[];
extern char user_load[], user_data[], user_end[];

static u32 kernel_table[4096] __attribute__((aligned(16384)));
static u32 kernel_pages[256] __attribute__((aligned(1024)));
static u32 program_pages[256] __attribute__((aligned(1024)));

static u32 no_task_table[USER_SECTIONS] __attribute__((aligned(128)));
static u32 task_tables[TASKS][USER_SECTIONS] __attribute__((aligned(128)));
static u32 stack_tables[TASKS][256] __attribute__((aligned(1024)));
static u32 stacks[TASKS][STACK_PAGES * PAGE / 4] __attribute__((aligned(4096)));

/* Maps pages from `begin` up to `end`, in the table of their MiB. */
static void map(u32 *pages, u32 begin, u32 end, u32 physical, u32 attributes)
{
    for (u32 address = begin; address < end; address += PAGE, physical += PAGE)
        pages[address % SECTION / PAGE] = physical | PAGE_ENTRY | attributes;
}

static void map_kernel(void)
{
    u32 begin = (u32)kernel_begin, constants = (u32)kernel_constants, data = (u32)kernel_data, end = (u32)kernel_end;

    map(kernel_pages, begin, constants, begin, KERNEL_READ);
    map(kernel_pages, constants, data, constants, KERNEL_READ | PAGE_XN);
    map(kernel_pages, data, end, data, KERNEL_WRITE | PAGE_XN);
    kernel_table[begin / SECTION] = (u32)kernel_pages | TABLE;
    for (u32 i = 0; i < board_device_count; i++)
        kernel_table[board_devices[i] / SECTION] = board_devices[i] | DEVICE_SECTION;
}

static void map_program(void)
{
    u32 load = (u32)user_load, data = (u32)user_data, end = (u32)user_end;

    map(program_pages, USER_BASE, data, load, ALL_READ);
    map(program_pages, data, end, load + (data - USER_BASE), ALL_WRITE | PAGE_XN);
}

static void forget_translations(void)
{
    WRITE_CP15(c8, 0, c7, 0, 0); /* TLBIALL */
    data_barrier();
    instruction_barrier();
}

void memory_init(void)
{
    u32 sctlr = READ_CP15(c1, 0, c0, 0);

    map_kernel();
    map_program();
    data_barrier();
    WRITE_CP15(c2, 0, c0, 2, TTBCR_N);
    WRITE_CP15(c2, 0, c0, 0, (u32)no_task_table); /* TTBR0 */
    WRITE_CP15(c2, 0, c0, 1, (u32)kernel_table);  /* TTBR1 */
    WRITE_CP15(c3, 0, c0, 0, 1);                  /* DACR: domain 0 is a client */
    WRITE_CP15(c13, 0, c0, 1, NO_ASID);           /* CONTEXTIDR */
    WRITE_CP15(c7, 0, c5, 0, 0);                  /* ICIALLU */
    forget_translations();
    WRITE_CP15(c1, 0, c0, 0, sctlr | SCTLR_M | SCTLR_Z | SCTLR_I | SCTLR_XP);
    instruction_barrier();
}

void space_init(struct space *space, u32 task)
{
    u32 stack_base = STACK_TOP - STACK_PAGES * PAGE;

    space->table = task_tables[task];
    space->asid = task + 1;
    for (u32 i = 0; i < STACK_PAGES * PAGE / 4; i++)
        stacks[task][i] = 0;
    map(stack_tables[task], stack_base, STACK_TOP, (u32)stacks[task], ALL_WRITE | PAGE_XN | PAGE_NOT_GLOBAL);
    space->table[USER_BASE / SECTION] = (u32)program_pages | TABLE;
    space->table[stack_base / SECTION] = (u32)stack_tables[task] | TABLE;
    data_barrier();
    WRITE_CP15(c8, 0, c7, 2, space->asid); /* TLBIASID: the ASID may have been another task's before */
    data_barrier();
}

/* TTBR0 and the ASID cannot change at once; in between, an ASID that nobody has keeps either from meaning the wrong table. */
void space_switch(const struct space *space)
{
    WRITE_CP15(c13, 0, c0, 1, NO_ASID);
    instruction_barrier();
    WRITE_CP15(c2, 0, c0, 0, (u32)space->table);
    instruction_barrier();
    WRITE_CP15(c13, 0, c0, 1, space->asid);
    instruction_barrier();
}
