#include "apps/turns.h"

#include "apps/reading.h"
#include "base/memory.h"
#include "base/text.h"
#include "program/program.h"

#include <ctype.h>
#include <string.h>

enum { SHOWN_MAX = 40 };

static const char blanks[] = " \t\r\n";
static const char separators[] = ", \t\r\n";

/* Adds steps of a thread; false where that makes too many. */
static bool add(struct turns *self, uint32_t thread, uint64_t steps, struct error *error)
{
    if (steps > TURNS_MAX - self->count) {
        error_set(error, NULL, 0, 0, "more than %d steps", TURNS_MAX);
        return false;
    }
    for (uint64_t s = 0; s < steps; s++) {
        self->threads = memory_grow(self->threads, self->count, &self->capacity, sizeof *self->threads);
        self->threads[self->count++] = thread;
    }
    return true;
}

static bool refuse(const char *item, size_t length, const char *expected, struct error *error)
{
    bool cut = length > SHOWN_MAX;
    error_set(error, NULL, 0, 0, "'%.*s%s' is no turn (expected %s)", (int)(cut ? SHOWN_MAX : length), item,
              cut ? "..." : "", expected);
    return false;
}

/* Reads digits and moves *at behind them. 0011 is no number here: somebody has put blanks into a row of digits. */
static bool read_number(const char **at, uint64_t most, uint64_t *number)
{
    const char *first = *at;
    *number = 0;
    while (isdigit((unsigned char)**at) && *number <= most)
        *number = *number * 10 + (uint64_t)(*(*at)++ - '0');
    return *at > first && !(*first == '0' && *at > first + 1) && *number <= most;
}

/* One item of a list: 11 or 11*30. */
static bool read_item(struct turns *self, const char *item, size_t length, struct error *error)
{
    static const char expected[] = "threads, such as 0 1 or 0*3 1*27, or digits alone, such as 0011";
    const char *at = item;
    uint64_t thread, steps = 1;
    if (!read_number(&at, PROGRAM_THREADS_MAX - 1, &thread))
        return refuse(item, length, expected, error);
    if (*at == '*') {
        at++;
        if (!read_number(&at, UINT32_MAX, &steps))
            return refuse(item, length, expected, error);
    }
    if (at != item + length)
        return refuse(item, length, expected, error);
    return add(self, (uint32_t)thread, steps, error);
}

static bool read_list(struct turns *self, const char *text, struct error *error)
{
    const char *at = text + strspn(text, separators);
    while (*at != '\0') {
        size_t length = strcspn(at, separators);
        if (!read_item(self, at, length, error))
            return false;
        at += length;
        at += strspn(at, separators);
    }
    return true;
}

static bool read_text(struct turns *self, const char *text, struct error *error)
{
    const char *first = text + strspn(text, blanks);
    size_t digits = strspn(first, "0123456789");
    if (first[digits + strspn(first + digits, blanks)] != '\0')
        return read_list(self, text, error);
    for (size_t d = 0; d < digits; d++)
        if (!add(self, (uint32_t)(first[d] - '0'), 1, error))
            return false;
    return true;
}

bool turns_read(struct turns *self, const char *text, struct error *error)
{
    *self = (struct turns){0};
    if (text[0] != '@')
        return read_text(self, text, error);
    struct text bytes = TEXT_INIT;
    struct error inner = ERROR_INIT;
    bool good = reading_file(text + 1, "a schedule", &bytes, error);
    if (good && !read_text(self, text_string(&bytes), &inner)) {
        error_set(error, reading_name(text + 1), 0, 0, "%s", inner.text);
        good = false;
    }
    text_free(&bytes);
    return good;
}

void turns_free(struct turns *self)
{
    memory_free(self->threads);
    *self = (struct turns){0};
}
