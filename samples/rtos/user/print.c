#include "print.h"
#include "../kernel/format.h"
#include "calls.h"

struct line {
    char text[120];
    u32 length;
};

static void put(char character, void *to)
{
    struct line *line = to;

    if (line->length < sizeof line->text)
        line->text[line->length++] = character;
}

void print(const char *text, ...)
{
    struct line line;
    va_list arguments;

    line.length = 0;
    va_start(arguments, text);
    format(put, &line, text, arguments);
    va_end(arguments);
    console_write(line.text, line.length);
}
