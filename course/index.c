#include "course/index.h"

#include "base/memory.h"
#include "base/text.h"
#include "course/sheet.h"
#include "course/version.h"
#include "reports/utf8.h"

#include <string.h>

/* ---- CSV -------------------------------------------------------------------------------------------------------- */

/* A spreadsheet takes what begins like this for a formula, and computes it; behind an apostrophe it is text, as OWASP
 * recommends against such injections. */
static bool is_formula(const char *text)
{
    return text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
}

static void write_field(FILE *stream, const char *text)
{
    char *line = utf8_line(text);
    bool quoted = strpbrk(line, "\",") != NULL;
    fputs(quoted ? "\"" : "", stream);
    fputs(is_formula(text) ? "'" : "", stream);
    for (const char *c = line; *c != '\0'; c++) {
        if (*c == '"')
            fputc('"', stream);
        fputc(*c, stream);
    }
    fputs(quoted ? "\"" : "", stream);
    memory_free(line);
}

static const char *like(const struct edition *edition, size_t position)
{
    size_t other = edition->like[position];
    return other == position ? "" : edition->assignment->students[other].identifier;
}

void index_write_csv(const struct edition *edition, FILE *stream)
{
    const struct key *first = edition->keys[0];
    fputs("student,name,version,kind,level,points", stream);
    for (size_t m = 0; m < first->measure_count; m++)
        fprintf(stream, ",%s", first->measures[m].name);
    fputs(",same_answer_as,handout,template,key\r\n", stream);
    for (size_t s = 0; s < edition->count; s++) {
        const struct key *key = edition->keys[s];
        fprintf(stream, "%s,", key->student);
        write_field(stream, edition->assignment->students[s].name);
        fprintf(stream, ",%s,%s,%s,%lld", key->variant, assignment_kind_name(key->kind), key->level,
                (long long)key_points(key));
        for (size_t m = 0; m < key->measure_count; m++)
            fprintf(stream, ",%lld", (long long)key->measures[m].value);
        fprintf(stream, ",%s,handouts/%s.html,templates/%s.txt,keys/%s.json\r\n", like(edition, s), key->student,
                key->student, key->student);
    }
}

/* ---- HTML ------------------------------------------------------------------------------------------------------- */

static void write_escaped(FILE *stream, const char *text)
{
    struct text html = TEXT_INIT;
    char *clean = utf8_clean(text);
    sheet_escape(&html, clean);
    fputs(text_string(&html), stream);
    memory_free(clean);
    text_free(&html);
}

static void write_summary(const struct edition *edition, FILE *stream)
{
    const struct assignment *assignment = edition->assignment;
    fputs("<h1>", stream);
    write_escaped(stream, assignment->title);
    fputs("</h1>\n<p>", stream);
    write_escaped(stream, assignment->name);
    fprintf(stream,
            ": kind <code>%s</code>, level %s, %lld points, seed %lld. %zu students, %zu different answers. For the "
            "lecturer alone: this page and the keys hold the answers, and who knows the seed can make them.</p>\n",
            assignment_kind_name(assignment->kind), assignment->level, (long long)assignment->points,
            (long long)assignment->seed, edition->count, edition_answers(edition));
}

static void write_bounds(const struct key *key, FILE *stream)
{
    fputs("<h2>Difficulty</h2>\n<table>\n<thead><tr><th>Measure</th><th>of every version</th></tr></thead>\n<tbody>\n",
          stream);
    for (size_t m = 0; m < key->measure_count; m++) {
        const struct key_measure *measure = &key->measures[m];
        fprintf(stream, "<tr><td>%s</td><td>%lld", measure->name, (long long)measure->least);
        if (measure->most > measure->least)
            fprintf(stream, " to %lld", (long long)measure->most);
        fputs("</td></tr>\n", stream);
    }
    fputs("</tbody>\n</table>\n", stream);
}

/* The answer, if it is short; a program is in the key. */
static void write_answer(const struct key *key, FILE *stream)
{
    if (key->kind == ASSIGNMENT_REPAIR) {
        fprintf(stream, "<a href=\"keys/%s.json\">in the key</a>", key->student);
        return;
    }
    fputs("<code>", stream);
    for (const char *line = version_essence(key); *line != '\0';) {
        int length = (int)strcspn(line, "\n");
        struct text part = TEXT_INIT;
        text_append(&part, line, (size_t)length);
        write_escaped(stream, text_string(&part));
        text_free(&part);
        line += length + 1;
        fputs(*line != '\0' ? "<br>" : "", stream);
    }
    fputs("</code>", stream);
}

static void write_student(const struct edition *edition, size_t position, FILE *stream)
{
    const struct key *key = edition->keys[position];
    fprintf(stream, "<tr><td>%s</td><td>", key->student);
    write_escaped(stream, edition->assignment->students[position].name);
    fprintf(stream, "</td><td><a href=\"handouts/%s.html\">%s</a></td>", key->student, key->variant);
    for (size_t m = 0; m < key->measure_count; m++)
        fprintf(stream, "<td class=\"number\">%lld</td>", (long long)key->measures[m].value);
    fprintf(stream, "<td><a href=\"keys/%s.json\">key</a></td><td>", key->student);
    write_answer(key, stream);
    if (edition->like[position] != position)
        fprintf(stream, " <span class=\"quiet\">as %s</span>", like(edition, position));
    fputs("</td></tr>\n", stream);
}

void index_write_html(const struct edition *edition, FILE *stream)
{
    const struct key *first = edition->keys[0];
    char *title = utf8_line(edition->assignment->title);
    sheet_begin_page(title, stream);
    memory_free(title);
    write_summary(edition, stream);
    write_bounds(first, stream);
    fputs("<h2>Students</h2>\n<div class=\"wide\"><table>\n<thead><tr><th>Student</th><th>Name</th><th>Version</th>",
          stream);
    for (size_t m = 0; m < first->measure_count; m++)
        fprintf(stream, "<th class=\"number\">%s</th>", first->measures[m].name);
    fputs("<th>Key</th><th>Answer</th></tr></thead>\n<tbody>\n", stream);
    for (size_t s = 0; s < edition->count; s++)
        write_student(edition, s, stream);
    fputs("</tbody>\n</table></div>\n", stream);
    sheet_end_page(stream);
}
