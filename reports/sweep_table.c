#include "reports/sweep_table.h"

#include "base/memory.h"
#include "reports/number.h"
#include "reports/paragraph.h"
#include "reports/setting.h"
#include "reports/utf8.h"

#include <inttypes.h>
#include <string.h>

enum {
    GAP = 3,
    LABEL_COLUMNS = 14,         /* of the summary */
    REACHABLE_COLUMNS_MIN = 16, /* of the set of values, where it has gaps; the documents have it whole */
    SCHEDULES_COLUMNS = 20,     /* larger numbers are told by their size */
    NOTE_COLUMNS_MIN = 24       /* a narrower note stands on a line of its own */
};

/* The columns, in their order; the parameters come first. */
enum column {
    COLUMN_FIRST,
    COLUMN_SECOND,
    COLUMN_MINIMUM,
    COLUMN_MAXIMUM,
    COLUMN_VALUES,
    COLUMN_REACHABLE,
    COLUMN_SCHEDULES,
    COLUMN_DEADLOCK,
    COLUMN_NOTE,
    COLUMN_COUNT
};

struct sweep_table {
    FILE *stream;
    const struct sweep *sweep;
    const struct terminal *terminal;
    size_t widths[COLUMN_COUNT]; /* 0: the column is left out */
    size_t room;                 /* for the set of values */
    bool has_schedules;          /* some point has them counted, or knows that they are endless */
    bool has_gaps;               /* some set of values is no whole range */
    bool has_deadlocks;
};

/* ---- Cells ------------------------------------------------------------------------------------------------------- */

static const char *title(const struct sweep *sweep, enum column column)
{
    static const char *const titles[COLUMN_COUNT] = {[COLUMN_MINIMUM] = "minimum",
                                                     [COLUMN_MAXIMUM] = "maximum",
                                                     [COLUMN_VALUES] = "values",
                                                     [COLUMN_REACHABLE] = "reachable",
                                                     [COLUMN_SCHEDULES] = "schedules",
                                                     [COLUMN_DEADLOCK] = "deadlocked",
                                                     [COLUMN_NOTE] = "note"};
    return column <= COLUMN_SECOND ? sweep->names[column] : titles[column];
}

static void print_digits(struct text *text, const char *digits)
{
    mpz_t number;
    mpz_init_set_str(number, digits, 10);
    char *short_digits = number_column(number, SCHEDULES_COLUMNS);
    text_print(text, "%s", short_digits);
    memory_free(short_digits);
    mpz_clear(number);
}

static void print_size(struct text *text, const struct intervals *values)
{
    char *size = number_grouped_unsigned(intervals_size(values));
    text_print(text, "%s", size);
    memory_free(size);
}

static void print_deadlocks(struct text *text, const struct sweep_result *result)
{
    if (result->deadlocked != NULL)
        print_digits(text, result->deadlocked);
    else if (result->can_deadlock)
        text_print(text, "possible");
    else if (result->complete)
        text_print(text, "none");
}

static void print_schedules(struct text *text, const struct sweep_result *result)
{
    if (result->schedules != NULL)
        print_digits(text, result->schedules);
    else if (result->endless)
        text_print(text, "infinite");
}

/* What a result says in a column; nothing where it does not know. */
static void print_result(const struct sweep_table *self, struct text *text, const struct sweep_result *result,
                         enum column column)
{
    if (column == COLUMN_MINIMUM && result->has_extremes)
        text_print(text, "%" PRId64, result->minimum);
    else if (column == COLUMN_MAXIMUM && result->has_extremes)
        text_print(text, "%" PRId64, result->maximum);
    else if (column == COLUMN_VALUES && result->has_values && result->complete)
        print_size(text, &result->values);
    else if (column == COLUMN_REACHABLE)
        sweep_print_ranges(text, &result->values, self->room);
    else if (column == COLUMN_SCHEDULES)
        print_schedules(text, result);
    else if (column == COLUMN_DEADLOCK)
        print_deadlocks(text, result);
}

/* Returns what stands in a cell as new. */
static char *make_cell(const struct sweep_table *self, const struct sweep_point *point, enum column column)
{
    struct text text = TEXT_INIT;
    if (column <= COLUMN_SECOND)
        text_print(&text, "%" PRId64, point->values[column]);
    else if (point->has_result)
        print_result(self, &text, &point->result, column);
    if (text.length == 0)
        text_print(&text, "-");
    return text_take(&text);
}

/* ---- Columns ----------------------------------------------------------------------------------------------------- */

static bool has_gaps(const struct sweep_result *result)
{
    return result->values.count > 1 || (result->values.count > 0 && !result->has_extremes);
}

static void survey(struct sweep_table *self)
{
    for (size_t p = 0; p < self->sweep->point_count; p++) {
        const struct sweep_result *result = &self->sweep->points[p].result;
        self->has_schedules |= result->schedules != NULL || result->endless;
        self->has_gaps |= has_gaps(result);
        self->has_deadlocks |= result->can_deadlock;
    }
}

static bool is_shown(const struct sweep_table *self, enum column column)
{
    switch (column) {
    case COLUMN_SECOND:
        return self->sweep->axis_count > 1;
    case COLUMN_REACHABLE:
        return self->has_gaps;
    case COLUMN_SCHEDULES:
        return self->has_schedules;
    case COLUMN_DEADLOCK:
        return self->has_deadlocks;
    case COLUMN_FIRST:
    case COLUMN_MINIMUM:
    case COLUMN_MAXIMUM:
    case COLUMN_VALUES:
        return true;
    case COLUMN_NOTE:
    case COLUMN_COUNT:
        break;
    }
    return false;
}

static void widen(struct sweep_table *self, enum column column, const char *cell)
{
    size_t columns = utf8_columns(cell);
    if (columns > self->widths[column])
        self->widths[column] = columns;
}

static void measure_column(struct sweep_table *self, enum column column)
{
    if (!is_shown(self, column))
        return;
    widen(self, column, title(self->sweep, column));
    for (size_t p = 0; p < self->sweep->point_count; p++) {
        char *cell = make_cell(self, &self->sweep->points[p], column);
        widen(self, column, cell);
        memory_free(cell);
    }
}

static size_t row_width(const struct sweep_table *self)
{
    size_t width = 0;
    for (enum column c = COLUMN_FIRST; c < COLUMN_NOTE; c++)
        width += self->widths[c] > 0 ? self->widths[c] + (c == COLUMN_FIRST ? 0 : GAP) : 0;
    return width;
}

/* The set of values gets what the other columns leave. */
static void measure(struct sweep_table *self)
{
    for (enum column c = COLUMN_FIRST; c < COLUMN_NOTE; c++)
        if (c != COLUMN_REACHABLE)
            measure_column(self, c);
    size_t used = row_width(self) + GAP;
    self->room =
        used + REACHABLE_COLUMNS_MIN < self->terminal->width ? self->terminal->width - used : REACHABLE_COLUMNS_MIN;
    measure_column(self, COLUMN_REACHABLE);
}

/* ---- Printing ---------------------------------------------------------------------------------------------------- */

static void put_cell(const struct sweep_table *self, struct text *text, enum column column, enum style style,
                     const char *cell)
{
    if (self->widths[column] == 0)
        return;
    int padding = (int)(self->widths[column] - utf8_columns(cell));
    text_print(text, "%*s%*s", column == COLUMN_FIRST ? 0 : GAP, "", column == COLUMN_REACHABLE ? 0 : padding, "");
    terminal_print(self->terminal, text, style, "%s", cell);
    if (column == COLUMN_REACHABLE)
        text_print(text, "%*s", padding, "");
}

/* Behind the row where there is room for it, else below. */
static void put_note(const struct sweep_table *self, struct text *text, const struct sweep_point *point)
{
    char *note = utf8_line(point->note);
    size_t column = row_width(self) + GAP;
    bool fits =
        column + utf8_columns(note) <= self->terminal->width || column + NOTE_COLUMNS_MIN <= self->terminal->width;
    size_t indent = fits ? column : self->widths[COLUMN_FIRST] + GAP;
    text_print(text, fits ? "%*s" : "\n%*s", fits ? GAP : (int)indent, "");
    enum style style = point->has_result ? STYLE_WARNING : STYLE_BAD;
    text_print(text, "%s", terminal_begin(self->terminal, style));
    paragraph_print(text, note, indent, indent, self->terminal->width);
    text->bytes[--text->length] = '\0';
    text_print(text, "%s", terminal_end(self->terminal, style));
    memory_free(note);
}

static void put_line(const struct sweep_table *self, struct text *text)
{
    while (text->length > 0 && text->bytes[text->length - 1] == ' ')
        text->bytes[--text->length] = '\0';
    fprintf(self->stream, "%s\n", text_string(text));
    text_free(text);
}

static void print_head(const struct sweep_table *self)
{
    struct text text = TEXT_INIT;
    for (enum column c = COLUMN_FIRST; c < COLUMN_NOTE; c++)
        put_cell(self, &text, c, STYLE_HEADING, title(self->sweep, c) != NULL ? title(self->sweep, c) : "");
    put_line(self, &text);
}

static void print_row(const struct sweep_table *self, const struct sweep_point *point)
{
    struct text text = TEXT_INIT;
    for (enum column c = COLUMN_FIRST; c < COLUMN_NOTE; c++) {
        char *cell = make_cell(self, point, c);
        put_cell(self, &text, c, c <= COLUMN_SECOND ? STYLE_QUIET : STYLE_PLAIN, cell);
        memory_free(cell);
    }
    if (point->note != NULL)
        put_note(self, &text, point);
    put_line(self, &text);
}

/* ---- The summary ------------------------------------------------------------------------------------------------- */

static void print_fact(const struct sweep_table *self, const char *label, const char *words)
{
    struct text text = TEXT_INIT;
    terminal_print(self->terminal, &text, STYLE_HEADING, "%s", label);
    text_print(&text, "%*s", (int)(LABEL_COLUMNS - strlen(label)), "");
    paragraph_print(&text, words, LABEL_COLUMNS, LABEL_COLUMNS, self->terminal->width);
    fputs(text_string(&text), self->stream);
    text_free(&text);
}

static void print_checked(const struct sweep_table *self)
{
    const struct sweep *sweep = self->sweep;
    struct text words = TEXT_INIT;
    setting_print_swept(&words, sweep->model, sweep->settings, sweep->setting_count);
    print_fact(self, "checked", text_string(&words));
    text_free(&words);
    if (sweep->scheduler != NULL) {
        setting_print_scheduler(&words, sweep->scheduler, sweep->parameters, sweep->parameter_count);
        print_fact(self, "scheduler", text_string(&words));
        text_free(&words);
    }
    if (sweep->observe != NULL) {
        char *observe = utf8_line(sweep->observe);
        print_fact(self, "observed", observe);
        memory_free(observe);
    }
}

void sweep_table_print(FILE *stream, const struct sweep *sweep, const struct terminal *terminal)
{
    struct sweep_table self = {.stream = stream, .sweep = sweep, .terminal = terminal};
    survey(&self);
    measure(&self);
    print_checked(&self);
    fputc('\n', stream);
    print_head(&self);
    for (size_t p = 0; p < sweep->point_count; p++)
        print_row(&self, &sweep->points[p]);
}
