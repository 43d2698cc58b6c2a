/*
 * A small printf, for the kernel and for the user program. It is a header because they share no code: each has a copy that
 * lies in its own memory.
 *
 *   %s text    %c character    %u decimal    %x hexadecimal, eight digits
 */
#ifndef FORMAT_H
#define FORMAT_H

#include "types.h"
#include <stdarg.h>

static void format_decimal(void (*put)(char, void *), void *to, u32 value)
{
    char digits[10];
    int count = 0;

    do {
        digits[count++] = '0' + value % 10;
        value /= 10;
    } while (value != 0);
    while (count > 0)
        put(digits[--count], to);
}

static void format(void (*put)(char, void *), void *to, const char *text, va_list arguments)
{
    for (; *text != 0; text++) {
        if (*text != '%') {
            put(*text, to);
            continue;
        }
        switch (*++text) {
        case 's':
            for (const char *s = va_arg(arguments, const char *); *s != 0; s++)
                put(*s, to);
            break;
        case 'c':
            put((char)va_arg(arguments, int), to);
            break;
        case 'u':
            format_decimal(put, to, va_arg(arguments, u32));
            break;
        case 'x': {
            u32 value = va_arg(arguments, u32);

            for (int shift = 28; shift >= 0; shift -= 4)
                put("0123456789abcdef"[value >> shift & 15], to);
            break;
        }
        default:
            put(*text, to);
        }
    }
}

#endif
