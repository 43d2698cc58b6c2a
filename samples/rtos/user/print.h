/* Output of the user program. */
#ifndef PRINT_H
#define PRINT_H

/* As kernel/format.h; at most 120 characters, which appear in one piece. */
void print(const char *text, ...) __attribute__((format(printf, 1, 2)));

#endif
