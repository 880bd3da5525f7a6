#include "report/value_table.h"

#include "base/memory.h"
#include "base/number.h"
#include "report/findings.h"

#include <inttypes.h>
#include <math.h>

enum {
    ROWS_SHOWN_EACH_END = 12, /* of a table that is told in groups */
    GROUPS_MAX = 16,          /* of the middle */
    SCHEDULES_COLUMNS = 27,   /* 21 digits; larger numbers are told by their size */
    GAP = 2
};

/* Beyond a factor of 100 the small bars of a linear scale would all look alike. */
static const double linear_decades = 2;

/* A row of the table: one value, or some that are neighbours. */
struct group {
    size_t first; /* index of a row of the outcome */
    size_t last;  /* inclusive */
    mpz_t schedules;
    mpq_t random;
    double height; /* decimal logarithm of the mean weight of its values; -INFINITY for none */
};

struct groups {
    const struct outcome *outcome;
    struct group *items;
    size_t count;
    bool is_folded;
    double low; /* of the heights */
    double high;
};

/* ---- Groups -------------------------------------------------------------------------------------------------- */

static double mean_height(const struct outcome *outcome, const struct group *group)
{
    double values = log10((double)(group->last - group->first + 1));
    if (outcome->has_counts && mpz_sgn(group->schedules) > 0)
        return number_logarithm(group->schedules) - values;
    if (!outcome->has_counts && outcome->has_random && mpq_sgn(group->random) > 0)
        return number_logarithm_fraction(group->random) - values;
    return -INFINITY;
}

static void add_group(struct groups *self, size_t first, size_t last)
{
    struct group *group = &self->items[self->count++];
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
    group->height = mean_height(self->outcome, group);
    self->low = fmin(self->low, isinf(group->height) ? INFINITY : group->height);
    self->high = fmax(self->high, group->height);
}

static struct groups make_groups(const struct outcome *outcome, size_t most)
{
    size_t rows = outcome->row_count;
    struct groups self = {.outcome = outcome, .is_folded = rows > most, .low = INFINITY, .high = -INFINITY};
    self.items = memory_new(rows, sizeof *self.items);
    size_t head = self.is_folded ? ROWS_SHOWN_EACH_END : rows;
    size_t tail = self.is_folded ? rows - ROWS_SHOWN_EACH_END : rows;
    size_t size = (tail - head + GROUPS_MAX - 1) / GROUPS_MAX;
    for (size_t row = 0; row < head; row++)
        add_group(&self, row, row);
    for (size_t row = head; row < tail; row += size)
        add_group(&self, row, row + size < tail ? row + size - 1 : tail - 1);
    for (size_t row = tail; row < rows; row++)
        add_group(&self, row, row);
    return self;
}

static void free_groups(struct groups *self)
{
    for (size_t i = 0; i < self->count; i++) {
        mpz_clear(self->items[i].schedules);
        mpq_clear(self->items[i].random);
    }
    memory_free(self->items);
}

/* ---- Bars ---------------------------------------------------------------------------------------------------- */

static bool has_bars(const struct groups *self)
{
    return !isinf(self->high);
}

static bool is_logarithmic(const struct groups *self)
{
    return self->high - self->low > linear_decades;
}

static double bar_share(const struct groups *self, double height)
{
    if (isinf(height))
        return -1;
    /* The scale begins one decade below the smallest, so that this one has a bar too. */
    if (is_logarithmic(self))
        return (height - self->low + 1) / (self->high - self->low + 1);
    return pow(10, height - self->high);
}

/* ---- Rows ---------------------------------------------------------------------------------------------------- */

static void print_range(struct text *text, int64_t first, int64_t last)
{
    text_print(text, "%" PRId64, first);
    if (last > first)
        text_print(text, " .. %" PRId64, last);
}

static void put_numbers(struct table *table, const struct outcome *outcome, const mpz_t schedules, const mpq_t random)
{
    if (outcome->has_counts) {
        table_put(table, number_column(schedules, SCHEDULES_COLUMNS));
        table_put(table, number_share(schedules, outcome->schedules));
    }
    if (outcome->has_random)
        table_put(table, number_probability(random, outcome->random_error));
}

static void put_preemptions(struct table *table, const struct outcome *outcome, const struct group *group)
{
    uint32_t least = UINT32_MAX, most = 0;
    for (size_t row = group->first; row <= group->last; row++) {
        least = outcome->rows[row].preemptions < least ? outcome->rows[row].preemptions : least;
        most = outcome->rows[row].preemptions > most ? outcome->rows[row].preemptions : most;
    }
    print_range(&table_add_cell(table)->words, least, most);
}

static void add_values(struct table *table, const struct groups *self, const struct group *group)
{
    const struct outcome *outcome = self->outcome;
    int64_t first = outcome->rows[group->first].value;
    table_add_row(table, STYLE_PLAIN);
    struct table_cell *cell = table_add_cell(table);
    print_range(&cell->words, first, outcome->rows[group->last].value);
    if (group->first == group->last && findings_witness(outcome, OUTCOME_VALUE, first) != NULL) {
        struct text link = TEXT_INIT;
        text_print(&link, "#value%" PRId64, first);
        cell->link = text_take(&link);
    }
    put_numbers(table, outcome, group->schedules, group->random);
    if (outcome->has_preemptions)
        put_preemptions(table, outcome, group);
    if (has_bars(self))
        table_add_cell(table)->share = bar_share(self, group->height);
}

static void add_other(struct table *table, const struct outcome *outcome, enum style style, const char *name,
                      const mpz_t schedules, const mpq_t random)
{
    table_add_row(table, style);
    text_print(&table_add_cell(table)->words, "%s", name);
    put_numbers(table, outcome, schedules, random);
}

static bool is_there(const struct outcome *outcome, const mpz_t schedules, const mpq_t random)
{
    return (outcome->has_counts && mpz_sgn(schedules) > 0) || (outcome->has_random && mpq_sgn(random) > 0);
}

/* What is not a value. Schedules that never end are infinitely many, so there are no counts beside them. */
static void add_others(struct table *table, const struct outcome *outcome)
{
    mpz_t none;
    mpq_t one;
    mpz_init(none);
    mpq_init(one);
    mpq_set_ui(one, 1, 1);
    if (is_there(outcome, outcome->deadlocked, outcome->random_deadlocked))
        add_other(table, outcome, STYLE_BAD, "deadlock", outcome->deadlocked, outcome->random_deadlocked);
    if (is_there(outcome, outcome->failed, outcome->random_failed))
        add_other(table, outcome, STYLE_BAD, "error", outcome->failed, outcome->random_failed);
    if (is_there(outcome, none, outcome->random_endless))
        add_other(table, outcome, STYLE_BAD, "never ends", outcome->schedules, outcome->random_endless);
    if (outcome->has_counts)
        add_other(table, outcome, STYLE_HEADING, "total", outcome->schedules, one);
    mpz_clear(none);
    mpq_clear(one);
}

/* ---- The table ----------------------------------------------------------------------------------------------- */

static void add_column(struct table *table, enum table_column_kind kind, const char *title, const char *upper,
                       const char *lower)
{
    struct table_column *column = table_add_column(table, kind, title);
    column->heads[0] = upper;
    column->heads[1] = lower;
}

static void add_columns(struct table *table, const struct groups *self)
{
    const struct outcome *outcome = self->outcome;
    add_column(table, TABLE_RIGHT, "value", "", "value");
    if (outcome->has_counts) {
        add_column(table, TABLE_RIGHT, "schedules", "", "schedules");
        add_column(table, TABLE_RIGHT, "share", "", "share");
    }
    if (outcome->has_random)
        add_column(table, TABLE_RIGHT, "random scheduler", "random", "scheduler");
    if (outcome->has_preemptions)
        add_column(table, TABLE_RIGHT, "fewest preemptions", "fewest", "preempt.");
    if (has_bars(self))
        add_column(table, TABLE_BAR, NULL, outcome->has_counts ? "schedules" : "random",
                   is_logarithmic(self) ? "(log scale)" : "(linear scale)");
}

static void note_groups(struct content *content, const struct groups *self)
{
    const struct outcome_row *rows = self->outcome->rows;
    text_print(content_note(content), "%" PRId64 " to %" PRId64 " are grouped%s; --full lists them all.",
               rows[ROWS_SHOWN_EACH_END].value, rows[self->outcome->row_count - ROWS_SHOWN_EACH_END - 1].value,
               has_bars(self) ? " (bar: mean of the group)" : "");
}

static void note_random(struct content *content, const struct outcome *outcome)
{
    struct text *words = content_note(content);
    text_print(words, "random scheduler: at every step each thread that may step is equally likely");
    if (outcome->random_error == 0)
        return;
    text_print(words, "; its probabilities are approximate, each within ");
    text_put(words, number_bound_share(outcome->random_error));
    text_print(words, " of the exact one");
}

void value_table_add(struct content *content, const struct outcome *outcome, size_t most)
{
    if (!outcome->has_counts && !outcome->has_random && !outcome->has_preemptions)
        return;
    struct groups groups = make_groups(outcome, most);
    struct table *table = table_new("values", GAP);
    text_print(&table->caption, "Final values of `%s`", outcome->observe);
    add_columns(table, &groups);
    for (size_t i = 0; i < groups.count; i++)
        add_values(table, &groups, &groups.items[i]);
    add_others(table, outcome);
    if (table->row_count > (size_t)outcome->has_counts) {
        content_table(content, table);
        if (groups.is_folded)
            note_groups(content, &groups);
        if (outcome->has_random)
            note_random(content, outcome);
    } else {
        table_free(table);
    }
    free_groups(&groups);
}
