#include "report/terminal.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool wants_colour(int file)
{
    const char *kind = getenv("TERM"), *none = getenv("NO_COLOR");
    return isatty(file) && (none == NULL || *none == '\0') && kind != NULL && strcmp(kind, "dumb") != 0;
}

static size_t find_width(int file)
{
    struct winsize size;
    if (!isatty(file) || ioctl(file, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return TERMINAL_WIDTH_DEFAULT;
    if (size.ws_col < TERMINAL_WIDTH_MIN)
        return TERMINAL_WIDTH_MIN;
    return size.ws_col > TERMINAL_WIDTH_MAX ? TERMINAL_WIDTH_MAX : size.ws_col;
}

struct terminal terminal_detect(FILE *stream)
{
    int file = fileno(stream);
    return (struct terminal){
        .colour = wants_colour(file),
        .utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
        .width = find_width(file),
    };
}

static const char *const sequences[STYLE_COUNT] = {
    [STYLE_PLAIN] = "",         [STYLE_HEADING] = "\033[1m",
    [STYLE_QUIET] = "\033[2m",  [STYLE_CHANGED] = "\033[1;36m",
    [STYLE_BAR] = "\033[36m",   [STYLE_WARNING] = "\033[1;33m",
    [STYLE_BAD] = "\033[1;31m", [STYLE_GOOD] = "\033[32m",
};

const char *terminal_begin(const struct terminal *self, enum style style)
{
    return self->colour ? sequences[style] : "";
}

const char *terminal_end(const struct terminal *self, enum style style)
{
    return self->colour && style != STYLE_PLAIN ? "\033[0m" : "";
}

void terminal_print(const struct terminal *self, struct text *text, enum style style, const char *format, ...)
{
    va_list arguments;
    text_print(text, "%s", terminal_begin(self, style));
    va_start(arguments, format);
    text_print_list(text, format, arguments);
    va_end(arguments);
    text_print(text, "%s", terminal_end(self, style));
}

/* Eighths of a block, U+258F (one) to U+2589 (seven). */
static void print_block(struct text *text, unsigned eighths)
{
    const char block[] = {'\xe2', '\x96', (char)(0x90 - eighths)};
    text_append(text, block, sizeof block);
}

void terminal_bar(const struct terminal *self, struct text *text, double fraction, size_t columns)
{
    if (!(fraction > 0))
        return;
    size_t scale = self->utf8 ? 8 : 1;
    size_t all = columns * scale;
    size_t parts = fraction >= 1 ? all : (size_t)(fraction * (double)all + 0.5);
    parts = parts > 0 ? parts : 1;
    text_print(text, "%s", terminal_begin(self, STYLE_BAR));
    for (size_t i = 0; i < parts / scale; i++)
        text_print(text, "%s", self->utf8 ? "\xe2\x96\x88" : "#");
    if (parts % scale > 0)
        print_block(text, (unsigned)(parts % scale));
    text_print(text, "%s", terminal_end(self, STYLE_BAR));
}
