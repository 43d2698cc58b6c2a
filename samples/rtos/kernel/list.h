/*
 * Doubly linked rings: a list is a head, and each member carries a link. Taking a member out needs no list, which is what
 * makes "wherever this task waits, it waits no more" one call.
 */
#ifndef LIST_H
#define LIST_H

#include "types.h"

struct link {
    struct link *next;
    struct link *previous;
};

/* The structure around a link. */
#define owner_of(pointer, type, member) ((type *)((char *)(pointer) - offsetof(type, member)))

static inline void list_init(struct link *list)
{
    list->next = list->previous = list;
}

static inline bool list_empty(const struct link *list)
{
    return list->next == list;
}

static inline void list_append(struct link *list, struct link *member)
{
    member->next = list;
    member->previous = list->previous;
    list->previous->next = member;
    list->previous = member;
}

static inline void list_remove(struct link *member)
{
    member->previous->next = member->next;
    member->next->previous = member->previous;
    list_init(member);
}

#endif
