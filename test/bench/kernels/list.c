/* A linked list that is searched, reversed and merge-sorted by function pointer, and a scanner of numbers in text that is a state machine. */
#include "kernel.h"

struct item {
  struct item *next;
  s32 key;
  u16 value, place;
};

#define ITEMS 180
static struct item items[ITEMS];
static char text[1600];
static const char *const words[] = {"4711 ", "-90 ", "+3.25 ", "6e7 ", "-1.5e-8 ", "0x2a ", "..1 ", "17.e+4 "};

void prepare(void) {
  u32 length = 0;
  for (u32 i = 0; i < ITEMS; i++) {
    items[i].key = (s32)(next_random() & 0x3fff);
    items[i].value = (u16)next_random();
    items[i].place = (u16)i;
    items[i].next = i + 1 < ITEMS ? &items[i + 1] : 0;
  }
  while (length < sizeof text - 16)
    for (const char *word = words[next_random() & 7]; *word; word++) text[length++] = *word;
  text[length] = 0;
}

typedef s32 (*order)(const struct item *, const struct item *);
static APART s32 by_key(const struct item *a, const struct item *b) { return a->key - b->key; }
static APART s32 by_place(const struct item *a, const struct item *b) { return (s32)a->place - (s32)b->place; }

static APART struct item *reverse(struct item *list) {
  struct item *done = 0;
  while (list) {
    struct item *rest = list->next;
    list->next = done;
    done = list;
    list = rest;
  }
  return done;
}

static APART const struct item *find(const struct item *list, s32 key) {
  for (; list; list = list->next)
    if (list->key == key) return list;
  return 0;
}

static APART struct item *merge(struct item *a, struct item *b, order compare) {
  struct item head, *tail = &head;
  while (a && b) {
    if (compare(a, b) <= 0) {
      tail->next = a;
      a = a->next;
    } else {
      tail->next = b;
      b = b->next;
    }
    tail = tail->next;
  }
  tail->next = a ? a : b;
  return head.next;
}

static APART struct item *sort(struct item *list, order compare) {
  if (!list || !list->next) return list;
  struct item *slow = list, *fast = list->next;
  while (fast && fast->next) {
    slow = slow->next;
    fast = fast->next->next;
  }
  struct item *half = slow->next;
  slow->next = 0;
  return merge(sort(list, compare), sort(half, compare), compare);
}

enum state { BEGIN, SIGN, WHOLE, POINT, EXPONENT, EXPONENT_SIGN, SCIENTIFIC, WRONG };

static APART const char *scan(const char *at, u32 *seen) {
  enum state state = BEGIN;
  for (; *at != ' '; at++) {
    const char c = *at;
    const u32 digit = (u32)(c - '0') < 10;
    switch (state) {
    case BEGIN:
      state = digit ? WHOLE : c == '-' || c == '+' ? SIGN : c == '.' ? POINT : WRONG;
      break;
    case SIGN:
      state = digit ? WHOLE : c == '.' ? POINT : WRONG;
      break;
    case WHOLE:
      if (!digit) state = c == '.' ? POINT : c == 'e' ? EXPONENT : WRONG;
      break;
    case POINT:
      if (!digit) state = c == 'e' ? EXPONENT : WRONG;
      break;
    case EXPONENT:
      state = digit ? SCIENTIFIC : c == '-' || c == '+' ? EXPONENT_SIGN : WRONG;
      break;
    case EXPONENT_SIGN:
    case SCIENTIFIC:
      state = digit ? SCIENTIFIC : WRONG;
      break;
    case WRONG:
      break;
    }
  }
  seen[state]++;
  return at + 1;
}

u32 round_(u32 number, u32 checksum) {
  static struct item *list = items;
  u32 seen[8] = {0};
  list = sort(list, by_key);
  for (u32 i = 0; i < 16; i++) {
    const struct item *hit = find(list, items[(number * 7 + i * 11) % ITEMS].key);
    checksum = checksum * 17 + (hit ? hit->value : 0);
    list = reverse(list);
  }
  list = sort(list, by_place);
  for (const char *at = text; *at;) at = scan(at, seen);
  for (u32 i = 0; i < 8; i++) checksum = checksum * 31 + seen[i];
  return checksum + (u32)list->key;
}
