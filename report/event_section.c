#include "report/event_section.h"

#include "analysis/event_count.h"
#include "base/memory.h"
#include "base/number.h"
#include "report/end_cells.h"
#include "report/middle.h"
#include "report/prose.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { GAP = 3, FRACTION_MAX = 40 }; /* characters of a fraction that is told beside its value */

/* "2/3, which is 0.6667", "4", "about 25.64" */
static void print_expected(struct text *words, const struct event_count *count)
{
    double value = mpq_get_d(count->expected);
    char *fraction = number_fraction(count->expected);
    bool is_whole = mpz_cmp_ui(mpq_denref(count->expected), 1) == 0;
    if (count->expected_error > 0 || strlen(fraction) > FRACTION_MAX)
        text_print(words, "about %.6g", value);
    else if (is_whole)
        text_print(words, "%.*s", (int)strcspn(fraction, "/"), fraction);
    else
        text_print(words, "%s, which is %.4g", fraction, value);
    memory_free(fraction);
}

static void print_extremes(struct text *words, const struct event_count *count)
{
    if (!count->has_least)
        text_print(words, "no schedule ends");
    else if (count->is_unbounded)
        text_print(words, "%" PRId64 " time%s or more", count->least, count->least == 1 ? "" : "s");
    else if (count->least == count->greatest)
        text_print(words, "%" PRId64 " time%s", count->least, count->least == 1 ? "" : "s");
    else
        text_print(words, "%" PRId64 " to %" PRId64 " times", count->least, count->greatest);
}

void event_section_add_facts(struct content *content, const struct outcome *outcome)
{
    for (size_t e = 0; e < outcome->event_count; e++) {
        const struct event_count *count = &outcome->events[e];
        if (!count->has_extremes && !count->has_expected)
            continue;
        struct text *words = content_fact(content, STYLE_PLAIN, e == 0 ? "counted" : "");
        prose_print_code(words, count->name);
        text_print(words, ": ");
        if (count->has_extremes)
            print_extremes(words, count);
        if (!count->has_expected)
            continue;
        text_print(words, "%son average ", count->has_extremes ? "; " : "");
        if (count->is_infinite)
            text_print(words, "endlessly often");
        else
            print_expected(words, count);
    }
}

static bool print_schedule(struct text *words, const char *before, int64_t count, const struct schedule *schedule)
{
    static const struct thread_names nobody = {0};
    if (schedule->count == 0)
        return false;
    text_print(words, "%s%" PRId64 " time%s with --schedule '", before, count, count == 1 ? "" : "s");
    schedule_print(words, schedule, &nobody, SCHEDULE_NUMBERS, SIZE_MAX);
    text_print(words, "'");
    return true;
}

/* "context-switches: 1 time with --schedule '0*6 1*6'; 11 times with ..." */
static void add_schedules(struct content *content, const struct event_count *count)
{
    if (count->least_schedule.count == 0 && count->greatest_schedule.count == 0)
        return;
    struct text *words = content_note(content);
    prose_print_code(words, count->name);
    bool is_first = print_schedule(words, ": ", count->least, &count->least_schedule);
    print_schedule(words, is_first ? "; " : ": ", count->greatest, &count->greatest_schedule);
}

static double greatest_chance(const struct event_count *count)
{
    double greatest = 0;
    for (size_t r = 0; r < count->row_count; r++)
        greatest = fmax(greatest, mpq_get_d(count->rows[r].random));
    return greatest;
}

static void add_row(struct table *table, const struct event_count_row *row, double greatest)
{
    table_add_row(table, STYLE_PLAIN);
    table_put(table, text_format("%" PRId64, row->count));
    table_put(table, number_column(row->schedules, 24));
    table_put(table, number_probability(row->random, 0));
    table_add_cell(table)->share = mpq_get_d(row->random) / greatest;
}

/* For each way to end: how often at least, at most, and on average. */
static void add_ends(struct content *content, const struct outcome *outcome, const struct event_count *count,
                     size_t most)
{
    struct middle left_out = middle_of(count->end_count, most, most / 2);
    struct table *table = table_new("events", GAP);
    mpq_t expected;
    mpq_init(expected);
    text_print(&table->caption, "How often ");
    prose_print_code(&table->caption, count->name);
    text_print(&table->caption, " for each outcome");
    end_cells_add_columns(table, outcome);
    table_add_column(table, TABLE_RIGHT, "random scheduler");
    table_add_column(table, TABLE_RIGHT, count->name);
    table_add_column(table, TABLE_RIGHT, "expected");
    for (size_t e = 0; e < count->end_count; e++) {
        const struct event_count_end *end = &count->ends[e];
        if (middle_has(left_out, e))
            continue;
        table_add_row(table, end->end == OUTCOME_VALUE ? STYLE_PLAIN : STYLE_BAD);
        end_cells_put(table, outcome, end->end, end->value);
        table_put(table, number_probability(end->ways.probability, 0));
        interval_print(&table_add_cell(table)->words, end->ways.least, end->ways.greatest, " .. ");
        mpq_div(expected, end->ways.moment, end->ways.probability);
        table_put(table, text_format("%.6g", mpq_get_d(expected)));
    }
    content_table(content, table);
    mpq_clear(expected);
}

void event_section_add_tables(struct content *content, const struct outcome *outcome, size_t most)
{
    for (size_t e = 0; e < outcome->event_count; e++) {
        const struct event_count *count = &outcome->events[e];
        if (count->has_ends)
            add_ends(content, outcome, count, most);
        if (!count->has_distribution || count->row_count < 2)
            continue;
        struct middle left_out = middle_of(count->row_count, most, most / 2);
        struct table *table = table_new("events", GAP);
        text_print(&table->caption, "How often ");
        prose_print_code(&table->caption, count->name);
        table_add_column(table, TABLE_RIGHT, count->name);
        table_add_column(table, TABLE_RIGHT, "schedules");
        table_add_column(table, TABLE_RIGHT, "random scheduler");
        table_add_column(table, TABLE_BAR, NULL);
        for (size_t r = 0; r < count->row_count; r++)
            if (!middle_has(left_out, r))
                add_row(table, &count->rows[r], greatest_chance(count));
        content_table(content, table);
        add_schedules(content, count);
        if (left_out.end > left_out.first)
            text_print(content_note(content), "%" PRId64 " to %" PRId64 " are left out; --full lists them all.",
                       count->rows[left_out.first].count, count->rows[left_out.end - 1].count);
    }
}
