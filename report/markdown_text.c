#include "report/markdown_text.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "report/prose.h"

#include <stdbool.h>
#include <string.h>

static void write_plain(FILE *stream, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '<')
            fputs("&lt;", stream);
        else if (text[i] == '&')
            fputs("&amp;", stream);
        else if (text[i] == '>')
            fputs("&gt;", stream);
        else
            fprintf(stream, "%s%c", strchr("\\`*_[]{}#|~", text[i]) != NULL ? "\\" : "", text[i]);
    }
}

static size_t longest_run(const char *text, size_t length)
{
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < length; i++) {
        run = text[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

/* In a cell of a table even code must not have a bare bar; where it stands outside, a backslash too many is
 * harmless. What encloses code has one backtick more than there are in it, and blanks where it would touch them; no code at all would be no
 * code span. */
static void write_code(FILE *stream, const char *name, size_t length)
{
    size_t fence = longest_run(name, length) + 1;
    const char *blank = length == 0 || (fence > 1 && (name[0] == '`' || name[length - 1] == '`')) ? " " : "";
    for (size_t i = 0; i < fence; i++)
        fputc('`', stream);
    fputs(length > 0 ? blank : "", stream);
    for (size_t i = 0; i < length; i++)
        if (name[i] == '|')
            fputs("\\|", stream);
        else
            fputc(name[i], stream);
    fputs(blank, stream);
    for (size_t i = 0; i < fence; i++)
        fputc('`', stream);
}

void markdown_text_write(FILE *stream, const char *text)
{
    char *clean = utf8_line(text);
    write_plain(stream, clean, strlen(clean));
    memory_free(clean);
}

void markdown_text_write_code(FILE *stream, const char *name)
{
    char *clean = utf8_line(name);
    write_code(stream, clean, strlen(clean));
    memory_free(clean);
}

void markdown_text_write_prose(FILE *stream, const char *sentence)
{
    char *clean = utf8_line(sentence);
    const char *at = clean;
    struct prose_part part;
    while (prose_next(&at, &part)) {
        if (part.kind == PROSE_CODE) {
            write_code(stream, part.bytes, part.length);
            continue;
        }
        fputs(part.kind == PROSE_STRESSED ? "*" : "", stream);
        write_plain(stream, part.bytes, part.length);
        fputs(part.kind == PROSE_STRESSED ? "*" : "", stream);
    }
    memory_free(clean);
}

static size_t longest_fence(const char *text)
{
    size_t longest = 0;
    for (const char *at = text; *at != '\0';) {
        size_t length = strspn(at, "`");
        longest = length > longest ? length : longest;
        at += length > 0 ? length : 1;
    }
    return longest;
}

static void write_fence(FILE *stream, size_t length, const char *end)
{
    for (size_t i = 0; i < length; i++)
        fputc('`', stream);
    fputs(end, stream);
}

void markdown_text_write_block(FILE *stream, const char *lines)
{
    size_t fence = longest_fence(lines) >= 3 ? longest_fence(lines) + 1 : 3;
    write_fence(stream, fence, "\n");
    for (char *line; (line = text_next_part(&lines, "\n", false)) != NULL; memory_free(line)) {
        struct text expanded = TEXT_INIT;
        for (const char *at = line; *at != '\0'; at++)
            text_append(&expanded, *at == '\t' ? "    " : at, *at == '\t' ? 4 : 1);
        char *clean = utf8_line(text_string(&expanded));
        fprintf(stream, "%s\n", clean);
        memory_free(clean);
        text_free(&expanded);
    }
    write_fence(stream, fence, "\n");
}

static bool is_harmless(char character)
{
    return (unsigned char)character >= 0x80 || (character >= '0' && character <= '9') ||
           (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           strchr(" _.,=+-()$/:", character) != NULL;
}

void markdown_text_write_mermaid(FILE *stream, const char *text)
{
    char *clean = utf8_line(text);
    for (const char *at = clean; *at != '\0'; at++)
        if (is_harmless(*at) || (at[0] == '%' && at[1] != '%'))
            fputc(*at, stream);
        else
            fprintf(stream, "#%d;", *at); /* Mermaid's way to write a character by its number */
    memory_free(clean);
}
