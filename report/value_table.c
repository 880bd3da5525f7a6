#include "report/value_table.h"

#include "base/memory.h"
#include "base/number.h"
#include "report/findings.h"
#include "report/members.h"
#include "report/middle.h"
#include "report/value_groups.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
    ROWS_SHOWN_EACH_END = 12, /* of a table that is told in groups */
    GROUPS_MAX = 16,          /* of the middle */
    SCHEDULES_COLUMNS = 27,   /* 21 digits; larger numbers are told by their size */
    GAP = 2
};

/* The values, and the scale of their bars. */
struct distribution {
    struct value_groups groups;
    struct middle folded; /* the rows that are told in groups */
    double low;           /* of the heights */
    double high;
    bool is_full;
};

static double height_of(const struct distribution *self, const struct value_group *group)
{
    return self->groups.outcome->has_counts ? group->schedules_height : group->random_height;
}

static struct distribution make_distribution(const struct outcome *outcome, size_t most)
{
    size_t rows = outcome->row_count;
    struct distribution self = {value_groups_new(outcome), middle_of(rows, most, ROWS_SHOWN_EACH_END), INFINITY,
                                -INFINITY, most == SIZE_MAX};
    size_t folded = self.folded.end - self.folded.first, groups = members_are_number(outcome) ? GROUPS_MAX : 1;
    value_groups_add(&self.groups, 0, self.folded.first, 1);
    value_groups_add(&self.groups, self.folded.first, self.folded.end, (folded + groups - 1) / groups);
    value_groups_add(&self.groups, self.folded.end, rows, 1);
    for (size_t i = 0; i < self.groups.count; i++)
        value_groups_extend(height_of(&self, &self.groups.items[i]), &self.low, &self.high);
    return self;
}

/* ---- Bars ---------------------------------------------------------------------------------------------------- */

static bool has_bars(const struct distribution *self)
{
    return !isinf(self->high);
}

static double bar_share(const struct distribution *self, double height)
{
    if (isinf(height))
        return -1;
    /* The scale begins one decade below the smallest, so that this one has a bar too. */
    if (value_groups_are_logarithmic(self->low, self->high))
        return (height - self->low + 1) / (self->high - self->low + 1);
    return pow(10, height - self->high);
}

/* ---- Rows ---------------------------------------------------------------------------------------------------- */

static void put_numbers(struct table *table, const struct outcome *outcome, const mpz_t schedules, const mpq_t random)
{
    if (outcome->has_counts) {
        table_put(table, number_column(schedules, SCHEDULES_COLUMNS));
        table_put(table, number_share(schedules, outcome->schedules));
    }
    if (outcome->has_random)
        table_put(table, number_probability(random, outcome->random_error));
}

static void put_preemptions(struct table *table, const struct outcome *outcome, const struct value_group *group)
{
    uint32_t least = UINT32_MAX, most = 0;
    for (size_t row = group->first; row <= group->last; row++) {
        least = outcome->rows[row].preemptions < least ? outcome->rows[row].preemptions : least;
        most = outcome->rows[row].preemptions > most ? outcome->rows[row].preemptions : most;
    }
    interval_print(&table_add_cell(table)->words, least, most, " .. ");
}

static void add_link(struct table_cell *cell, const struct outcome *outcome, const struct value_group *group)
{
    int64_t value = outcome->rows[group->first].value;
    if (group->first != group->last || findings_witness(outcome, OUTCOME_VALUE, value) == NULL)
        return;
    char *link = text_format("#value%" PRId64, value);
    cell->link = link;
}

static void add_numbers(struct table *table, const struct outcome *outcome, const struct value_group *group)
{
    struct table_cell *cell = table_add_cell(table);
    interval_print(&cell->words, outcome->rows[group->first].value, outcome->rows[group->last].value, " .. ");
    add_link(cell, outcome, group);
}

/* A cell a member; a group of several ends has nothing in common but how many they are. */
static void add_members(struct table *table, const struct outcome *outcome, const struct value_group *group,
                        bool is_full)
{
    int64_t value = outcome->rows[group->first].value;
    for (size_t m = 0; m < members_count(outcome); m++) {
        struct table_cell *cell = table_add_cell(table);
        if (group->first != group->last) {
            text_print(&cell->words, m == 0 ? "%zu more" : "", group->last - group->first + 1);
        } else if (members_is_output(outcome, m) && outcome_is_other(outcome, value)) {
            text_print(&cell->words, "all others");
        } else if (is_full && members_is_output(outcome, m)) {
            char *output = members_text(outcome, value, m);
            members_print_output(&cell->words, output, true);
            memory_free(output);
        } else {
            members_print_one(&cell->words, outcome, value, m);
        }
        if (m == 0)
            add_link(cell, outcome, group);
    }
}

static void add_values(struct table *table, const struct distribution *self, const struct value_group *group)
{
    const struct outcome *outcome = self->groups.outcome;
    table_add_row(table, STYLE_PLAIN);
    if (members_are_number(outcome))
        add_numbers(table, outcome, group);
    else
        add_members(table, outcome, group, self->is_full);
    put_numbers(table, outcome, group->schedules, group->random);
    if (outcome->has_preemptions)
        put_preemptions(table, outcome, group);
    if (has_bars(self))
        table_add_cell(table)->share = bar_share(self, height_of(self, group));
}

static void add_other(struct table *table, const struct outcome *outcome, enum style style, const char *name,
                      const mpz_t schedules, const mpq_t random)
{
    table_add_row(table, style);
    text_print(&table_add_cell(table)->words, "%s", name);
    for (size_t m = 1; m < members_count(outcome); m++)
        table_add_cell(table);
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

static void add_member_columns(struct table *table, const struct outcome *outcome, bool is_full)
{
    if (members_are_number(outcome))
        add_column(table, TABLE_RIGHT, "value", "", "value");
    for (size_t m = 0; m < members_count(outcome) && !members_are_number(outcome); m++) {
        bool is_output = members_is_output(outcome, m);
        table_take_column(table, is_output ? TABLE_LEFT : TABLE_RIGHT, members_name(outcome, m))->shrinks =
            is_output && !is_full;
    }
}

static void add_columns(struct table *table, const struct distribution *self)
{
    const struct outcome *outcome = self->groups.outcome;
    add_member_columns(table, outcome, self->is_full);
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
                   value_groups_are_logarithmic(self->low, self->high) ? "(log scale)" : "(linear scale)");
}

static void note_groups(struct content *content, const struct distribution *self)
{
    const struct outcome_row *rows = self->groups.outcome->rows;
    if (!members_are_number(self->groups.outcome)) {
        text_print(content_note(content), "Those in the middle are grouped%s; --full lists them all.",
                   has_bars(self) ? " (bar: mean of the group)" : "");
        return;
    }
    text_print(content_note(content), "%" PRId64 " to %" PRId64 " are grouped%s; --full lists them all.",
               rows[self->folded.first].value, rows[self->folded.end - 1].value,
               has_bars(self) ? " (bar: mean of the group)" : "");
}

static void note_random(struct content *content, const struct outcome *outcome)
{
    struct text *words = content_note(content);
    text_print(words, "random scheduler: at every step each thread that may step%s is equally likely",
               outcome->is_tso ? ", and each store that may reach memory," : "");
    if (outcome->random_error == 0)
        return;
    text_print(words, "; its probabilities are approximate, each within ");
    text_put(words, number_bound_share(outcome->random_error));
    text_print(words, " of the exact one");
}

static void print_caption(struct text *text, const struct outcome *outcome)
{
    bool is_output = members_count(outcome) == 1 && members_is_output(outcome, 0);
    text_print(text, is_output ? "What is printed" : "Final values of ");
    if (!is_output)
        members_print_names(text, outcome, true);
}

void value_table_add(struct content *content, const struct outcome *outcome, size_t most)
{
    bool has_numbers = outcome->has_counts || outcome->has_random || outcome->has_preemptions;
    if (members_count(outcome) == 0 || (!has_numbers && members_are_number(outcome)) || !outcome->has_values)
        return;
    struct distribution self = make_distribution(outcome, most);
    struct table *table = table_new("values", GAP);
    print_caption(&table->caption, outcome);
    add_columns(table, &self);
    for (size_t i = 0; i < self.groups.count; i++)
        add_values(table, &self, &self.groups.items[i]);
    add_others(table, outcome);
    if (table->row_count > (size_t)outcome->has_counts) {
        content_table(content, table);
        if (self.folded.end > self.folded.first)
            note_groups(content, &self);
        if (outcome->has_random)
            note_random(content, outcome);
    } else {
        table_free(table);
    }
    value_groups_free(&self.groups);
}
