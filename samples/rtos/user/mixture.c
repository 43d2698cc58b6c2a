/*
 * A mixture in the manner of Dhrystone: records with variants behind pointers, strings of thirty characters, arrays of one and
 * two dimensions, enumerations, small functions that hand results back through pointers, integer arithmetic. What of each
 * there is resembles what system programs do. It is not Dhrystone, and its figures are not Dhrystone's: the word `dhry` only
 * says what kind of work it stands for.
 *
 * Here it keeps the books of a small store.
 */
#include "bench.h"

#define ITEMS          24
#define ITEM_NAME_SIZE 31 /* bytes, with its end */
#define SHELVES        6
#define PLACES         8
#define DAYS           40

/* What a round must come to: worked out by another compiler, for another processor. */
#define ROUND_SUM 0x95d4b443u

enum kind { BOXED, LOOSE, LIQUID, KINDS };

struct item {
    struct item *next;
    enum kind kind;
    char name[ITEM_NAME_SIZE];
    u32 price;
    union {
        struct { u32 boxes, each; } boxed;
        struct { u32 grams; } loose;
        struct { u32 litres; bool sealed; } liquid;
    } stock;
};

static struct item items[ITEMS];
static struct item *by_name; /* all items, in order */
static u32 shelf[SHELVES][PLACES];
static u32 sold[KINDS];

/* ---- strings */

static __attribute__((noinline)) void copy_text(char *to, const char *from)
{
    while ((*to++ = *from++) != 0)
        ;
}

static __attribute__((noinline)) int compare_text(const char *a, const char *b)
{
    while (*a != 0 && *a == *b)
        a++, b++;
    return *a - *b;
}

static void write_number(char *to, u32 number)
{
    to[0] = (char)('0' + number / 10 % 10);
    to[1] = (char)('0' + number % 10);
}

/* ---- records */

static enum kind kind_after(enum kind kind)
{
    switch (kind) {
    case BOXED:
        return LOOSE;
    case LOOSE:
        return LIQUID;
    default:
        return BOXED;
    }
}

static __attribute__((noinline)) u32 amount(const struct item *item)
{
    switch (item->kind) {
    case BOXED:
        return item->stock.boxed.boxes * item->stock.boxed.each;
    case LOOSE:
        return item->stock.loose.grams / 100;
    default:
        return item->stock.liquid.sealed ? item->stock.liquid.litres : 0;
    }
}

static void insert_by_name(struct item *item)
{
    struct item **place = &by_name;

    while (*place != NULL && compare_text((*place)->name, item->name) < 0)
        place = &(*place)->next;
    item->next = *place;
    *place = item;
}

static void fill_store(void)
{
    enum kind kind = BOXED;

    by_name = NULL;
    for (u32 i = 0; i < ITEMS; i++, kind = kind_after(kind)) {
        struct item *item = &items[i];

        copy_text(item->name, "an article in the store, no 00");
        write_number(item->name + ITEM_NAME_SIZE - 3, i * 7 % ITEMS);
        item->kind = kind;
        item->price = 3 + i * i % 17;
        if (kind == BOXED) {
            item->stock.boxed.boxes = 5 + i;
            item->stock.boxed.each = 12;
        } else if (kind == LOOSE) {
            item->stock.loose.grams = 2500 * (i + 1);
        } else {
            item->stock.liquid.litres = 40 + i;
            item->stock.liquid.sealed = i % 2 == 0;
        }
        insert_by_name(item);
    }
    for (u32 row = 0; row < SHELVES; row++)
        for (u32 place = 0; place < PLACES; place++)
            shelf[row][place] = row * PLACES + place;
    for (u32 i = 0; i < KINDS; i++)
        sold[i] = 0;
}

/* ---- a day */

/* Hands back what was there to sell and what it brought. @returns whether anything was */
static __attribute__((noinline)) bool sell(struct item *item, u32 wanted, u32 *given, u32 *brought)
{
    u32 there = amount(item);

    *given = wanted < there ? wanted : there;
    *brought = *given * item->price;
    sold[item->kind] += *given;
    switch (item->kind) {
    case BOXED:
        if (*given >= item->stock.boxed.each)
            item->stock.boxed.boxes--;
        break;
    case LOOSE:
        item->stock.loose.grams -= *given * 100;
        break;
    default:
        item->stock.liquid.litres -= *given;
        item->stock.liquid.sealed = !item->stock.liquid.sealed;
    }
    return *given != 0;
}

static struct item *find(const char *name)
{
    struct item *item = by_name;

    while (item != NULL && compare_text(item->name, name) != 0)
        item = item->next;
    return item;
}

static u32 tidy_shelves(u32 day)
{
    u32 sum = 0;

    for (u32 row = 0; row < SHELVES; row++) {
        u32 carried = shelf[row][day % PLACES];

        shelf[row][day % PLACES] = shelf[(row + 1) % SHELVES][(day + 3) % PLACES] + day;
        shelf[(row + 1) % SHELVES][(day + 3) % PLACES] = carried;
        for (u32 place = 0; place < PLACES; place++)
            sum = sum * 5 + shelf[row][place];
    }
    return sum;
}

static __attribute__((noinline)) u32 one_day(u32 day)
{
    char wanted[ITEM_NAME_SIZE];
    u32 sum = 0;

    copy_text(wanted, "an article in the store, no 00");
    for (u32 customer = 0; customer < 4; customer++) {
        u32 given, brought;

        write_number(wanted + ITEM_NAME_SIZE - 3, (day + customer * 5) % ITEMS);
        struct item *item = find(wanted);
        if (item != NULL && sell(item, 1 + customer + day % 9, &given, &brought))
            sum += given * 31 + brought;
        else
            sum ^= day;
    }
    return sum * 3 + tidy_shelves(day);
}

static bool mixture_round(void)
{
    u32 sum = 0;

    fill_store();
    for (u32 day = 0; day < DAYS; day++)
        sum = (sum << 1 | sum >> 31) + one_day(day);
    for (u32 i = 0; i < KINDS; i++)
        sum = sum * 7 + sold[i];
    return sum == ROUND_SUM;
}

const struct benchmark dhry_benchmark = { "dhry", "forty days of a store's books", 24, NULL, mixture_round };
