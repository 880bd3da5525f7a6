#include "reports/value_table.h"

#include "base/memory.h"
#include "reports/number.h"
#include "reports/utf8.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
    ROWS_MAX = 40, /* of a table that is not folded */
    ROWS_SHOWN_EACH_END = 12,
    GROUPS_MAX = 16,        /* of the middle */
    SCHEDULES_COLUMNS = 27, /* 21 digits; larger numbers are told by their size */
    BAR_COLUMNS_MIN = 8,
    BAR_COLUMNS_MAX = 32,
    GAP = 2
};

/* Beyond a factor of 100 the small bars of a linear scale would all look alike. */
static const double linear_decades = 2;

/* A row of the table: one value, or a group of them, or what is not a value. */
struct group {
    size_t first; /* index of a row of the outcome */
    size_t last;  /* inclusive */
    mpz_t schedules;
    mpq_t random;
    double height; /* decimal logarithm of the mean weight of its values; -INFINITY for none */
};

struct value_table {
    const struct outcome *outcome;
    const struct terminal *terminal;
    struct group *groups;
    size_t count;
    bool is_folded;
    double low; /* of the heights */
    double high;
    size_t value_width;
    size_t schedules_width;
    size_t share_width;
    size_t random_width;
    size_t preemptions_width;
    size_t bar_width;
};

/* What a row says, as new strings; empty where nothing was computed. */
struct cells {
    char *value;
    char *schedules;
    char *share;
    char *random;
    char *preemptions;
};

static void cells_free(struct cells *self)
{
    memory_free(self->value);
    memory_free(self->schedules);
    memory_free(self->share);
    memory_free(self->random);
    memory_free(self->preemptions);
}

/* ---- Groups -------------------------------------------------------------------------------------------------- */

static double mean_height(const struct value_table *self, const struct group *group)
{
    double values = log10((double)(group->last - group->first + 1));
    if (self->outcome->has_counts && mpz_sgn(group->schedules) > 0)
        return number_logarithm(group->schedules) - values;
    if (!self->outcome->has_counts && self->outcome->has_random && mpq_sgn(group->random) > 0)
        return number_logarithm_fraction(group->random) - values;
    return -INFINITY;
}

static void add_group(struct value_table *self, size_t first, size_t last)
{
    struct group *group = &self->groups[self->count++];
    group->first = first;
    group->last = last;
    mpz_init(group->schedules);
    mpq_init(group->random);
    for (size_t row = first; row <= last; row++) {
        if (self->outcome->has_counts)
            mpz_add(group->schedules, group->schedules, self->outcome->rows[row].schedules);
        if (self->outcome->has_random)
            mpq_add(group->random, group->random, self->outcome->rows[row].random);
    }
    group->height = mean_height(self, group);
    self->low = fmin(self->low, isinf(group->height) ? INFINITY : group->height);
    self->high = fmax(self->high, group->height);
}

static void make_groups(struct value_table *self, bool full)
{
    size_t rows = self->outcome->row_count;
    self->is_folded = !full && rows > ROWS_MAX;
    self->groups = memory_new(rows, sizeof *self->groups);
    self->low = INFINITY;
    self->high = -INFINITY;
    size_t head = self->is_folded ? ROWS_SHOWN_EACH_END : rows;
    size_t tail = self->is_folded ? rows - ROWS_SHOWN_EACH_END : rows;
    size_t size = (tail - head + GROUPS_MAX - 1) / GROUPS_MAX;
    for (size_t row = 0; row < head; row++)
        add_group(self, row, row);
    for (size_t row = head; row < tail; row += size)
        add_group(self, row, row + size < tail ? row + size - 1 : tail - 1);
    for (size_t row = tail; row < rows; row++)
        add_group(self, row, row);
}

static void free_groups(struct value_table *self)
{
    for (size_t i = 0; i < self->count; i++) {
        mpz_clear(self->groups[i].schedules);
        mpq_clear(self->groups[i].random);
    }
    memory_free(self->groups);
}

/* ---- Cells --------------------------------------------------------------------------------------------------- */

static char *value_cell(const struct value_table *self, const struct group *group)
{
    struct text text = TEXT_INIT;
    text_print(&text, "%" PRId64, self->outcome->rows[group->first].value);
    if (group->last > group->first)
        text_print(&text, " .. %" PRId64, self->outcome->rows[group->last].value);
    return text_take(&text);
}

static char *preemptions_cell(const struct value_table *self, const struct group *group)
{
    const struct outcome_row *rows = self->outcome->rows;
    uint32_t least = UINT32_MAX, most = 0;
    for (size_t row = group->first; row <= group->last; row++) {
        least = rows[row].preemptions < least ? rows[row].preemptions : least;
        most = rows[row].preemptions > most ? rows[row].preemptions : most;
    }
    struct text text = TEXT_INIT;
    text_print(&text, "%" PRIu32, least);
    if (most > least)
        text_print(&text, " .. %" PRIu32, most);
    return text_take(&text);
}

static struct cells make_cells(const struct outcome *outcome, char *value, const mpz_t schedules, const mpq_t random)
{
    return (struct cells){
        .value = value,
        .schedules = outcome->has_counts ? number_column(schedules, SCHEDULES_COLUMNS) : memory_copy_string(""),
        .share = outcome->has_counts ? number_share(schedules, outcome->schedules) : memory_copy_string(""),
        .random = outcome->has_random ? number_probability(random, outcome->random_error) : memory_copy_string(""),
        .preemptions = memory_copy_string(""),
    };
}

static struct cells group_cells(const struct value_table *self, const struct group *group)
{
    struct cells cells = make_cells(self->outcome, value_cell(self, group), group->schedules, group->random);
    if (self->outcome->has_preemptions) {
        memory_free(cells.preemptions);
        cells.preemptions = preemptions_cell(self, group);
    }
    return cells;
}

static bool has_deadlocks(const struct outcome *outcome)
{
    return (outcome->has_counts && mpz_sgn(outcome->deadlocked) > 0) ||
           (outcome->has_random && mpq_sgn(outcome->random_deadlocked) > 0);
}

static bool has_failures(const struct outcome *outcome)
{
    return (outcome->has_counts && mpz_sgn(outcome->failed) > 0) ||
           (outcome->has_random && mpq_sgn(outcome->random_failed) > 0);
}

static struct cells deadlock_cells(const struct outcome *outcome)
{
    return make_cells(outcome, memory_copy_string("deadlock"), outcome->deadlocked, outcome->random_deadlocked);
}

static struct cells failure_cells(const struct outcome *outcome)
{
    return make_cells(outcome, memory_copy_string("error"), outcome->failed, outcome->random_failed);
}

static bool has_endless(const struct outcome *outcome)
{
    return outcome->has_random && mpq_sgn(outcome->random_endless) > 0;
}

/* Only where there are no counts: such schedules are infinitely many. */
static struct cells endless_cells(const struct outcome *outcome)
{
    return make_cells(outcome, memory_copy_string("never ends"), outcome->schedules, outcome->random_endless);
}

static struct cells total_cells(const struct outcome *outcome)
{
    mpq_t one;
    mpq_init(one);
    mpq_set_ui(one, 1, 1);
    struct cells cells = make_cells(outcome, memory_copy_string("total"), outcome->schedules, one);
    mpq_clear(one);
    return cells;
}

/* ---- Widths -------------------------------------------------------------------------------------------------- */

static void widen(size_t *width, const char *string)
{
    size_t columns = utf8_columns(string);
    *width = columns > *width ? columns : *width;
}

static void measure_cells(struct value_table *self, struct cells cells)
{
    widen(&self->value_width, cells.value);
    widen(&self->schedules_width, cells.schedules);
    widen(&self->share_width, cells.share);
    widen(&self->random_width, cells.random);
    widen(&self->preemptions_width, cells.preemptions);
    cells_free(&cells);
}

static void measure_bar(struct value_table *self)
{
    size_t used = self->value_width + GAP;
    if (self->outcome->has_counts)
        used += self->schedules_width + GAP + self->share_width + GAP;
    if (self->outcome->has_random)
        used += self->random_width + GAP;
    if (self->outcome->has_preemptions)
        used += self->preemptions_width + GAP;
    size_t left = self->terminal->width > used ? self->terminal->width - used : 0;
    if (isinf(self->high) || left < BAR_COLUMNS_MIN)
        self->bar_width = 0;
    else
        self->bar_width = left < BAR_COLUMNS_MAX ? left : BAR_COLUMNS_MAX;
}

static void measure(struct value_table *self)
{
    self->value_width = strlen("value");
    self->schedules_width = strlen("schedules");
    self->share_width = strlen("share");
    self->random_width = strlen("scheduler");
    self->preemptions_width = strlen("preempt.");
    for (size_t i = 0; i < self->count; i++)
        measure_cells(self, group_cells(self, &self->groups[i]));
    if (has_deadlocks(self->outcome))
        measure_cells(self, deadlock_cells(self->outcome));
    if (has_failures(self->outcome))
        measure_cells(self, failure_cells(self->outcome));
    if (has_endless(self->outcome))
        measure_cells(self, endless_cells(self->outcome));
    if (self->outcome->has_counts)
        measure_cells(self, total_cells(self->outcome));
    measure_bar(self);
}

/* ---- Printing ------------------------------------------------------------------------------------------------ */

/* Right-aligned columns; a column that was not computed is not there. */
static void print_cells(const struct value_table *self, struct text *text, const struct cells *cells)
{
    text_print(text, "%*s", (int)self->value_width, cells->value);
    if (self->outcome->has_counts)
        text_print(text, "  %*s  %*s", (int)self->schedules_width, cells->schedules, (int)self->share_width,
                   cells->share);
    if (self->outcome->has_random)
        text_print(text, "  %*s", (int)self->random_width, cells->random);
    if (self->outcome->has_preemptions)
        text_print(text, "  %*s", (int)self->preemptions_width, cells->preemptions);
}

/* Trailing spaces are nothing to see, and a nuisance to compare. */
static void print_line(const struct value_table *self, FILE *stream, enum style style, struct text *text)
{
    while (text->length > 0 && text->bytes[text->length - 1] == ' ')
        text->bytes[--text->length] = '\0';
    fprintf(stream, "%s%s%s\n", terminal_begin(self->terminal, style), text_string(text),
            terminal_end(self->terminal, style));
    text_free(text);
}

static bool is_logarithmic(const struct value_table *self)
{
    return self->high - self->low > linear_decades;
}

static double bar_fraction(const struct value_table *self, double height)
{
    /* The scale begins one decade below the smallest, so that this one has a bar too. */
    if (is_logarithmic(self))
        return (height - self->low + 1) / (self->high - self->low + 1);
    return pow(10, height - self->high);
}

static void print_heads(const struct value_table *self, FILE *stream)
{
    struct text upper = TEXT_INIT, lower = TEXT_INIT;
    print_cells(self, &upper,
                &(struct cells){.value = (char[]){""},
                                .schedules = (char[]){""},
                                .share = (char[]){""},
                                .random = (char[]){"random"},
                                .preemptions = (char[]){"fewest"}});
    print_cells(self, &lower,
                &(struct cells){.value = (char[]){"value"},
                                .schedules = (char[]){"schedules"},
                                .share = (char[]){"share"},
                                .random = (char[]){"scheduler"},
                                .preemptions = (char[]){"preempt."}});
    if (self->bar_width > 0) {
        text_print(&upper, "  %s", self->outcome->has_counts ? "schedules" : "random");
        text_print(&lower, "  %s", is_logarithmic(self) ? "(log scale)" : "(linear scale)");
    }
    print_line(self, stream, STYLE_HEADING, &upper);
    print_line(self, stream, STYLE_HEADING, &lower);
}

static void print_group(const struct value_table *self, FILE *stream, const struct group *group)
{
    struct text text = TEXT_INIT;
    struct cells cells = group_cells(self, group);
    print_cells(self, &text, &cells);
    if (self->bar_width > 0 && !isinf(group->height)) {
        text_print(&text, "  ");
        terminal_bar(self->terminal, &text, bar_fraction(self, group->height), self->bar_width);
    }
    print_line(self, stream, STYLE_PLAIN, &text);
    cells_free(&cells);
}

static void print_plain(const struct value_table *self, FILE *stream, enum style style, struct cells cells)
{
    struct text text = TEXT_INIT;
    print_cells(self, &text, &cells);
    print_line(self, stream, style, &text);
    cells_free(&cells);
}

static void print_note(const struct value_table *self, FILE *stream)
{
    const struct outcome_row *rows = self->outcome->rows;
    struct text text = TEXT_INIT;
    text_print(&text, "%" PRId64 " to %" PRId64 " are grouped%s; --full lists them all.",
               rows[ROWS_SHOWN_EACH_END].value, rows[self->outcome->row_count - ROWS_SHOWN_EACH_END - 1].value,
               self->bar_width > 0 ? " (bar: mean of the group)" : "");
    print_line(self, stream, STYLE_QUIET, &text);
}

static void print_table(const struct value_table *self, FILE *stream)
{
    print_heads(self, stream);
    for (size_t i = 0; i < self->count; i++)
        print_group(self, stream, &self->groups[i]);
    if (has_deadlocks(self->outcome))
        print_plain(self, stream, STYLE_BAD, deadlock_cells(self->outcome));
    if (has_failures(self->outcome))
        print_plain(self, stream, STYLE_BAD, failure_cells(self->outcome));
    if (has_endless(self->outcome))
        print_plain(self, stream, STYLE_BAD, endless_cells(self->outcome));
    if (self->outcome->has_counts)
        print_plain(self, stream, STYLE_HEADING, total_cells(self->outcome));
    if (self->is_folded)
        print_note(self, stream);
}

bool value_table_exists(const struct outcome *outcome)
{
    bool has_columns = outcome->has_counts || outcome->has_random || outcome->has_preemptions;
    return has_columns &&
           (outcome->row_count > 0 || has_deadlocks(outcome) || has_failures(outcome) || has_endless(outcome));
}

void value_table_print(FILE *stream, const struct outcome *outcome, const struct terminal *terminal, bool full)
{
    assert(value_table_exists(outcome));
    struct value_table self = {.outcome = outcome, .terminal = terminal};
    make_groups(&self, full);
    measure(&self);
    print_table(&self, stream);
    free_groups(&self);
}
