#include "course/index.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "course/sheet.h"
#include "course/version.h"

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
    char *clean = utf8_line(text);
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
    fputs("<h2>Difficulty of every version</h2>\n<table class=\"facts\">\n<tbody>\n", stream);
    for (size_t m = 0; m < key->measure_count; m++) {
        const struct key_measure *measure = &key->measures[m];
        fprintf(stream, "<tr><td>%s</td><td>%lld", measure->name, (long long)measure->least);
        if (measure->most > measure->least)
            fprintf(stream, " to %lld", (long long)measure->most);
        fputs("</td></tr>\n", stream);
    }
    fputs("</tbody>\n</table>\n", stream);
}

/* What a page of this edition has room for, or nothing to say in. */
static bool has_names(const struct edition *edition)
{
    bool any = false;
    for (size_t s = 0; s < edition->count; s++)
        any |= edition->assignment->students[s].name[0] != '\0';
    return any;
}

static bool has_short_answers(const struct edition *edition)
{
    return edition->keys[0]->kind != ASSIGNMENT_REPAIR; /* a program is in the key */
}

static bool has_last_column(const struct edition *edition)
{
    return has_short_answers(edition) || edition_answers(edition) < edition->count;
}

static void write_essence(const struct key *key, FILE *stream)
{
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

static void write_answer(const struct edition *edition, size_t position, FILE *stream)
{
    bool is_short = has_short_answers(edition), is_alike = edition->like[position] != position;
    fputs("<td class=\"answer\">", stream);
    if (is_short)
        write_essence(edition->keys[position], stream);
    if (is_alike)
        fprintf(stream, "%s<span class=\"quiet\">%s %s</span>", is_short ? " " : "", is_short ? "as" : "the same as",
                like(edition, position));
    fputs("</td>", stream);
}

static void write_student(const struct edition *edition, size_t position, FILE *stream)
{
    const struct key *key = edition->keys[position];
    fprintf(stream, "<tr><td class=\"who\">%s</td>", key->student);
    if (has_names(edition)) {
        fputs("<td class=\"name\">", stream);
        write_escaped(stream, edition->assignment->students[position].name);
        fputs("</td>", stream);
    }
    fprintf(stream, "<td><a href=\"handouts/%s.html\">%s</a></td><td><a href=\"keys/%s.json\">key</a></td>",
            key->student, key->variant, key->student);
    for (size_t m = 0; m < key->measure_count; m++)
        fprintf(stream, "<td class=\"number\" data-name=\"%s\">%lld</td>", key->measures[m].name,
                (long long)key->measures[m].value);
    if (has_last_column(edition))
        write_answer(edition, position, stream);
    fputs("</tr>\n", stream);
}

static void write_columns(const struct edition *edition, FILE *stream)
{
    const struct key *first = edition->keys[0];
    fprintf(stream, "<table class=\"roll\">\n<thead><tr><th>Student</th>%s<th>Version</th><th>Key</th>",
            has_names(edition) ? "<th>Name</th>" : "");
    for (size_t m = 0; m < first->measure_count; m++)
        fprintf(stream, "<th class=\"number\">%s</th>", first->measures[m].name);
    if (has_last_column(edition))
        fprintf(stream, "<th>%s</th>", has_short_answers(edition) ? "Answer" : "Program");
    fputs("</tr></thead>\n", stream);
}

void index_write_html(const struct edition *edition, FILE *stream)
{
    char *title = utf8_line(edition->assignment->title);
    sheet_begin_page(title, true, stream);
    memory_free(title);
    write_summary(edition, stream);
    write_bounds(edition->keys[0], stream);
    fputs("<h2>Students</h2>\n", stream);
    write_columns(edition, stream);
    fputs("<tbody>\n", stream);
    for (size_t s = 0; s < edition->count; s++)
        write_student(edition, s, stream);
    fputs("</tbody>\n</table>\n", stream);
    sheet_end_page(stream);
}
