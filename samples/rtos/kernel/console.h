/* What the kernel itself has to say. */
#ifndef CONSOLE_H
#define CONSOLE_H

void console_put(char character);
void console_print(const char *text, ...) __attribute__((format(printf, 1, 2)));

#endif
