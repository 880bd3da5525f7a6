#include "base/utf8.h"

#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/* The length that the first byte of a character announces; 0 where no character begins so. */
static size_t announced_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return 2;
    if (first >= 0xe0 && first <= 0xef)
        return 3;
    return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/* The length of the valid character at the start of a string that is not empty, or 0. Overlong forms, surrogates and
 * anything beyond U+10FFFF are invalid (RFC 3629); the NUL at the end is no continuation, so nothing is read beyond
 * it. */
static size_t character_length(const unsigned char *bytes)
{
    size_t length = announced_length(bytes[0]);
    for (size_t i = 1; i < length; i++)
        if (!is_continuation(bytes[i]))
            return 0;
    if ((bytes[0] == 0xe0 && bytes[1] < 0xa0) || (bytes[0] == 0xed && bytes[1] > 0x9f) ||
        (bytes[0] == 0xf0 && bytes[1] < 0x90) || (bytes[0] == 0xf4 && bytes[1] > 0x8f))
        return 0;
    return length;
}

/* U+0080 to U+009F are control characters too. */
static bool is_control(const unsigned char *character, size_t length)
{
    return (length == 1 && iscntrl(character[0])) || (length == 2 && character[0] == 0xc2 && character[1] < 0xa0);
}

/* Marks of direction (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), separators of lines and paragraphs (U+2028,
 * U+2029), and the byte order mark (U+FEFF). */
static bool is_deceptive(const unsigned char *character, size_t length)
{
    if (length == 2)
        return character[0] == 0xd8 && character[1] == 0x9c;
    if (length != 3)
        return false;
    if (character[0] == 0xef)
        return character[1] == 0xbb && character[2] == 0xbf;
    if (character[0] != 0xe2)
        return false;
    if (character[1] == 0x80)
        return character[2] == 0x8e || character[2] == 0x8f || (character[2] >= 0xa8 && character[2] <= 0xae);
    return character[1] == 0x81 && character[2] >= 0xa6 && character[2] <= 0xa9;
}

size_t utf8_unshowable(const char *text)
{
    const unsigned char *character = (const unsigned char *)text;
    size_t length = character_length(character);
    return *text != '\0' && (is_control(character, length) || is_deceptive(character, length)) ? length : 0;
}

static char *clean(const char *bytes, bool is_line)
{
    struct text text = TEXT_INIT;
    const char *good = bytes, *at = bytes; /* from good to at all characters stay */
    while (*at != '\0') {
        size_t length = character_length((const unsigned char *)at);
        if (length > 0 && !(is_line && utf8_unshowable(at) > 0)) {
            at += length;
            continue;
        }
        text_append(&text, good, (size_t)(at - good));
        text_append(&text, "\xef\xbf\xbd", 3);
        at += length > 0 ? length : 1;
        good = at;
    }
    text_append(&text, good, (size_t)(at - good));
    return text_take(&text);
}

char *utf8_clean(const char *bytes)
{
    return clean(bytes, false);
}

char *utf8_line(const char *bytes)
{
    return clean(bytes, true);
}

size_t utf8_character(const char *bytes, size_t left)
{
    const unsigned char *character = (const unsigned char *)bytes;
    if (left == 0 || announced_length(character[0]) > left)
        return 0;
    return character_length(character);
}

size_t utf8_mark_length(const char *text, size_t length)
{
    static const char mark[] = "\xEF\xBB\xBF";
    size_t bytes = sizeof mark - 1;
    return length >= bytes && memcmp(text, mark, bytes) == 0 ? bytes : 0;
}

size_t utf8_columns(const char *text)
{
    size_t columns = 0;
    for (const char *at = text; *at != '\0'; at++)
        columns += !is_continuation((unsigned char)*at);
    return columns;
}

/* Where so many columns of a line end. */
static size_t column_bytes(const char *line, size_t columns)
{
    size_t bytes = 0;
    for (size_t c = 0; c < columns; c++)
        bytes += utf8_character(line + bytes, SIZE_MAX);
    return bytes;
}

char *utf8_cut_middle(const char *line, size_t width)
{
    static const char mark[] = " ... ";
    struct text text = TEXT_INIT;
    size_t columns = utf8_columns(line), kept = width - strlen(mark), first = (kept + 1) / 2;
    if (columns <= width) {
        text_print(&text, "%s", line);
    } else {
        text_append(&text, line, column_bytes(line, first));
        text_print(&text, "%s%s", mark, line + column_bytes(line, columns - (kept - first)));
    }
    return text_take(&text);
}
