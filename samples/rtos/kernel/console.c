#include "console.h"
#include "../board/board.h"
#include "format.h"

void console_put(char character)
{
    if (character == '\n')
        board_write('\r');
    board_write(character);
}

static void put(char character, void *unused)
{
    (void)unused;
    console_put(character);
}

void console_print(const char *text, ...)
{
    va_list arguments;

    va_start(arguments, text);
    format(put, NULL, text, arguments);
    va_end(arguments);
}
