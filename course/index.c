#include "course/index.h"

#include "base/text.h"
#include "course/sheet.h"
#include "course/version.h"
#include "report/csv_text.h"

/* ---- CSV -------------------------------------------------------------------------------------------------------- */

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
        csv_text_write_foreign(stream, edition->assignment->students[s].name);
        fprintf(stream, ",%s,%s,%s,%lld", key->variant, assignment_kind_name(key->kind), key->level,
                (long long)key_points(key));
        for (size_t m = 0; m < key->measure_count; m++)
            fprintf(stream, ",%lld", (long long)key->measures[m].value);
        fprintf(stream, ",%s,handouts/%s.html,templates/%s.txt,keys/%s.json\r\n", like(edition, s), key->student,
                key->student, key->student);
    }
}

/* ---- HTML ------------------------------------------------------------------------------------------------------- */

static void add_summary(struct content *content, const struct edition *edition)
{
    const struct assignment *assignment = edition->assignment;
    text_print(content_paragraph(content, STYLE_PLAIN),
               "%s: kind `%s`, level %s, %lld points, seed %lld. %zu students, %zu different answers. For the lecturer "
               "alone: this page and the keys hold the answers, and who knows the seed can make them.",
               assignment->name, assignment_kind_name(assignment->kind), assignment->level,
               (long long)assignment->points, (long long)assignment->seed, edition->count, edition_answers(edition));
}

static void add_bounds(struct content *content, const struct key *key)
{
    text_print(content_heading(content, NULL), "Difficulty of every version");
    for (size_t m = 0; m < key->measure_count; m++) {
        const struct key_measure *measure = &key->measures[m];
        struct text *words = content_fact(content, STYLE_PLAIN, measure->name);
        text_print(words, "%lld", (long long)measure->least);
        if (measure->most > measure->least)
            text_print(words, " to %lld", (long long)measure->most);
    }
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

static void put_link(struct table *table, const char *folder, const char *student, const char *suffix,
                     const char *words)
{
    struct table_cell *cell = table_add_cell(table);
    char *link = text_format("%s/%s.%s", folder, student, suffix);
    cell->link = link;
    text_print(&cell->words, "%s", words);
}

static void put_answer(struct table *table, const struct edition *edition, size_t position)
{
    bool is_short = has_short_answers(edition);
    struct text *words = &table_add_cell(table)->words;
    if (is_short)
        text_print(words, "%s", version_essence(edition->keys[position]));
    if (edition->like[position] != position)
        text_print(words, is_short ? " (as %s)" : "the same as %s", like(edition, position));
}

static void add_student(struct table *table, const struct edition *edition, size_t position)
{
    const struct key *key = edition->keys[position];
    table_add_row(table, STYLE_PLAIN);
    text_print(&table_add_cell(table)->words, "%s", key->student);
    if (has_names(edition))
        text_print(&table_add_cell(table)->words, "%s", edition->assignment->students[position].name);
    put_link(table, "handouts", key->student, "html", key->variant);
    put_link(table, "keys", key->student, "json", "key");
    for (size_t m = 0; m < key->measure_count; m++)
        text_print(&table_add_cell(table)->words, "%lld", (long long)key->measures[m].value);
    if (has_last_column(edition))
        put_answer(table, edition, position);
}

static struct table *make_roll(const struct edition *edition)
{
    const struct key *first = edition->keys[0];
    struct table *table = table_new("roll", 2);
    table_add_column(table, TABLE_LEFT, "student");
    if (has_names(edition))
        table_add_column(table, TABLE_LEFT, "name");
    table_add_column(table, TABLE_LINK, "version");
    table_add_column(table, TABLE_LINK, "key");
    for (size_t m = 0; m < first->measure_count; m++)
        table_add_column(table, TABLE_RIGHT, first->measures[m].name);
    if (has_last_column(edition))
        table_add_column(table, TABLE_CODE, has_short_answers(edition) ? "answer" : "program");
    for (size_t s = 0; s < edition->count; s++)
        add_student(table, edition, s);
    return table;
}

void index_write_html(const struct edition *edition, FILE *stream)
{
    struct content content = {0};
    add_summary(&content, edition);
    add_bounds(&content, edition->keys[0]);
    text_print(content_heading(&content, NULL), "Students");
    content_table(&content, make_roll(edition));
    sheet_write_html(stream, edition->assignment->title, &content, true);
    content_free(&content);
}
