#include "course/sheet.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

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

static void end_section(struct sheet *self)
{
    text_print(&self->html, "%s", self->in_section ? "</section>\n" : "");
    self->in_section = false;
}

void sheet_heading(struct sheet *self, const char *text)
{
    if (!self->in_pair) {
        end_section(self);
        self->in_section = true;
        text_print(&self->html, "<section>\n");
    }
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

/* In Markdown it is indented, so that nothing within it can end it. */
static void write_indented(struct text *markdown, const char *text)
{
    text_print(markdown, "\n");
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        text_print(markdown, "%s%.*s\n", length > 0 ? "    " : "", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

/* What ends with an empty line is a part of its own, which stays together on paper. */
static void write_parts(struct text *html, const char *text)
{
    while (*text != '\0') {
        const char *empty = strstr(text, "\n\n");
        struct text part = TEXT_INIT;
        text_append(&part, text, empty != NULL ? (size_t)(empty - text) + 2 : strlen(text));
        text_print(html, "<span>");
        sheet_escape(html, text_string(&part));
        text_print(html, "</span>");
        text += part.length;
        text_free(&part);
    }
}

void sheet_code(struct sheet *self, const char *text)
{
    write_indented(&self->markdown, text);
    text_print(&self->html, "<pre><code>");
    write_parts(&self->html, text);
    text_print(&self->html, "</code></pre>\n");
}

void sheet_pair(struct sheet *self)
{
    text_print(&self->html, "<div class=\"pair\">\n<div>\n");
    self->in_pair = true;
}

void sheet_columns(struct sheet *self)
{
    end_section(self);
    text_print(&self->html, "<section class=\"columns\">\n<div>\n");
    self->in_section = true;
    self->in_pair = true;
}

void sheet_between(struct sheet *self)
{
    text_print(&self->html, "</div>\n<div>\n");
}

void sheet_end_pair(struct sheet *self)
{
    text_print(&self->html, "</div>\n</div>\n");
    self->in_pair = false;
}

void sheet_end_columns(struct sheet *self)
{
    text_print(&self->html, "</div>\n");
    self->in_pair = false;
    end_section(self);
}

void sheet_table(struct sheet *self, const char *left, const char *right)
{
    text_print(&self->markdown, "\n| %s | %s |\n|---|---|\n", left, right);
    if (left[0] == '\0')
        text_print(&self->html, "<table class=\"facts\">\n");
    else
        text_print(&self->html, "<table>\n<thead><tr><th>%s</th><th>%s</th></tr></thead>\n", left, right);
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

/* Colours, fonts and measures are those of the reports' pages (report/page/page.css). */
static const char screen_style[] =
    ":root{color-scheme:light dark;"
    "--paper:#fcfcfa;--ink:#1d2329;--quiet:#59636e;--line:#dfe3e6;--tint:#f2f4f5;--link:#0b5a94;\n"
    "--sans:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Liberation Sans',Helvetica,Arial,sans-serif;\n"
    "--mono:ui-monospace,'SF Mono','Cascadia Mono','JetBrains Mono','Liberation Mono',Menlo,Consolas,monospace}\n"
    "@media (prefers-color-scheme:dark){:root{"
    "--paper:#14181c;--ink:#dfe4e8;--quiet:#9aa5b0;--line:#313940;--tint:#22292f;--link:#82bdf0}}\n"
    "*{box-sizing:border-box}\n"
    "html{-webkit-text-size-adjust:100%}\n"
    "body{margin:0 auto;max-width:58rem;padding:2.5rem 1.25rem 5rem;"
    "background:var(--paper);color:var(--ink);font:1rem/1.6 var(--sans)}\n"
    "body.broad{max-width:80rem}\n"
    "h1{font-size:2rem;line-height:1.2;font-weight:650;letter-spacing:-.015em;margin:0 0 .8rem;overflow-wrap:anywhere}\n"
    "h2{font-size:1.35rem;line-height:1.3;font-weight:650;letter-spacing:-.01em;margin:1.6rem 0 .6rem}\n"
    "section>h2{margin-top:0}\n"
    "section{margin-top:1.6rem;padding-top:1rem;border-top:1px solid var(--line)}\n"
    "p,ul{margin:0 0 .8rem;max-width:44rem;overflow-wrap:break-word}\n"
    "ul{padding-left:1.3rem}\n"
    "a{color:var(--link);text-underline-offset:.15em}\n"
    "code,pre{font-family:var(--mono);font-size:.92em}\n"
    "code{overflow-wrap:anywhere}\n"
    "pre{margin:0 0 .8rem;padding:.7rem .9rem;background:var(--tint);border-radius:6px;line-height:1.4;"
    "white-space:pre-wrap}\n"
    "pre code{font-size:1em}\n"
    "table{border-collapse:collapse;margin:0 0 .8rem}\n"
    "th,td{text-align:left;vertical-align:top;padding:.25rem .9rem .25rem 0;border-bottom:1px solid var(--line)}\n"
    "th{color:var(--quiet);font-weight:600}\n"
    ".number{text-align:right;font-variant-numeric:tabular-nums}\n"
    ".quiet{color:var(--quiet)}\n"
    ".facts,.facts tbody{display:block}\n"
    ".facts tbody{display:flex;flex-wrap:wrap;gap:.4rem 2rem}\n"
    ".facts tr,.facts td{display:block;border:0;padding:0;overflow-wrap:anywhere}\n"
    ".facts td:first-child{font-size:.82rem;color:var(--quiet)}\n"
    "@media screen and (max-width:36rem){body{padding:1.25rem 1rem 3rem}h1{font-size:1.6rem}pre{font-size:.85em;"
    "padding:.7rem}}\n";

/* A program and what explains it, the answer and the points: beside each other where there is room. */
static const char handout_style[] =
    ".pair,.columns{display:grid;grid-template-columns:auto minmax(18rem,1fr);gap:0 1.8rem;align-items:start}\n"
    ".columns{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}\n"
    ".columns>div>h2{margin-top:0}\n"
    "@media screen and (max-width:48rem){.pair,.columns{display:block}.columns>div+div>h2{margin-top:1.6rem}}\n";

/* The list of a class. On a phone each row becomes a card, in which the numbers say themselves what they are. */
static const char roll_style[] =
    ".roll{width:100%}\n"
    ".roll th{vertical-align:bottom}\n"
    ".roll .who{font-weight:650;min-width:4rem;overflow-wrap:anywhere}\n"
    ".roll .name{min-width:11rem;overflow-wrap:anywhere}\n"
    ".roll .answer{width:38%;padding-right:0}\n"
    "@media screen and (max-width:48rem){\n"
    ".roll,.roll tbody{display:block}.roll thead{display:none}\n"
    ".roll tr{display:flex;flex-wrap:wrap;gap:0 1rem;padding:.6rem 0;border-bottom:1px solid var(--line)}\n"
    ".roll td{border:0;padding:0;text-align:left}\n"
    ".roll .who,.roll .name{min-width:0}.roll .name{flex:1 1 60%}\n"
    ".roll .answer{flex:1 1 100%}\n"
    ".roll td[data-name]::before{content:attr(data-name) ' ';color:var(--quiet)}}\n";

/* On paper a list is not torn behind its first or before its last item, nor a program within a thread, and nothing stands
 * alone that announces what follows. */
static const char print_style[] =
    "@media print{@page{margin:12mm 14mm}\n"
    ":root{color-scheme:light;--paper:#fff;--ink:#000;--quiet:#444;--line:#bbb;--tint:#fff;--link:#000}\n"
    "body,body.broad{max-width:none;padding:0;font-size:9.1pt;line-height:1.34}\n"
    "h1{font-size:15pt;margin-bottom:.4em}\n"
    "h2{font-size:11pt;margin:.8em 0 .3em;break-after:avoid}\n"
    "section{margin-top:.55em;padding-top:.45em}\n"
    "p,ul{max-width:none;margin-bottom:.4em;orphans:3;widows:3}\n"
    "li,tr,.pair,.columns{break-inside:avoid}\n"
    "ul,.pair,tbody,li:last-child{break-before:avoid}\n"
    "thead,li:first-child{break-after:avoid}\n"
    "pre{font-size:.88em;line-height:1.16;padding:.5em .8em;border:1px solid var(--line);margin-bottom:.5em}\n"
    "pre span{display:block;break-inside:avoid}\n"
    "table{margin-bottom:.5em}section table{break-inside:avoid}\n"
    "th,td{padding-top:.1em;padding-bottom:.1em}\n"
    ".facts tbody{gap:.2em 2em}.facts td:first-child{font-size:8pt}\n"
    ".pair,.columns{gap:0 1.6em}.pair{grid-template-columns:auto minmax(0,1fr)}\n"
    ".roll{font-size:8.5pt}.roll th,.roll td{padding-right:.7em}\n"
    ".roll .who{min-width:3em}.roll .name{min-width:9em}.roll .answer{width:40%}}\n";

void sheet_begin_page(const char *title, bool is_broad, FILE *stream)
{
    struct text escaped = TEXT_INIT;
    sheet_escape(&escaped, title);
    fprintf(stream,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>%s</title>\n"
            "<style>\n%s%s%s</style>\n</head>\n<body%s>\n",
            text_string(&escaped), screen_style, is_broad ? roll_style : handout_style, print_style,
            is_broad ? " class=\"broad\"" : "");
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
    sheet_begin_page(self->title, false, stream);
    fprintf(stream, "%s%s", text_string(&self->html), self->in_section ? "</section>\n" : "");
    sheet_end_page(stream);
}
