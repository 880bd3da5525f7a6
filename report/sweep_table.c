#include "report/sweep_table.h"

#include "base/memory.h"
#include "base/number.h"
#include "report/findings.h"
#include "report/phrase.h"
#include "report/render_text.h"

#include <gmp.h>
#include <inttypes.h>
#include <stdlib.h>

enum {
    GAP = 3,
    REACHABLE_COLUMNS_MIN = 16, /* of the set of values, where it has gaps; the documents have it whole */
    SCHEDULES_COLUMNS = 20      /* larger numbers are told by their size */
};

struct sweep_table {
    const struct sweep *sweep;
    size_t room;        /* for the set of values */
    bool has_schedules; /* some point has them counted, or knows that they are endless */
    bool has_gaps;      /* some set of values is no whole range, or of no numbers */
    bool has_ends;      /* no numbers are observed, which would have a least and a greatest one */
    bool has_deadlocks;
    bool has_hangs; /* some schedule never ends, and some come to where no end can be reached */
};

/* ---- Cells ------------------------------------------------------------------------------------------------------- */

static void put_digits(struct table *table, const char *digits)
{
    mpz_t number;
    mpz_init_set_str(number, digits, 10);
    table_put(table, number_column(number, SCHEDULES_COLUMNS));
    mpz_clear(number);
}

static void put_words(struct table *table, const char *words)
{
    text_print(&table_add_cell(table)->words, "%s", words);
}

static void put_number(struct table *table, bool is_known, int64_t number)
{
    if (is_known)
        text_print(&table_add_cell(table)->words, "%" PRId64, number);
    else
        put_words(table, "-");
}

static void put_values(const struct sweep_table *self, struct table *table, const struct sweep_point *point)
{
    const struct sweep_result *result = &point->result;
    if (point->has_result && result->size != NULL)
        put_digits(table, result->size);
    else
        put_words(table, "-");
    if (!self->has_gaps || self->room == 0)
        return;
    struct text *ranges = &table_add_cell(table)->words;
    if (point->has_result)
        sweep_print_reachable(ranges, result, self->room);
    if (ranges->length == 0)
        text_print(ranges, "-");
}

static void put_schedules(struct table *table, const struct sweep_point *point)
{
    if (point->has_result && point->result.schedules != NULL)
        put_digits(table, point->result.schedules);
    else
        put_words(table, point->has_result && point->result.endless ? "infinite" : "-");
}

static void put_deadlocks(struct table *table, const struct sweep_point *point)
{
    const struct sweep_result *result = &point->result;
    if (point->has_result && result->deadlocked != NULL)
        put_digits(table, result->deadlocked);
    else
        put_words(table, !point->has_result     ? "-"
                         : result->can_deadlock ? "possible"
                         : result->complete     ? "none"
                                                : "-");
}

static void put_hang(struct table *table, const struct sweep_point *point)
{
    const struct sweep_result *result = &point->result;
    put_words(table, !point->has_result || !result->has_hang ? "-" : result->can_hang ? "possible" : "none");
}

/* The expected number as a decimal one. */
static void put_expected(struct table *table, const struct sweep_point *point, const char *event)
{
    const char *expected = point->has_result ? sweep_expected(&point->result, event) : NULL;
    mpq_t number;
    mpq_init(number);
    if (expected == NULL)
        put_words(table, "-");
    else if (mpq_set_str(number, expected, 10) == 0)
        text_print(&table_add_cell(table)->words, "%.5g", mpq_get_d(number));
    else
        text_print(&table_add_cell(table)->words, "%.5g", strtod(expected, NULL));
    mpq_clear(number);
}

static void put_events(const struct sweep_table *self, struct table *table, const struct sweep_point *point)
{
    size_t count;
    const struct sweep_event *events = sweep_events(self->sweep, &count);
    for (size_t e = 0; e < count; e++)
        put_expected(table, point, events[e].name);
}

static void add_point(const struct sweep_table *self, struct table *table, const struct sweep_point *point)
{
    struct table_row *row = table_add_row(table, STYLE_PLAIN);
    for (size_t a = 0; a < self->sweep->axis_count; a++)
        if (point->words[a] != NULL)
            put_words(table, point->words[a]);
        else
            put_number(table, true, point->values[a]);
    if (self->sweep->has_versions) {
        put_words(table, point->result.version != NULL ? point->result.version : "-");
        put_words(table, point->result.rules != NULL ? point->result.rules : "-");
    }
    if (!self->has_ends) {
        put_number(table, point->has_result && point->result.has_extremes, point->result.minimum);
        put_number(table, point->has_result && point->result.has_extremes, point->result.maximum);
    }
    put_values(self, table, point);
    if (self->has_schedules)
        put_schedules(table, point);
    if (self->has_deadlocks)
        put_deadlocks(table, point);
    if (self->has_hangs)
        put_hang(table, point);
    put_events(self, table, point);
    row->note_style = point->has_result ? STYLE_WARNING : STYLE_BAD;
    if (point->note != NULL)
        row->note = memory_copy_string(point->note);
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static void survey(struct sweep_table *self)
{
    for (size_t p = 0; p < self->sweep->point_count; p++) {
        const struct sweep_result *result = &self->sweep->points[p].result;
        self->has_schedules |= result->schedules != NULL || result->endless;
        self->has_ends |= result->end_count > 0 || (result->size != NULL && !result->has_values);
        self->has_gaps |=
            result->end_count > 0 || result->values.count > 1 || (result->values.count > 0 && !result->has_extremes);
        self->has_deadlocks |= result->can_deadlock;
        self->has_hangs |= result->endless && result->can_hang; /* of others, deadlocks are told */
    }
}

static struct table *make_table(const struct sweep_table *self)
{
    struct table *table = table_new("sweep", GAP);
    for (size_t a = 0; a < self->sweep->axis_count; a++)
        table_add_column(table, self->sweep->points[0].words[a] != NULL ? TABLE_LEFT : TABLE_RIGHT,
                         self->sweep->names[a])
            ->style = STYLE_QUIET;
    if (self->sweep->has_versions) {
        table_add_column(table, TABLE_LEFT, "version");
        table_add_column(table, TABLE_LEFT, "rules");
    }
    if (!self->has_ends) {
        table_add_column(table, TABLE_RIGHT, "minimum");
        table_add_column(table, TABLE_RIGHT, "maximum");
    }
    table_add_column(table, TABLE_RIGHT, self->has_ends ? "outcomes" : "values");
    if (self->has_gaps && self->room > 0)
        table_add_column(table, TABLE_LEFT, "reachable");
    if (self->has_schedules)
        table_add_column(table, TABLE_RIGHT, "schedules");
    if (self->has_deadlocks)
        table_add_column(table, TABLE_RIGHT, "deadlocked");
    if (self->has_hangs)
        table_add_column(table, TABLE_RIGHT, "hang");
    size_t count;
    const struct sweep_event *events = sweep_events(self->sweep, &count);
    for (size_t e = 0; e < count && table->column_count < TABLE_COLUMNS_MAX; e++)
        table_take_column(table, TABLE_RIGHT, text_format("E[%s]", events[e].name));
    for (size_t p = 0; p < self->sweep->point_count; p++)
        add_point(self, table, &self->sweep->points[p]);
    return table;
}

/* The set of values gets what the other columns leave. */
static void find_room(struct sweep_table *self, size_t width)
{
    struct table *others = make_table(self);
    size_t used = table_width(others) + GAP;
    self->room = used + REACHABLE_COLUMNS_MIN < width ? width - used : REACHABLE_COLUMNS_MIN;
    table_free(others);
}

static void add_checked(struct content *content, const struct sweep *sweep)
{
    phrase_print_swept_program(content_fact(content, STYLE_PLAIN, "checked"), sweep->model, sweep->settings,
                               sweep->setting_count);
    if (sweep->scheduler != NULL)
        findings_add_scheduler(content, sweep->scheduler, sweep->parameters, sweep->parameter_count);
    if (sweep->observe != NULL)
        text_print(content_fact(content, STYLE_PLAIN, "observed"), "%s", sweep->observe);
}

void sweep_table_print(FILE *stream, const struct sweep *sweep, const struct terminal *terminal)
{
    struct sweep_table self = {.sweep = sweep};
    struct content content = {0};
    survey(&self);
    find_room(&self, terminal->width);
    add_checked(&content, sweep);
    content_table(&content, make_table(&self));
    render_text(stream, &content, terminal, false);
    content_free(&content);
}
