#include "course/sheet.h"

#include "base/memory.h"
#include "reports/utf8.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { LONG_LINES = 26 };

/* ---- Text of unknown origin ------------------------------------------------------------------------------------- */

void sheet_escape(struct text *html, const char *text)
{
    for (; *text != '\0'; text++)
        switch (*text) {
        case '&':
            text_print(html, "&amp;");
            break;
        case '<':
            text_print(html, "&lt;");
            break;
        case '>':
            text_print(html, "&gt;");
            break;
        case '"':
            text_print(html, "&quot;");
            break;
        case '\'':
            text_print(html, "&#39;");
            break;
        default:
            text_append(html, text, 1);
        }
}

/* Whatever means something in Markdown is preceded by a backslash. */
static void escape_markdown(struct text *markdown, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("\\`*_[]<>|&#~!", *text) != NULL)
            text_append(markdown, "\\", 1);
        text_append(markdown, text, 1);
    }
}

/* ---- Our own words ---------------------------------------------------------------------------------------------- */

/* Text between backticks is code, and between asterisks it is stressed. */
static void write_words(struct text *html, const char *words)
{
    bool in_code = false, is_stressed = false;
    for (; *words != '\0'; words++) {
        char character[2] = {*words, '\0'};
        if (*words == '`') {
            in_code = !in_code;
            text_print(html, in_code ? "<code>" : "</code>");
        } else if (*words == '*' && !in_code) {
            is_stressed = !is_stressed;
            text_print(html, is_stressed ? "<em>" : "</em>");
        } else {
            sheet_escape(html, character);
        }
    }
}

static char *format_words(const char *format, va_list arguments)
{
    char *words = NULL;
    if (vasprintf(&words, format, arguments) < 0)
        memory_exhausted();
    return words;
}

struct sheet sheet_start(const char *title)
{
    struct sheet self = {.title = utf8_line(title)};
    text_print(&self.markdown, "# ");
    escape_markdown(&self.markdown, self.title);
    text_print(&self.markdown, "\n");
    text_print(&self.html, "<h1>");
    sheet_escape(&self.html, self.title);
    text_print(&self.html, "</h1>\n");
    return self;
}

void sheet_free(struct sheet *self)
{
    memory_free(self->title);
    text_free(&self->markdown);
    text_free(&self->html);
}

void sheet_heading(struct sheet *self, const char *text)
{
    text_print(&self->markdown, "\n## %s\n", text);
    text_print(&self->html, "<h2>");
    write_words(&self->html, text);
    text_print(&self->html, "</h2>\n");
}

void sheet_paragraph(struct sheet *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *words = format_words(format, arguments);
    va_end(arguments);
    text_print(&self->markdown, "\n%s\n", words);
    text_print(&self->html, "<p>");
    write_words(&self->html, words);
    text_print(&self->html, "</p>\n");
    free(words);
}

void sheet_list(struct sheet *self)
{
    text_print(&self->markdown, "\n");
    text_print(&self->html, "<ul>\n");
}

void sheet_item(struct sheet *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *words = format_words(format, arguments);
    va_end(arguments);
    text_print(&self->markdown, "- %s\n", words);
    text_print(&self->html, "<li>");
    write_words(&self->html, words);
    text_print(&self->html, "</li>\n");
    free(words);
}

void sheet_end_list(struct sheet *self)
{
    text_print(&self->html, "</ul>\n");
}

/* In Markdown it is indented, so that nothing within it can end it. On paper long text stands in two columns. */
void sheet_code(struct sheet *self, const char *text)
{
    unsigned lines = 0;
    text_print(&self->markdown, "\n");
    for (const char *line = text; *line != '\0'; lines++) {
        size_t length = strcspn(line, "\n");
        text_print(&self->markdown, "%s%.*s\n", length > 0 ? "    " : "", (int)length, line);
        line += length + (line[length] == '\n');
    }
    text_print(&self->html, "<pre%s><code>", lines > LONG_LINES ? " class=\"long\"" : "");
    sheet_escape(&self->html, text);
    text_print(&self->html, "</code></pre>\n");
}

void sheet_table(struct sheet *self, const char *left, const char *right)
{
    text_print(&self->markdown, "\n| %s | %s |\n|---|---|\n", left, right);
    text_print(&self->html, "<table>\n");
    if (left[0] != '\0')
        text_print(&self->html, "<thead><tr><th>%s</th><th>%s</th></tr></thead>\n", left, right);
    text_print(&self->html, "<tbody>\n");
}

void sheet_fact(struct sheet *self, const char *name, const char *value)
{
    char *line = utf8_line(value);
    text_print(&self->markdown, "| %s | ", name);
    escape_markdown(&self->markdown, line);
    text_print(&self->markdown, " |\n");
    text_print(&self->html, "<tr><td>%s</td><td>", name);
    sheet_escape(&self->html, line);
    text_print(&self->html, "</td></tr>\n");
    memory_free(line);
}

void sheet_end_table(struct sheet *self)
{
    text_print(&self->html, "</tbody>\n</table>\n");
}

/* ---- Pages ------------------------------------------------------------------------------------------------------ */

/* Colours, fonts and measures are those of the reports' pages (reports/page/page.css). */
static const char style[] =
    ":root{color-scheme:light "
    "dark;--paper:#fcfcfa;--ink:#1d2329;--quiet:#59636e;--line:#dfe3e6;--tint:#f2f4f5;--link:#0b5a94;\n"
    "--sans:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Liberation Sans',Helvetica,Arial,sans-serif;\n"
    "--mono:ui-monospace,'SF Mono','Cascadia Mono','JetBrains Mono','Liberation Mono',Menlo,Consolas,monospace}\n"
    "@media "
    "(prefers-color-scheme:dark){:root{--paper:#14181c;--ink:#dfe4e8;--quiet:#9aa5b0;--line:#313940;--tint:#22292f;"
    "--link:#82bdf0}}\n"
    "*{box-sizing:border-box}\nhtml{-webkit-text-size-adjust:100%}\n"
    "body{margin:0 auto;max-width:58rem;padding:2.5rem 1.25rem 5rem;background:var(--paper);color:var(--ink);"
    "font:1rem/1.6 var(--sans)}\n"
    "h1{font-size:2rem;line-height:1.2;font-weight:650;letter-spacing:-.015em;margin:0 0 "
    ".8rem;overflow-wrap:anywhere}\n"
    "h2{font-size:1.35rem;line-height:1.3;font-weight:650;letter-spacing:-.01em;margin:2rem 0 .6rem;padding-top:1rem;"
    "border-top:1px solid var(--line)}\n"
    "p,ul{margin:0 0 "
    ".8rem;max-width:44rem}\nul{padding-left:1.3rem}\na{color:var(--link);text-underline-offset:.15em}\n"
    "code,pre{font-family:var(--mono);font-size:.92em}\ncode{overflow-wrap:anywhere}\n"
    "pre{margin:0 0 .8rem;padding:.7rem "
    ".9rem;background:var(--tint);border-radius:6px;overflow-x:auto;line-height:1.4}\n"
    "pre code{overflow-wrap:normal;font-size:1em}\n"
    "table{border-collapse:collapse;margin:0 0 .8rem}\n"
    "th,td{text-align:left;vertical-align:top;padding:.25rem .9rem .25rem 0;border-bottom:1px solid var(--line)}\n"
    "th{color:var(--quiet);font-weight:600}\n.wide{overflow-x:auto}\n.number{text-align:right}\n.quiet{color:var(--"
    "quiet)}\n"
    "@media (max-width:36rem){body{padding:1.25rem 1rem 3rem}h1{font-size:1.6rem}}\n"
    "@media "
    "print{@page{margin:14mm}:root{color-scheme:light;--paper:#fff;--ink:#000;--quiet:#444;--line:#bbb;--tint:#fff;"
    "--link:#000}\n"
    "body{max-width:none;padding:0;font-size:9.5pt;line-height:1.35}p,ul{max-width:none;margin-bottom:.5em}\n"
    "h1{font-size:15pt}h2{font-size:11.5pt;margin:.7em 0 .3em;padding-top:.4em;break-after:avoid}\n"
    "pre{white-space:pre-wrap;overflow:visible;line-height:1.2;border:1px solid var(--line)}pre.long{columns:2}\n"
    "table,li{break-inside:avoid}th,td{padding-top:.1em;padding-bottom:.1em}}\n";

void sheet_begin_page(const char *title, FILE *stream)
{
    struct text escaped = TEXT_INIT;
    sheet_escape(&escaped, title);
    fprintf(stream,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>%s</title>\n"
            "<style>\n%s</style>\n</head>\n<body>\n",
            text_string(&escaped), style);
    text_free(&escaped);
}

void sheet_end_page(FILE *stream)
{
    fputs("</body>\n</html>\n", stream);
}

void sheet_write_markdown(const struct sheet *self, FILE *stream)
{
    fputs(text_string(&self->markdown), stream);
}

void sheet_write_html(const struct sheet *self, FILE *stream)
{
    sheet_begin_page(self->title, stream);
    fputs(text_string(&self->html), stream);
    sheet_end_page(stream);
}
